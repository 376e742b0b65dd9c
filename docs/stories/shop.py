"""How do the stories speak to the shop? Over HTTP alone, as its storefronts, portals and systems do.

Tokens come from `bff token`, the shop's time from `bff clock`, which also moves it on: deadlines are days away.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

BFF = [str(Path(sys.executable).with_name("bff"))]
PATIENCE = 60.0  # seconds that the worker is given to do what is due
CASE = """
    id number status resolution version allowedActions
    lines { quantity refundable { amount } refunded { amount } orderLine { id sku } }
    refunds { id status method amount { amount } }
    liability { party basis }
    offers { id status }
    exchange { status priceDifference { amount } trackingNumber }
    reverseShipment { status trackingNumber }
    dispute { status appeal { id status } }
    ledger { kind entries { account amount { amount currency } } }
"""
PAYLOAD = f"{{ case {{ {CASE} }} userErrors {{ code path message }} }}"


class Refused(Exception):  # noqa: N818 - an answer
    """A mutation said no; `codes` are those of its user errors."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{error['code']} at {error['path']}: {error['message']}" for error in errors))
        self.codes = [error["code"] for error in errors]


def bff(*arguments: str) -> str:
    """What a command of this product prints."""
    return subprocess.run([*BFF, *arguments], check=True, capture_output=True, text=True).stdout.strip()


class Shop:
    """One server, and the database that its commands look into."""

    def __init__(self, address: str, database: str) -> None:
        self.address, self.database = address.rstrip("/"), database
        self.run = f"{int(time.time()):x}"
        self._keys = 0
        self._tokens: dict[tuple[str, str], str] = {}
        os.environ["BFF_DATABASE_URL"] = database
        self._ahead = ahead(bff("clock"))

    def now(self) -> datetime:
        """The shop's time, in UTC."""
        return datetime.now(UTC) + self._ahead

    def later(self, by: str) -> None:
        """Moves the shop on: "3d"."""
        self._ahead = ahead(bff("clock", "--forward", by))

    def key(self) -> str:
        """An idempotency key that nobody has used."""
        self._keys += 1
        return f"{self.run}-{self._keys}"

    def token(self, role: str, who: str = "") -> str:
        """A bearer token; customers and merchants are named by their external id."""
        if (role, who) not in self._tokens:
            named = [f"--{role}", who] if role in {"customer", "merchant"} else ["--subject", who or role]
            self._tokens[role, who] = bff("token", "--role", role, *named)
        return self._tokens[role, who]

    def ask(self, document: str, variables: dict[str, Any], token: str | None) -> dict[str, Any]:
        """The data of an answer. Raises RuntimeError with the errors of one that has some."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        body = json.dumps({"query": document, "variables": variables}).encode()
        with urlopen(Request(f"{self.address}/graphql", body, headers)) as response:  # noqa: S310 - ours
            answer: dict[str, Any] = json.load(response)
        if "errors" in answer:
            raise RuntimeError(json.dumps(answer["errors"], ensure_ascii=False))
        data: dict[str, Any] = answer["data"]
        return data

    def do(
        self, mutation: str, asked: dict[str, Any], token: str | None, payload: str = PAYLOAD
    ) -> dict[str, Any]:
        """Does it and gives what came of it. Raises Refused."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        kind = {"ApproveCaseInput": "CaseInput", "CancelCaseInput": "CaseInput"}.get(kind, kind)
        document = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {payload} }}"
        answer: dict[str, Any] = self.ask(document, {"input": asked | {"idempotencyKey": self.key()}}, token)[
            mutation
        ]
        if answer["userErrors"]:
            raise Refused(answer["userErrors"])
        return answer

    def case(self, case_id: str, token: str) -> dict[str, Any]:
        """A case as it is now; agents and merchants see its ledger."""
        document = f"query ($id: ID!) {{ case(id: $id) {{ {CASE} }} }}"
        found: dict[str, Any] = self.ask(document, {"id": case_id}, token)["case"]
        return found

    def until(self, case_id: str, token: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The case once that holds; the worker has a minute to see to it. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            case = self.case(case_id, token)
            if holds(case):
                return case
            time.sleep(0.1)
        raise TimeoutError(f"{case['number']} stays {case['status']} with refunds {case['refunds']}")


def ahead(told: str) -> timedelta:
    """How far the shop's clock is ahead of this machine's, to the second before."""
    return datetime.fromisoformat(told) - datetime.now(UTC)


def ago(now: datetime, days: float) -> str:
    """That many days before now, as the graph takes it."""
    return (now - timedelta(days=days)).isoformat()

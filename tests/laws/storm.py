"""Who is at the counter when the server dies? Several clients, each with its keys and what was acknowledged."""

import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx
from msgspec import Struct

ROOT = Path(__file__).parents[2]
BFF = (sys.executable, "-c", "from bff.cli import app; app()")
PAYLOADS = {"openTicket": "ticket { id }"}
KINDS = {"approveCase": "CaseInput", "cancelCase": "CaseInput"}


class Sent(Struct, frozen=True):
    """One mutation that was sent, and what came back: the id of its case or ticket, or the code of a refusal."""

    who: str
    name: str
    asked: dict[str, Any]
    answer: str | None = None  # None: nobody heard


class ACase(Struct):
    """A case as the storm knows it."""

    id: str
    version: int
    status: str
    line: str


class Server:
    """`bff serve` as a process of its own, which is killed and started again."""

    def __init__(self, address: str, environment: Mapping[str, str]) -> None:
        self._address, self._environment = address, environment
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.waited: list[float] = []  # seconds from each start to the first answer

    def start(self) -> None:
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - our own command line
            [*BFF, "serve", "--port", "0", "--database", self._address],
            cwd=ROOT,
            env=dict(self._environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._process = process
        assert process.stdout is not None
        found = re.search(r"http://\S+?:\d+", process.stdout.readline())
        assert found is not None, "the server did not start"
        self.url = found[0]
        while True:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=1).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.02)
        self.waited.append(time.monotonic() - began)

    def kill(self) -> None:
        """At once, by its id: nothing is said, nothing is finished."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


class Storm:
    """Clients that ask for all sorts of things as fast as they are answered. `tokens` by customer and seller."""

    def __init__(self, tokens: Mapping[str, str], orders: list[tuple[str, str]], seed: int) -> None:
        self.tokens, self.orders = tokens, orders
        self.sent: list[Sent] = []
        self.cases: dict[str, ACase] = {}
        self.faults: list[Any] = []
        self._lock, self._seed, self._number = threading.Lock(), seed, 0

    def blow(self, server: Server, seconds: float, clients: int = 4) -> None:
        """Until the server is killed, that many seconds from now."""
        dead = threading.Event()
        threads = [
            threading.Thread(target=self._client, args=(server.url, dead, self._seed * 100 + number))
            for number in range(clients)
        ]
        self._seed += 1
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        server.kill()
        dead.set()
        for thread in threads:
            thread.join()

    def _client(self, url: str, dead: threading.Event, seed: int) -> None:
        die = random.Random(seed)  # noqa: S311 - a storm, no secret
        with httpx.Client(base_url=url, timeout=10) as http:
            while not dead.is_set():
                who, name, asked = self._choose(die)
                try:
                    self._heard(who, name, asked, post(http, self.tokens[who], name, asked))
                except httpx.HTTPError:
                    with self._lock:
                        self.sent.append(Sent(who, name, asked))

    def _choose(self, die: random.Random) -> tuple[str, str, dict[str, Any]]:
        with self._lock:
            self._number += 1
            key, cases = {"idempotencyKey": f"storm {self._number}"}, sorted(self.cases)
            case = self.cases[die.choice(cases)] if cases and die.random() < 0.7 else None
        if case is None:
            order, line = die.choice(self.orders)
            lines = [{"orderLineId": line, "quantity": 1, "reason": "CHANGE_OF_MIND"}]
            if die.random() < 0.3:
                return "ada", "openTicket", key | {"subject": "Where", "body": "Is it?", "orderId": order}
            return (
                "ada",
                "requestReturn",
                key
                | {
                    "orderId": order,
                    "lines": lines,
                    "resolution": "RETURN_AND_REFUND",
                },
            )
        return self._about(case, die, key)

    def _about(self, case: ACase, die: random.Random, key: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
        of = key | {"caseId": case.id, "version": case.version}
        lines = [{"orderLineId": case.line, "quantity": 1}]
        choices: list[tuple[str, str, dict[str, Any]]] = [
            ("north", "approveCase", of),
            ("ada", "scheduleReturn", of | {"method": "DROP_OFF"}),
            ("north", "recordReceipt", of | {"lines": lines}),
            ("north", "recordReceipt", of | {"lines": lines}),
            ("north", "issueRefund", of),
            ("ada", "cancelCase", of),
            (
                "ada",
                "addEvidence",
                {key: of[key] for key in ("idempotencyKey", "caseId")}
                | {"evidence": [{"kind": "TEXT", "text": "x"}]},
            ),
        ]
        weights = {"REQUESTED": (5, 0, 0, 0, 0, 1, 1), "APPROVED": (0, 4, 4, 4, 5, 1, 1)}
        return die.choices(choices, weights=weights.get(case.status, (1, 1, 1, 1, 1, 1, 1)))[0]

    def _heard(self, who: str, name: str, asked: dict[str, Any], answer: Any) -> None:
        with self._lock:
            if "errors" in answer:
                self.faults.append((name, asked, answer["errors"]))
                return
            payload = answer["data"][name]
            self.sent.append(Sent(who, name, asked, told(payload)))
            case = payload.get("case")
            if case is not None:
                line = case["lines"][0]["orderLine"]["id"]
                known = self.cases.get(case["id"])
                if known is None or known.version < case["version"]:
                    self.cases[case["id"]] = ACase(case["id"], case["version"], case["status"], line)
            elif asked.get("caseId") in self.cases and told(payload) == "VERSION_CONFLICT":
                self.cases[asked["caseId"]].version += 1  # somebody was faster: the next guess


def told(payload: Any) -> str:
    """The id of what was written, else the code of the refusal."""
    found = payload.get("case") or payload.get("ticket")
    return str(found["id"] if found else payload["userErrors"][0]["code"])


def post(http: httpx.Client, token: str, name: str, asked: dict[str, Any]) -> Any:
    """The answer to a mutation over HTTP."""
    kind = KINDS.get(name, name[0].upper() + name[1:] + "Input")
    shape = PAYLOADS.get(name, "case { id version status lines { orderLine { id } } }")
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {shape} userErrors {{ code }} }} }}"
    body = json.dumps({"query": document, "variables": {"input": asked}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return http.post("/graphql", content=body, headers=headers).json()

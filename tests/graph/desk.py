"""How do the tests talk? By the documents that clients send, as anybody, each time under a key of its own."""

from datetime import datetime
from itertools import count
from typing import Any

from bff.viewer import Viewer
from tests.graph.conftest import ROOT, Client
from tests.graph.shop import NOW

OPERATIONS = ROOT / "tests" / "operations"
KEYS = count()


def document(name: str) -> str:
    """The document of that name."""
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


class Desk:
    """Talks as anybody; `now` is the shop's clock."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.now: datetime = NOW

    async def told(self, name: str, who: Viewer | None, **asked: Any) -> Any:
        """The payload of one mutation."""
        given = {"input": {"idempotencyKey": f"key-{next(KEYS)}"} | asked}
        data = await self.client.ask(document(name), who, given, now=self.now)
        (payload,) = data.values()
        return payload

    async def open(self, who: Viewer | None, **asked: Any) -> Any:
        """Opens a ticket, which must succeed."""
        payload = await self.told("ticket_open", who, **({"subject": "Hello", "body": "A question"} | asked))
        assert payload["userErrors"] == []
        return payload["ticket"]

    async def reply(self, who: Viewer | None, ticket: Any, **asked: Any) -> Any:
        """Adds a message, which must succeed."""
        payload = await self.told("ticket_reply", who, **({"ticketId": ticket["id"], "body": "A word"} | asked))
        assert payload["userErrors"] == []
        return payload["ticket"]

    async def resolve(self, who: Viewer | None, ticket: Any) -> Any:
        """Settles it, which must succeed."""
        payload = await self.told("ticket_resolve", who, ticketId=ticket["id"])
        assert payload["userErrors"] == []
        return payload["ticket"]

    async def refused(self, name: str, who: Viewer | None, **asked: Any) -> tuple[str, list[str]]:
        """Code and path of the only user error; nothing else is told."""
        payload = await self.told(name, who, **asked)
        assert payload["ticket"] is None
        (error,) = payload["userErrors"]
        return error["code"], error["path"]

    async def read(self, who: Viewer | None, ticket: Any) -> Any:
        """The ticket as that viewer sees it."""
        return (await self.client.ask(document("ticket_detail"), who, {"id": ticket["id"]}, now=self.now))[
            "ticket"
        ]

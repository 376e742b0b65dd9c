"""What does a change of a case cost? Clients' documents, each with its exact number of statements for one line.

What is held, counted and paid line by line costs a fixed number more for each further line; all that is read, the
answer included, costs the same however many lines there are.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bff.viewer import Viewer
from tests.graph.acting import PROOF, of
from tests.graph.conftest import ROOT, Client
from tests.graph.shop import Shop, a_line, an_order

OPERATIONS = ROOT / "tests" / "operations"
# By document: for a case of one line, and for each further line.
RETURN = {
    "request_return": (53, 5),
    "schedule_return": (22, 0),
    "issue_refund": (50, 3),
    "record_receipt": (24, 1),
}
CLAIM = {
    "request_return": (42, 5),
    "approve_case": (19, 0),
    "schedule_return": (22, 0),
    "record_receipt": (29, 1),
    "record_inspection": (69, 4),
}


class Walk:
    """A case on its way, each step by its document; what each has cost."""

    def __init__(self, client: Client, shop: Shop, lines: int) -> None:
        self.client, self.shop, self.lines = client, shop, lines
        self.case: dict[str, Any] = {}
        self.spent: dict[str, int] = {}

    async def step(self, name: str, viewer: Viewer, asked: dict[str, Any]) -> None:
        """Takes it; it must succeed."""
        text = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
        answer = await self.client.ask(text, viewer, {"input": {"idempotencyKey": name} | asked})
        (payload,) = answer.values()
        assert payload["userErrors"] == []
        self.case, self.spent[name] = payload["case"], self.client.statements

    async def each(self, **about: Any) -> list[dict[str, Any]]:
        """One unit of each line."""
        ids = [await self.shop.line_id("W-1", str(number + 1)) for number in range(self.lines)]
        return [{"orderLineId": line, "quantity": 1} | about for line in ids]

    async def request(self, reason: str, **more: Any) -> Viewer:
        """Ben buys so many lines and asks to give them all back."""
        bought = [a_line(str(number + 1), paid="50.00") for number in range(self.lines)]
        await self.shop.take(an_order("W-1", *bought, customer="ben"))
        ben = await self.shop.customer("ben")
        asked = {"orderId": await self.shop.order_id("W-1"), "lines": await self.each(reason=reason)}
        await self.step("request_return", ben, asked | {"resolution": "RETURN_AND_REFUND"} | more)
        return ben


async def a_return(client: Client, shop: Shop, lines: int) -> dict[str, int]:
    """Goods come back without a reason, and are paid before they are here."""
    walk = Walk(client, shop, lines)
    ben, house = await walk.request("CHANGE_OF_MIND"), await shop.merchant("shoe-house")
    await walk.step("schedule_return", ben, of(walk.case, method="DROP_OFF"))
    await walk.step("issue_refund", house, of(walk.case))
    await walk.step("record_receipt", house, of(walk.case, lines=await walk.each()))
    return walk.spent


async def a_claim(client: Client, shop: Shop, lines: int) -> dict[str, int]:
    """Goods are said to be faulty, and are looked at before they are paid."""
    walk = Walk(client, shop, lines)
    ben, house = await walk.request("QUALITY_DEFECT", evidence=PROOF), await shop.merchant("shoe-house")
    assert walk.case["status"] == "REQUESTED"
    await walk.step("approve_case", house, of(walk.case))
    await walk.step("schedule_return", ben, of(walk.case, method="DROP_OFF"))
    await walk.step("record_receipt", house, of(walk.case, lines=await walk.each()))
    found = await walk.each(grade="AS_NEW", disposition="RESTOCK", defectConfirmed=True)
    await walk.step("record_inspection", house, of(walk.case, lines=found))
    assert walk.case["refunds"][0]["amount"]["amount"] == f"{50 * lines}.00"
    return walk.spent


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize(("costs", "walked"), [(RETURN, a_return), (CLAIM, a_claim)], ids=["return", "claim"])
async def test_a_step_costs_exactly_so_many_statements(
    client: Client,
    shop: Shop,
    costs: dict[str, tuple[int, int]],
    walked: Callable[[Client, Shop, int], Awaitable[dict[str, int]]],
    lines: int,
) -> None:
    spent = await walked(client, shop, lines)
    assert spent == {name: first + more * (lines - 1) for name, (first, more) in costs.items()}

"""How do tests bring goods back? A request that is approved, a parcel that is booked, and all that follows."""

from typing import Any

from bff.cases.money.refund_results import learn
from bff.payments.provider import Succeeded
from bff.storage.database import Connection
from bff.viewer import Viewer
from tests.graph.acting import PROOF, a_case, done, of
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, NOW, Shop, a_line, an_order

SHOES = "shoe-house"


async def seller(shop: Shop) -> Viewer:
    """The merchant of all shoes."""
    return await shop.merchant(SHOES)


async def step(client: Client, viewer: Viewer, name: str, case: Any, **more: Any) -> Any:
    """The case after a mutation of it that must succeed, under a key of its own."""
    how = {"now": more.pop("now")} if "now" in more else {}
    key = {"idempotencyKey": f"{name} {case['id']} {case['version']}"}
    return await done(client, viewer, name, of(case, **(key | more)), **how)


async def booked(client: Client, shop: Shop, order: str, **differing: Any) -> Any:
    """An approved case of Ben's with a way back that is booked, its goods still with him."""
    ben = await shop.customer("ben")
    case = await a_case(client, shop, order, customer="ben", **differing)
    if case["status"] == "REQUESTED":
        case = await step(client, AGENT, "approveCase", case)
    return await step(client, ben, "scheduleReturn", case, method="DROP_OFF")


async def bought(shop: Shop, order: str, *, paid: str = "100.00", quantity: int = 1, **differing: Any) -> None:
    """An order of Ben's for so many pairs of shoes."""
    await shop.take(an_order(order, a_line(paid=paid, quantity=quantity), customer="ben", **differing))


async def received(client: Client, shop: Shop, case: Any, *counts: int, **how: Any) -> Any:
    """The case after a receipt of so many units, line by line."""
    lines = [
        {"orderLineId": line["orderLine"]["id"], "quantity": count}
        for line, count in zip(case["lines"], counts, strict=True)
    ]
    return await step(client, await seller(shop), "recordReceipt", case, lines=lines, **how)


async def claimed(client: Client, shop: Shop, order: str, quantity: int = 1, **differing: Any) -> Any:
    """As `booked`, for goods that are said to be faulty."""
    claim = {"reason": "QUALITY_DEFECT", "evidence": PROOF}
    return await booked(client, shop, order, quantity=quantity, **(claim | differing))


async def paid_out(client: Client, shop: Shop, case: Any) -> str:
    """The status of a case after the provider has paid all that is on its way."""

    async def succeed(tx: Connection) -> None:
        for row in await tx.rows("SELECT provider_key FROM refund_tenders WHERE status = 'PENDING' ORDER BY id"):
            await learn(tx, row["provider_key"], Succeeded(row["provider_key"]), "provider", NOW)

    await shop.database.run_tx(succeed)
    asked = "query ($id: ID!) { case(id: $id) { status } }"
    status: str = (await client.ask(asked, AGENT, {"id": case["id"]}))["case"]["status"]
    return status


def finding(case: Any, quantity: int, grade: str = "AS_NEW", disposition: str = "RESTOCK", **more: Any) -> Any:
    """What an inspection says of units of the case's first line."""
    line = case["lines"][0]["orderLine"]["id"]
    return {"orderLineId": line, "quantity": quantity, "grade": grade, "disposition": disposition} | more


def money(amount: str, currency: str = "SGD") -> dict[str, str]:
    """An amount as inputs take it."""
    return {"amount": amount, "currency": currency}

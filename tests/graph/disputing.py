"""How do tests bring a case before an agent? Refused, held to be wrong, decided; and what the books say then."""

from datetime import datetime
from typing import Any

from bff.cases.money import refund_results
from bff.cases.money.ledger import balances
from bff.cases.money.refund_results import Result
from bff.cases.standing import Author
from bff.vocabulary import Role
from tests.graph.acting import CASE, a_waiting_case, done, of
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, NOW, Key, Shop

BANK = Author(Role.INGEST, "bank")
WHOLE = f"""
    case {{
      {CASE}
      routing {{ queue priority }}
      dispute {{
        id status claim openedAt
        ruling {{ liableParty refund {{ amount currency }} rationale ruledAt }}
        appeal {{ id status grounds openedAt resolvedAt rationale }}
      }}
      compensations {{ kind amount {{ amount currency }} reason grantedAt bornBy }}
      rating {{ satisfaction recommend comment ratedAt }}
    }}
"""


async def a_declined_case(client: Client, shop: Shop, **differing: Any) -> Any:
    """Ben's claim of 100.00, which the Shoe House declines."""
    case = differing.pop("case", None) or await a_waiting_case(client, shop, **differing)
    merchant = await shop.merchant("shoe-house")
    return await done(client, merchant, "declineCase", of(case, reason="It is genuine"), fields=WHOLE)


async def a_disputed_case(client: Client, shop: Shop, **differing: Any) -> Any:
    """The same; Ben holds that to be wrong."""
    case = await a_declined_case(client, shop, **differing)
    return await done(
        client, await shop.customer("ben"), "openDispute", of(case, claim="It is a fake"), fields=WHOLE
    )


async def a_ruled_case(client: Client, shop: Shop, refund: str | None = "100.00", **differing: Any) -> Any:
    """The same; an agent finds for Ben, at the merchant's cost, and has the whole price given back."""
    case = await a_disputed_case(client, shop)
    return await ruled(client, case, refund, **differing)


async def ruled(client: Client, case: Any, refund: str | None = "100.00", **differing: Any) -> Any:
    """The case after an agent's ruling."""
    asked = of(case, liableParty="MERCHANT", rationale="The seal is missing") | differing
    if refund is not None:
        asked["refund"] = {"amount": refund, "currency": "SGD"}
    return await done(client, AGENT, "ruleDispute", asked, fields=WHOLE)


async def pay(shop: Shop, at: datetime = NOW) -> int:
    """The bank pays every refund that waits for it; how many."""
    waiting = await shop.database.structs(
        Key, "SELECT id FROM refunds WHERE status IN ('PENDING', 'PROCESSING') ORDER BY id"
    )
    for one in waiting:
        await _hear(shop, Result(refund=one.id, succeeded=True), at)
    return len(waiting)


async def fail(shop: Shop, at: datetime = NOW) -> None:
    """The bank declines every refund that waits for it."""
    waiting = await shop.database.structs(Key, "SELECT id FROM refunds WHERE status = 'PENDING'")
    for one in waiting:
        await _hear(shop, Result(refund=one.id, succeeded=False, failure="account closed"), at)


async def _hear(shop: Shop, result: Result, at: datetime) -> None:
    await shop.database.run_tx(lambda tx: refund_results.report(tx, result, BANK, at))


async def books(shop: Shop) -> dict[str, int]:
    """What the shop owes to each kind of party, in minor units, where it is not nothing."""
    sums: dict[str, int] = {}
    for one in await balances(shop.database):
        sums[one.account] = sums.get(one.account, 0) + one.amount
    return {kind: amount for kind, amount in sums.items() if amount}


async def held(shop: Shop, order: str, line: str = "1") -> int:
    """How many units of a line cases hold."""
    (row,) = await shop.database.rows(
        "SELECT quantity_held FROM order_lines WHERE id = ?", await shop.line_key(order, line)
    )
    return int(row["quantity_held"])


async def reread(client: Client, case: Any, **how: Any) -> Any:
    """The case as an agent sees it now."""
    document = f"query ($id: ID!) {{ {WHOLE.replace('case {', 'case(id: $id) {', 1)} }}"
    return (await client.ask(document, AGENT, {"id": case["id"]}, **how))["case"]

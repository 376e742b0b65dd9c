"""Who is waited for? Cases of the small shop, brought to where one clock runs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bff.cases.change import carry_on, lock
from bff.cases.standing import standing
from bff.schema.ids import key_of
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import ReverseShipmentStatus
from tests.graph.acting import PROOF, a_case, done, of
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, NOW, Shop, an_order


async def bens_case(client: Client, shop: Shop, order: str = "B-9", **differing: Any) -> Any:
    """Ben, who is no premium customer, gives back his shoes: 96.50 of 100.00 once they are back."""
    await shop.take(an_order(order, customer="ben"))
    return await a_case(client, shop, order, customer="ben", **differing)


async def bens_claim(client: Client, shop: Shop, order: str = "B-9", **differing: Any) -> Any:
    """Ben holds his shoes to be a fake: somebody has to look."""
    return await bens_case(client, shop, order, **({"reason": "COUNTERFEIT", "evidence": PROOF} | differing))


async def bens_exchange(client: Client, shop: Shop, order: str = "B-9", **differing: Any) -> Any:
    """Ben wants another size instead."""
    await shop.stock("SHOE-43", 5)
    swap = {"resolution": "EXCHANGE", "exchangeSku": "SHOE-43", "reason": "SIZE_OR_FIT"}
    return await bens_case(client, shop, order, **(swap | differing))


async def moved(client: Client, case: Any, status: str, now: datetime = NOW) -> Any:
    """The case where an agent has put it."""
    asked = of(case, status=status, reason="For the story", idempotencyKey=f"{case['id']} {case['version']}")
    return await done(client, AGENT, "overrideCase", asked, now=now)


def kinds(case: Any) -> list[str]:
    """Which clocks run."""
    return sorted(deadline["kind"] for deadline in case["deadlines"])


def key(case: Any) -> UUID:
    """The key of the case's row."""
    found = key_of("Case", case["id"])
    assert found is not None
    return found


async def a_parcel(shop: Shop, case: Any, status: ReverseShipmentStatus) -> None:
    """A way back that was booked, and how far the parcel has come."""
    await shop.change(
        "INSERT INTO reverse_shipments (id, case_id, method, status, carrier, tracking_number, booked_at)"
        " VALUES (?, ?, 'MAIL', ?, 'Quick Post', ?, ?)",
        *(new_id(), key(case), status, f"QP {case['number']}", NOW),
    )


async def an_offer(shop: Shop, case: Any) -> None:
    """The merchant offers half."""

    async def write(tx: Connection) -> None:
        await lock(tx, key(case))
        before = await standing(tx, key(case), NOW)
        await tx.execute(
            "INSERT INTO offers (id, case_id, round, amount_minor, keeps_goods, status, made_at, expires_at)"
            " VALUES (?, ?, 1, 5000, TRUE, 'OPEN', ?, ?)",
            *(new_id(), before.id, NOW, NOW + timedelta(days=1)),
        )
        await carry_on(tx, before.id, before, NOW)

    await shop.database.run_tx(write)

"""What if goods that were refunded in advance come back late, or an offer to keep them comes too late?"""

from bff.cases.expiry import fire_due
from bff.cases.money import audit
from tests.graph.acting import a_case
from tests.graph.conftest import Client
from tests.graph.disputing import books, pay, reread
from tests.graph.returning import booked, bought, money, received, seller, step
from tests.graph.shop import AGENT, NOW, Shop, a_line, an_order


async def test_goods_that_come_back_in_a_later_case_are_taken_off_the_claim_of_the_first(
    shop: Shop, client: Client
) -> None:
    await shop.take(an_order("L-1", a_line(paid="100.00")))
    ada = await shop.customer("ada")
    first = await a_case(client, shop, "L-1")
    await pay(shop)
    first = await step(client, AGENT, "overrideCase", await reread(client, first), status="EXPIRED", reason="Late")
    assert await books(shop) == {"PROVIDER": 10000, "CUSTOMER": -10000}

    second = await a_case(client, shop, "L-1", idempotencyKey="again")
    assert [line["refundable"]["amount"] for line in second["lines"]] == ["0.00"]
    second = await step(client, ada, "scheduleReturn", second, method="DROP_OFF")
    second = await received(client, shop, second, 1)

    assert (second["status"], second["refunds"]) == ("COMPLETED", [])
    # Her way back is free: the platform pays the carrier.
    assert await books(shop) == {"PROVIDER": 10000, "MERCHANT": -10000, "CARRIER": 350, "PLATFORM": -350}
    after = await reread(client, first)
    assert (after["status"], after["version"]) == ("EXPIRED", first["version"] + 1)
    assert [edge["node"]["type"] for edge in after["timeline"]["edges"]][-1] == "claw_back_reversed"
    assert await audit.verify(shop.database) == []


async def test_a_claim_stays_while_the_goods_do_not_come(shop: Shop, client: Client) -> None:
    await shop.take(an_order("L-1", a_line(paid="100.00")))
    first = await a_case(client, shop, "L-1")
    await pay(shop)
    await step(client, AGENT, "overrideCase", await reread(client, first), status="EXPIRED", reason="Late")
    second = await a_case(client, shop, "L-1", idempotencyKey="again")
    second = await step(client, await shop.customer("ada"), "scheduleReturn", second, method="DROP_OFF")

    second = await received(client, shop, second, 0)

    assert second["status"] == "COMPLETED"
    assert (await books(shop))["CUSTOMER"] == -10000
    assert await audit.verify(shop.database) == []


async def test_an_offer_to_keep_the_goods_ends_when_they_leave(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1")
    case = await booked(client, shop, "O-1")
    merchant = await seller(shop)
    case = await step(client, merchant, "proposeOffer", case, amount=money("30.00"), keepsGoods=True)
    assert await offers(shop) == ["OPEN"]

    case = await received(client, shop, case, 1)

    assert await offers(shop) == ["EXPIRED"]
    assert [refund["amount"]["amount"] for refund in case["refunds"]] == ["96.50"]
    assert await fire_due(shop.database, NOW) == 0
    assert await audit.verify(shop.database) == []


async def offers(shop: Shop) -> list[str]:
    """The status of each offer."""
    return [row["status"] for row in await shop.database.rows("SELECT status FROM offers ORDER BY round")]

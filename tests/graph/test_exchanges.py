"""Is the right thing sent, once, for the right price? And money instead where it cannot be."""

from datetime import timedelta
from typing import Any

import pytest

from bff.cases.expiry import fire_due
from bff.cases.goods import sending
from bff.cases.money import audit
from bff.cases.refusal import Refusal
from bff.schema.ids import key_of
from bff.schema.scalars import print_datetime
from bff.storage.database import Connection
from tests.graph.acting import PROOF, a_case, act, data_of, events, of, undone
from tests.graph.conftest import Client
from tests.graph.returning import booked, bought, finding, money, paid_out, received, seller, step
from tests.graph.shop import AGENT, INGEST, NOW, Shop, a_line, an_order

STATE = """
    query ($id: ID!) { case(id: $id) {
      status
      exchange { sku quantity status trackingNumber priceDifference { amount } }
      refunds { amount { amount } }
      timeline { edges { node { type data } } }
    } }
"""
VERSION = "query ($id: ID!) { case(id: $id) { id version } }"
SENT = {"carrier": "Quick Post", "trackingNumber": "QP-1"}


async def swapped(client: Client, shop: Shop, *, price: str = "100.00", quantity: int = 1) -> Any:
    """An approved exchange for the same shoe in another size, of that list price, with its parcel booked."""
    await shop.take(an_order("Z-1", a_line(sku="SHOE-44", variant="44", paid=price), customer="ada"))
    await shop.stock("SHOE-44", 3)
    await bought(shop, "E-1", paid=f"{100 * quantity}.00", quantity=quantity)
    asked = {"reason": "SIZE_OR_FIT", "resolution": "EXCHANGE", "exchangeSku": "SHOE-44"}
    return await booked(client, shop, "E-1", quantity=quantity, **asked)


async def sent(client: Client, shop: Shop, case: Any, **more: Any) -> Any:
    """The case after the exchange was sent."""
    return await step(client, await seller(shop), "shipExchange", case, **(SENT | more))


async def state(client: Client, case: Any) -> Any:
    """The case as it stands."""
    return (await client.ask(STATE, AGENT, {"id": case["id"]}))["case"]


async def stock(shop: Shop) -> tuple[int, int]:
    """How many of the other size there are, and are put aside."""
    (row,) = await shop.database.rows("SELECT stock, reserved FROM variants WHERE sku = 'SHOE-44'")
    return row["stock"], row["reserved"]


async def booked_amounts(shop: Shop, kind: str) -> list[tuple[str, int]]:
    """What was booked of that kind, by account."""
    rows = await shop.database.rows(
        "SELECT e.account, e.amount_minor FROM ledger_entries e JOIN ledger_transactions t"
        " ON t.id = e.transaction_id WHERE t.kind = ? ORDER BY e.amount_minor",
        kind,
    )
    return [(row["account"], row["amount_minor"]) for row in rows]


async def arrive(shop: Shop, case: Any) -> None:
    """The carrier delivers what was sent."""
    key = key_of("Case", case["id"])
    assert key is not None

    async def work(tx: Connection) -> None:
        await sending.arrived(tx, key, NOW)

    await shop.database.run_tx(work)


def amounts(case: Any) -> list[str]:
    """What goes back in money."""
    return [refund["amount"]["amount"] for refund in case["refunds"]]


async def test_an_exchange_for_the_same_price_is_sent_and_completes(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, quantity=2)
    assert await stock(shop) == (3, 2)

    case = await sent(client, shop, await received(client, shop, case, 2))

    assert await stock(shop) == (1, 0)
    assert (await state(client, case))["exchange"] == {
        "sku": "SHOE-44",
        "quantity": 2,
        "status": "SHIPPED",
        "trackingNumber": "QP-1",
        "priceDifference": {"amount": "0.00"},
    }
    assert data_of(case, "exchange_shipped") == {"carrier": "Quick Post", "tracking": "QP-1"}
    assert await booked_amounts(shop, "EXCHANGE_DIFFERENCE") == []
    await arrive(shop, case)
    after = await state(client, case)
    assert (after["status"], after["exchange"]["status"]) == ("COMPLETED", "DELIVERED")
    assert events(after)[-2:] == ["exchange_delivered", "case_completed"]
    with pytest.raises(Refusal, match="DELIVER_EXCHANGE is not possible"):
        await arrive(shop, case)
    assert await audit.verify(shop.database) == []


async def test_what_costs_more_is_owed_by_the_customer_once_it_is_sent(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, price="120.00", quantity=2)
    assert await booked_amounts(shop, "EXCHANGE_DIFFERENCE") == []

    case = await sent(client, shop, case)  # before the goods are back

    assert await booked_amounts(shop, "EXCHANGE_DIFFERENCE") == [("CUSTOMER", -4000), ("MERCHANT", 4000)]
    assert (await state(client, case))["exchange"]["priceDifference"] == {"amount": "40.00"}
    assert await audit.verify(shop.database) == []


async def test_what_costs_less_gives_money_back_once_the_goods_are_here(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, price="80.00")
    assert amounts(case) == []

    case = await received(client, shop, case, 1)
    case = await sent(client, shop, case)
    assert amounts(case) == ["20.00"]
    assert await booked_amounts(shop, "EXCHANGE_DIFFERENCE") == []
    assert await paid_out(client, shop, case) == "RECEIVED"
    await arrive(shop, case)

    assert (await state(client, case))["status"] == "COMPLETED"
    assert await audit.verify(shop.database) == []


async def at_version(client: Client, case: Any) -> Any:
    """The case at the version that it has now."""
    return case | (await client.ask(VERSION, AGENT, {"id": case["id"]}))["case"]


async def tell(client: Client, status: str) -> Any:
    """The carrier says that of what was sent."""
    event = {"eventId": f"QP-1 {status}", "trackingNumber": "QP-1", "status": status, "at": print_datetime(NOW)}
    asked = {"events": [event], "idempotencyKey": f"k {status}"}
    return await act(client, INGEST, "recordShipmentEvents", asked, fields="applied duplicates")


async def test_what_is_lost_on_its_way_to_the_customer_is_paid_instead(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, price="120.00", quantity=2)
    case = await sent(client, shop, await received(client, shop, case, 2))
    assert amounts(case) == []

    assert (await tell(client, "LOST"))["applied"] == 1

    after = await state(client, case)
    assert (after["exchange"]["status"], amounts(after), await stock(shop)) == ("CANCELLED", ["196.50"], (1, 0))
    assert "exchange_lost" in events(after)
    assert await booked_amounts(shop, "EXCHANGE_DIFFERENCE") == [("CUSTOMER", -4000), ("MERCHANT", 4000)]
    assert await booked_amounts(shop, "REVERSAL") == [("MERCHANT", -4000), ("CUSTOMER", 4000)]
    assert await paid_out(client, shop, case) == "COMPLETED"
    assert (await tell(client, "DELIVERED"))["applied"] == 1  # found again: it is told, and nothing else
    assert amounts(await state(client, case)) == ["196.50"]
    assert await audit.verify(shop.database) == []


async def test_of_what_is_lost_only_what_came_back_is_paid(shop: Shop, client: Client) -> None:
    case = await sent(client, shop, await swapped(client, shop, quantity=2))  # before the goods are back
    case = await received(client, shop, case, 1)

    await tell(client, "LOST")

    assert amounts(await state(client, case)) == ["96.50"]
    assert await audit.verify(shop.database) == []


async def test_what_is_lost_before_the_goods_are_back_is_paid_once_they_are(shop: Shop, client: Client) -> None:
    case = await sent(client, shop, await swapped(client, shop, price="80.00"))

    await tell(client, "LOST")
    case = await received(client, shop, await at_version(client, case), 1)

    assert amounts(case) == ["96.50"]
    assert await audit.verify(shop.database) == []


async def test_what_nobody_says_has_arrived_counts_as_delivered_and_can_be_disputed(
    shop: Shop, client: Client
) -> None:
    case = await sent(client, shop, await received(client, shop, await swapped(client, shop), 1))
    assert [deadline["kind"] for deadline in case["deadlines"]] == ["EXCHANGE_ARRIVAL"]

    assert await fire_due(shop.database, NOW + timedelta(days=14)) == 0
    assert await fire_due(shop.database, NOW + timedelta(days=16)) == 1

    after = await state(client, case)
    assert (after["status"], after["exchange"]["status"], amounts(after)) == ("COMPLETED", "DELIVERED", [])
    assert events(after)[-2:] == ["exchange_presumed", "case_completed"]
    asked = of(await at_version(client, case), claim="It never came")
    disputed = await act(client, await shop.customer("ben"), "openDispute", asked, now=NOW + timedelta(days=17))
    assert disputed["userErrors"] == []
    assert await audit.verify(shop.database) == []


async def test_an_accepted_offer_ends_an_exchange(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, price="80.00")
    case = await step(client, await seller(shop), "proposeOffer", case, amount=money("60.00"), keepsGoods=True)
    asked = "query ($id: ID!) { case(id: $id) { offers { id } } }"
    (offer,) = (await client.ask(asked, AGENT, {"id": case["id"]}))["case"]["offers"]

    ben = await shop.customer("ben")
    case = await step(client, ben, "respondToOffer", case, offerId=offer["id"], accept=True)

    assert (amounts(case), case["exchange"]["status"], await stock(shop)) == (["60.00"], "CANCELLED", (3, 0))
    assert await audit.verify(shop.database) == []


async def test_where_a_part_is_missing_what_came_is_paid_instead(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, quantity=2)

    case = await received(client, shop, case, 1)

    assert (case["exchange"]["status"], await stock(shop)) == ("CANCELLED", (3, 0))
    assert amounts(case) == ["96.50"]  # one of two, less the parcel
    assert events(case)[-3:] == ["exchange_cancelled", "receipt_recorded", "refund_requested"]
    assert await audit.verify(shop.database) == []


async def test_where_a_part_is_refused_the_rest_is_paid_instead(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, quantity=2)
    await shop.change("UPDATE cases SET requires_inspection = (1 = 1)")
    case = await received(client, shop, case, 2)
    lines = [finding(case, 1), finding(case, 1, "NOT_OURS", "RETURN_TO_CUSTOMER")]

    case = await step(client, await seller(shop), "recordInspection", case, lines=lines)

    assert (case["exchange"]["status"], await stock(shop), amounts(case)) == ("CANCELLED", (3, 0), ["96.50"])
    assert await audit.verify(shop.database) == []


async def test_where_all_is_accepted_the_exchange_goes_on(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop, quantity=2)
    await shop.change("UPDATE cases SET requires_inspection = (1 = 1)")
    case = await received(client, shop, case, 2)

    case = await step(client, await seller(shop), "recordInspection", case, lines=[finding(case, 2, "OPENED")])

    assert (case["status"], case["exchange"]["status"], amounts(case)) == ("INSPECTED", "RESERVED", [])
    assert await audit.verify(shop.database) == []


# ---- repairs ---------------------------------------------------------------------------------------


async def to_repair(client: Client, shop: Shop, quantity: int) -> Any:
    """Faulty goods that are to be repaired, with their parcel booked."""
    lamp = a_line(paid="100.00", quantity=quantity, category="home/lamps")
    await shop.take(an_order("E-2", lamp, customer="ben", market="CN", currency="CNY"))
    asked = {"reason": "QUALITY_DEFECT", "resolution": "REPAIR", "evidence": PROOF}
    return await booked(client, shop, "E-2", quantity=quantity, **asked)


async def test_a_repair_is_sent_when_the_goods_are_here_and_of_what_came(shop: Shop, client: Client) -> None:
    case = await to_repair(client, shop, 2)
    early = of(case, **SENT)
    assert await undone(client, shop, await seller(shop), "shipExchange", early) == ("INVALID_STATE", [])

    case = await received(client, shop, case, 1)
    case = await sent(client, shop, case)

    exchange = (await state(client, case))["exchange"]
    assert (exchange["sku"], exchange["quantity"], exchange["status"]) == ("SHOE-42", 1, "SHIPPED")
    assert amounts(case) == []
    assert await audit.verify(shop.database) == []


async def test_what_is_whole_is_not_repaired(shop: Shop, client: Client) -> None:
    case = await received(client, shop, await to_repair(client, shop, 1), 1)
    lines = [finding(case, 1, "AS_NEW", "REFURBISH", defectConfirmed=False)]

    case = await step(client, await seller(shop), "recordInspection", case, lines=lines)

    assert (case["status"], case["exchange"]["status"], amounts(case)) == ("COMPLETED", "CANCELLED", [])
    assert case["liability"]["party"] == "CUSTOMER"
    assert await audit.verify(shop.database) == []


# ---- what is refused -------------------------------------------------------------------------------


async def test_only_its_merchant_sends_it_once(shop: Shop, client: Client) -> None:
    case = await swapped(client, shop)
    asked = of(case, **SENT)
    shoes, ben = await seller(shop), await shop.customer("ben")
    assert await undone(client, shop, ben, "shipExchange", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, AGENT, "shipExchange", asked) == ("FORBIDDEN", [])
    older = asked | {"version": case["version"] - 1}
    assert await undone(client, shop, shoes, "shipExchange", older) == ("VERSION_CONFLICT", ["version"])
    for field in ("carrier", "trackingNumber"):
        for text in (" ", "x" * 101):
            refused = await undone(client, shop, shoes, "shipExchange", asked | {field: text})
            assert refused == ("INVALID_INPUT", [field])

    case = await sent(client, shop, case)
    again = of(case, **SENT, idempotencyKey="again")
    assert await undone(client, shop, shoes, "shipExchange", again) == ("INVALID_STATE", [])


async def test_what_goes_out_has_another_number_than_what_comes_back(shop: Shop, client: Client) -> None:
    case = await received(client, shop, await swapped(client, shop), 1)
    (parcel,) = await shop.database.rows("SELECT tracking_number FROM reverse_shipments")
    asked = of(case, **SENT) | {"trackingNumber": parcel["tracking_number"]}

    refused = await undone(client, shop, await seller(shop), "shipExchange", asked)

    assert refused == ("INVALID_INPUT", ["trackingNumber"])


async def test_a_return_for_money_sends_nothing(shop: Shop, client: Client) -> None:
    await bought(shop, "E-3")
    case = await booked(client, shop, "E-3")
    asked = of(case, **SENT)
    assert await undone(client, shop, await seller(shop), "shipExchange", asked) == ("INVALID_STATE", [])


async def test_goods_that_went_elsewhere_before_the_answer_are_told_to_whoever_approves(
    shop: Shop, client: Client
) -> None:
    await bought(shop, "E-1", market="CN", currency="CNY")  # where what is faulty is replaced by the same
    await shop.stock("SHOE-42", 1)
    claim: dict[str, Any] = {"reason": "QUALITY_DEFECT", "evidence": PROOF}
    case = await a_case(client, shop, "E-1", customer="ben", resolution="EXCHANGE", exchangeSku="SHOE-42", **claim)
    assert case["status"] == "REQUESTED"
    await shop.stock("SHOE-42", 0)

    refused = await undone(client, shop, await seller(shop), "approveCase", of(case))

    assert refused == ("OUT_OF_STOCK", [])
    await shop.stock("SHOE-42", 1)
    case = await step(client, await seller(shop), "approveCase", case)
    assert (case["status"], case["exchange"]["status"]) == ("APPROVED", "RESERVED")

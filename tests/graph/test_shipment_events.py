"""Are carriers believed, however late they speak? Scans once each, in any order, and what follows from them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bff.cases.expiry import fire_due
from bff.cases.money import audit
from bff.schema.scalars import print_datetime
from tests.graph.acting import CASE, a_case, act, data_of, done, events, of, undone
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, INGEST, NOW, OPS, Shop, a_line, an_order

COUNTS = "applied duplicates"
LATER = NOW + timedelta(days=40)  # every deadline of a booked return has passed
SHOWN = f"query ($id: ID!) {{ case(id: $id) {{ {CASE} }} }}"


async def booked(client: Client, shop: Shop, order: str = "R-1", *lines: dict[str, Any], **differing: Any) -> Any:
    """A return that is dropped off, with the shop's number on it."""
    who = differing.pop("customer", "ben")
    await shop.take(an_order(order, *lines, customer=who))
    case = await a_case(client, shop, order, customer=who, **differing)
    asked = of(case, method="DROP_OFF", idempotencyKey=f"k {order}")
    return await done(client, await shop.customer(who), "scheduleReturn", asked)


def scan(case: Any, status: str, days: float = 1, **differing: Any) -> dict[str, Any]:
    """What the carrier says happened that many days after the booking."""
    at = print_datetime(NOW + timedelta(days=days))
    number = case["reverseShipment"]["trackingNumber"]
    return {
        "eventId": f"{number} {status} {days}",
        "trackingNumber": number,
        "status": status,
        "at": at,
    } | differing


async def tell(client: Client, *scans: dict[str, Any], **how: Any) -> tuple[int, int, list[tuple[str, list[str]]]]:
    """How many were news, how many were known, and what was wrong with the others."""
    key = how.pop("key", " ".join(one["eventId"] for one in scans)[:200])
    asked = {"events": list(scans), "idempotencyKey": key}
    how = {"now": LATER} | how
    payload = await act(client, INGEST, "recordShipmentEvents", asked, fields=COUNTS, **how)
    errors = [(error["code"], error["path"]) for error in payload["userErrors"]]
    return payload["applied"], payload["duplicates"], errors


async def now(client: Client, case: Any) -> Any:
    """The case as an agent sees it."""
    return (await client.ask(SHOWN, AGENT, {"id": case["id"]}))["case"]


async def units_held(shop: Shop, order: str) -> int:
    """How many units of the order's line cases hold."""
    key = await shop.line_key(order)
    (row,) = await shop.database.rows("SELECT quantity_held FROM order_lines WHERE id = ?", key)
    return int(row["quantity_held"])


# ---- the way back ----------------------------------------------------------------------------------


async def test_a_scan_hands_over(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)

    told = await tell(client, scan(case, "PICKED_UP", place="Bedok"), now=NOW + timedelta(days=1))

    assert told == (1, 0, [])
    after = await now(client, case)
    assert (after["status"], after["version"]) == ("IN_TRANSIT", case["version"] + 1)
    assert after["reverseShipment"]["status"] == "PICKED_UP"
    at = print_datetime(NOW + timedelta(days=1))
    assert after["reverseShipment"]["events"] == [{"status": "PICKED_UP", "at": at, "place": "Bedok"}]
    assert events(after)[-2:] == ["parcel_scanned", "goods_handed_over"]
    assert data_of(after, "parcel_scanned") == {"status": "PICKED_UP", "place": "Bedok"}
    assert after["deadlines"] == [{"kind": "RETURN_TRANSIT"}]
    assert await audit.verify(shop.database) == []


async def test_goods_that_arrive_wait_for_the_warehouse(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    await tell(client, scan(case, "DELIVERED", 3), now=NOW + timedelta(days=3))
    after = await now(client, case)
    assert (after["status"], after["reverseShipment"]["status"]) == ("IN_TRANSIT", "DELIVERED")
    assert after["deadlines"] == [{"kind": "WAREHOUSE_INSPECTION"}]


async def test_what_is_told_out_of_order_leads_to_the_same(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    for status, days in (("IN_TRANSIT", 2.0), ("DELIVERED", 3.0), ("BOOKED", 0.5), ("PICKED_UP", 1.0)):
        assert await tell(client, scan(case, status, days)) == (1, 0, [])
    after = await now(client, case)
    assert (after["status"], after["reverseShipment"]["status"]) == ("IN_TRANSIT", "DELIVERED")
    assert [one["status"] for one in after["reverseShipment"]["events"]] == [
        "BOOKED",
        "PICKED_UP",
        "IN_TRANSIT",
        "DELIVERED",
    ]
    assert events(after).count("goods_handed_over") == 1


async def test_a_pickup_that_its_carrier_calls_off_is_booked_anew(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    await tell(client, scan(case, "CANCELLED"))
    after = await now(client, case)
    assert (after["status"], after["reverseShipment"]["status"]) == ("APPROVED", "CANCELLED")
    again = of(after, method="DROP_OFF", idempotencyKey="k2")
    later = {"now": NOW + timedelta(days=2)}
    rebooked = await done(client, await shop.customer("ben"), "scheduleReturn", again, **later)
    assert rebooked["reverseShipment"]["status"] == "BOOKED"
    # What was said of the first booking, told late, calls off no second one.
    await tell(client, scan(case, "CANCELLED", 1.5))
    assert (await now(client, case))["reverseShipment"]["status"] == "BOOKED"


async def test_each_event_counts_once(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    first, second = scan(case, "PICKED_UP"), scan(case, "IN_TRANSIT", 2)
    assert await tell(client, first, first, key="k1") == (1, 1, [])
    before = await dump(shop.database)
    assert await tell(client, first, key="k2") == (0, 1, [])
    assert await dump(shop.database) == before
    assert await tell(client, first, second, key="k3") == (1, 1, [])
    assert (await now(client, case))["version"] == case["version"] + 2


async def test_of_identical_batches_at_once_one_is_news(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    one, other = scan(case, "PICKED_UP"), scan(case, "IN_TRANSIT", 2)
    answers = await asyncio.gather(*(tell(client, one, other, key=f"k{n}") for n in range(6)))
    assert sum(applied for applied, _, _ in answers) == 2
    assert sum(known for _, known, _ in answers) == 10
    after = await now(client, case)
    assert events(after).count("goods_handed_over") == 1
    assert len(after["reverseShipment"]["events"]) == 2


async def test_the_same_batch_gives_the_same_answer_and_another_a_conflict(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    first = await tell(client, scan(case, "PICKED_UP"), key="k1")
    assert await tell(client, scan(case, "PICKED_UP"), key="k1") == first == (1, 0, [])
    conflict = ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    before = await dump(shop.database)
    assert await tell(client, scan(case, "DELIVERED"), key="k1") == (0, 0, [conflict])
    assert await dump(shop.database) == before


async def test_a_bad_event_stops_no_other_and_leaves_the_key_free(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    unknown = scan(case, "PICKED_UP", trackingNumber="NOBODY'S")
    batch = [unknown, scan(case, "PICKED_UP"), scan(case, "DELIVERED", 60)]
    told = await tell(client, *batch, key="k1")
    refused = [("NOT_FOUND", ["events", "0", "trackingNumber"]), ("INVALID_INPUT", ["events", "2", "at"])]
    assert told == (1, 0, refused)
    assert (await now(client, case))["status"] == "IN_TRANSIT"
    assert await tell(client, *batch, key="k1") == (0, 1, refused)
    assert await tell(client, scan(case, "DELIVERED", 2), key="k1") == (1, 0, [])


@pytest.mark.parametrize(
    ("differing", "field"),
    [
        ({"eventId": ""}, "eventId"),
        ({"eventId": "x" * 201}, "eventId"),
        ({"trackingNumber": " "}, "trackingNumber"),
        ({"at": print_datetime(LATER + timedelta(hours=1, seconds=1))}, "at"),
        ({"place": "x" * 201}, "place"),
        ({"description": "x" * 1001}, "description"),
        ({"description": "\x00"}, "description"),
    ],
)
async def test_what_cannot_be_an_event_is_not_kept(
    shop: Shop, client: Client, differing: dict[str, Any], field: str
) -> None:
    case = await booked(client, shop)
    before = await dump(shop.database)
    told = await tell(client, scan(case, "PICKED_UP") | differing, key="k1")
    assert told == (0, 0, [("INVALID_INPUT", ["events", "0", field])])
    assert await dump(shop.database) == before


@pytest.mark.parametrize("count", [0, 101])
async def test_a_batch_has_one_to_a_hundred_events(shop: Shop, client: Client, count: int) -> None:
    case = await booked(client, shop)
    scans = [scan(case, "PICKED_UP", 1 + number / 1000) for number in range(count)]
    assert await tell(client, *scans, key="k1") == (0, 0, [("INVALID_INPUT", ["events"])])


async def test_only_logistics_systems_tell_of_parcels(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    asked = {"events": [scan(case, "PICKED_UP")]}
    for viewer in (await shop.customer("ben"), await shop.merchant("shoe-house"), AGENT, OPS):
        refused = await undone(client, shop, viewer, "recordShipmentEvents", asked, fields=COUNTS)
        assert refused == ("FORBIDDEN", [])


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_batch_without_a_key_is_refused(shop: Shop, client: Client, key: str) -> None:
    case = await booked(client, shop)
    told = await tell(client, scan(case, "PICKED_UP"), key=key)
    assert told == (0, 0, [("INVALID_INPUT", ["idempotencyKey"])])


# ---- lost ------------------------------------------------------------------------------------------


async def test_what_the_carrier_lost_is_paid_and_the_carriers_loss(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    await tell(client, scan(case, "PICKED_UP"), scan(case, "LOST", 9))
    after = await now(client, case)
    assert after["status"] == "IN_TRANSIT"
    assert after["reverseShipment"]["status"] == "LOST"
    assert after["liability"] == {"party": "CARRIER", "basis": "lost_on_the_way_back", "final": True}
    assert data_of(after, "liability_decided") == {"party": "CARRIER", "basis": "lost_on_the_way_back"}
    assert [refund["status"] for refund in after["refunds"]] == ["PENDING"]
    (entry,) = await shop.database.rows(
        "SELECT e.account FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id"
        " WHERE t.kind = 'REFUND' AND e.amount_minor < 0"
    )
    assert entry["account"] == "CARRIER"
    (line,) = await shop.database.rows("SELECT lost_quantity FROM case_lines WHERE refundable_minor < 10000")
    assert line["lost_quantity"] == 1
    assert await audit.verify(shop.database) == []


async def test_a_loss_after_an_instant_refund_becomes_the_carriers(shop: Shop, client: Client) -> None:
    case = await booked(client, shop, "Q-1", a_line(paid="20.00"), customer="ada")
    assert [refund["status"] for refund in case["refunds"]] == ["PENDING"]
    await tell(client, scan(case, "LOST", 9))  # nobody had scanned it before: only who has it can lose it
    rows = await shop.database.rows(
        "SELECT e.account, CAST(sum(e.amount_minor) AS BIGINT) AS n FROM ledger_entries e GROUP BY e.account"
    )
    owed = {row["account"]: row["n"] for row in rows}
    # Gross by the carrier, who is owed the freight that the platform pays for premium customers.
    assert owed == {"CUSTOMER": 2000, "MERCHANT": 0, "CARRIER": -2000 + 350, "PLATFORM": -350}
    assert (await now(client, case))["status"] == "IN_TRANSIT"  # until the refund has succeeded
    assert await audit.verify(shop.database) == []


async def test_what_was_lost_and_found_is_awaited(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    await tell(client, scan(case, "LOST", 9))
    await tell(client, scan(case, "IN_TRANSIT", 10))
    assert (await now(client, case))["reverseShipment"]["status"] == "IN_TRANSIT"
    rows = await shop.database.rows("SELECT max(lost_quantity) AS n FROM case_lines")
    assert rows[0]["n"] == 0


# ---- too late for us -------------------------------------------------------------------------------


async def expired(client: Client, shop: Shop, order: str = "R-1", *lines: dict[str, Any], **differing: Any) -> Any:
    """A booked return of which nobody has heard, and its deadline has passed."""
    case = await booked(client, shop, order, *lines, **differing)
    assert await fire_due(shop.database, LATER) > 0
    after = await now(client, case)
    assert (after["status"], after["reverseShipment"]["status"]) == ("EXPIRED", "CANCELLED")
    assert after["lines"][0]["refundable"]["amount"] == "0.00"
    assert await units_held(shop, order) == 0
    return after


async def test_a_scan_in_time_that_is_told_late_takes_the_expiry_back(shop: Shop, client: Client) -> None:
    promised = (await booked(client, shop, "R-0"))["lines"][0]["refundable"]["amount"]
    case = await expired(client, shop)

    await tell(client, scan(case, "PICKED_UP", 13))

    after = await now(client, case)
    assert (after["status"], after["reverseShipment"]["status"]) == ("IN_TRANSIT", "PICKED_UP")
    assert after["lines"][0]["refundable"]["amount"] == promised != "0.00"
    assert await units_held(shop, "R-1") == 1
    assert after["deadlines"] == [{"kind": "RETURN_TRANSIT"}]
    assert events(after)[-3:] == ["case_expired", "parcel_scanned", "goods_handed_over"]
    assert await audit.verify(shop.database) == []


async def test_a_claim_to_the_money_back_is_given_up(shop: Shop, client: Client) -> None:
    case = await expired(client, shop, "Q-1", a_line(paid="20.00"), customer="ada")
    assert "claw_back_opened" in events(case)

    await tell(client, scan(case, "PICKED_UP", 2))

    after = await now(client, case)
    assert after["status"] == "IN_TRANSIT"
    assert "claw_back_reversed" in events(after)
    assert len(after["refunds"]) == 1
    (row,) = await shop.database.rows("SELECT clawed_back_minor FROM cases WHERE number = ?", case["number"])
    assert row["clawed_back_minor"] == 0
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(("stock", "status"), [(1, "RESERVED"), (0, "CANCELLED")])
async def test_an_exchange_is_put_aside_again_or_paid_for(
    shop: Shop, client: Client, stock: int, status: str
) -> None:
    await shop.stock("SHOE-43", 1)
    how = {"reason": "SIZE_OR_FIT", "resolution": "EXCHANGE", "exchangeSku": "SHOE-43"}
    case = await expired(client, shop, **how)
    assert case["exchange"] == {"status": "CANCELLED"}
    await shop.stock("SHOE-43", stock)

    await tell(client, scan(case, "PICKED_UP", 2))

    after = await now(client, case)
    assert after["status"] == "IN_TRANSIT"
    assert (after["exchange"] or {"status": "CANCELLED"})["status"] == status
    (variant,) = await shop.database.rows("SELECT reserved FROM variants WHERE sku = 'SHOE-43'")
    assert variant["reserved"] == stock
    assert (after["lines"][0]["refundable"]["amount"] == "0.00") == (status == "RESERVED")
    assert await audit.verify(shop.database) == []


async def test_a_scan_from_after_the_deadline_takes_nothing_back(shop: Shop, client: Client) -> None:
    case = await expired(client, shop)
    await tell(client, scan(case, "PICKED_UP", 30))
    after = await now(client, case)
    assert (after["status"], after["reverseShipment"]["status"]) == ("EXPIRED", "PICKED_UP")
    assert await units_held(shop, "R-1") == 0


async def test_what_an_agent_let_expire_stays_so(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    asked = of(case, status="EXPIRED", reason="Agreed by telephone")
    await done(client, AGENT, "overrideCase", asked)
    await tell(client, scan(case, "PICKED_UP", 2))
    assert (await now(client, case))["status"] == "EXPIRED"


async def test_where_the_units_went_elsewhere_agents_are_told(shop: Shop, client: Client) -> None:
    case = await expired(client, shop)
    await a_case(client, shop, "R-1", customer="ben", idempotencyKey="another")
    assert await units_held(shop, "R-1") == 1

    await tell(client, scan(case, "PICKED_UP", 2))

    after = await now(client, case)
    assert after["status"] == "EXPIRED"
    assert events(after)[-2:] == ["parcel_scanned", "late_hand_over"]
    (row,) = await shop.database.rows("SELECT queue, priority FROM cases WHERE number = ?", case["number"])
    assert (row["queue"], row["priority"]) == ("escalations", "URGENT")
    assert await units_held(shop, "R-1") == 1
    assert await audit.verify(shop.database) == []


async def test_a_scan_of_what_is_over_is_only_noted(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    cancelled = await done(client, await shop.customer("ben"), "cancelCase", of(case))
    await tell(client, scan(case, "PICKED_UP"))
    after = await now(client, case)
    assert (after["status"], after["version"]) == ("CANCELLED", cancelled["version"] + 1)
    assert after["reverseShipment"]["status"] == "PICKED_UP"


# ---- exchanges -------------------------------------------------------------------------------------


async def test_an_exchange_arrives_once(shop: Shop, client: Client) -> None:
    await shop.stock("SHOE-43", 1)
    how = {"reason": "SIZE_OR_FIT", "resolution": "EXCHANGE", "exchangeSku": "SHOE-43"}
    case = await booked(client, shop, **how)
    sent = of(case, carrier="Quick Post", trackingNumber="OUT-1")
    case = await done(client, await shop.merchant("shoe-house"), "shipExchange", sent)
    out = {"trackingNumber": "OUT-1"}

    moving, arrived = scan(case, "IN_TRANSIT", 2, **out), scan(case, "DELIVERED", 3, **out)
    assert await tell(client, moving, arrived) == (2, 0, [])
    assert await tell(client, arrived, key="again") == (0, 1, [])

    after = await now(client, case)
    assert after["exchange"] == {"status": "DELIVERED"}
    assert events(after)[-2:] == ["parcel_scanned", "exchange_delivered"]
    assert after["reverseShipment"]["events"] == []
    assert await audit.verify(shop.database) == []


async def test_what_was_before_there_were_such_clocks_is_not_believed(shop: Shop, client: Client) -> None:
    case = await booked(client, shop)
    before = await dump(shop.database)

    answer = await tell(client, scan(case, "DELIVERED") | {"at": "0001-01-01T00:00:00Z"})

    assert answer == (0, 0, [("INVALID_INPUT", ["events", "0", "at"])])
    assert await dump(shop.database) == before

"""What if nobody does anything? Whole stories with the clock moved on: each deadline has its effect, once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bff.cases.expiry import DUE, LONG_AGO, NO_KEY, fire_due
from bff.cases.money import audit
from bff.storage.database import Database
from bff.storage.fields import new_id
from bff.vocabulary import ReverseShipmentStatus
from tests.cases.waiting import (
    a_parcel,
    an_offer,
    bens_case,
    bens_claim,
    bens_exchange,
    key,
    kinds,
    moved,
)
from tests.graph.acting import PROOF, a_case, data_of, events
from tests.graph.conftest import Client
from tests.graph.disputing import a_declined_case, a_disputed_case, books, fail, held, pay, reread, ruled
from tests.graph.dumps import dump
from tests.graph.shop import NOW, Shop, an_order

SECOND = timedelta(seconds=1)
TUESDAY = datetime(2026, 11, 24, 16, tzinfo=UTC)  # two working days after NOW, a Friday, are over in Singapore


async def fired_at(shop: Shop, due: datetime) -> int:
    """Nothing is fired a second before; how many deadlines are fired then. The books are right after it."""
    before = await dump(shop.database)
    assert await fire_due(shop.database, due - SECOND) == 0
    assert await dump(shop.database) == before
    count = await fire_due(shop.database, due)
    assert await audit.verify(shop.database) == []
    assert await fire_due(shop.database, due) == 0
    return count


# ---- the request, the offer and the way back --------------------------------------------------------


async def test_a_merchants_silence_approves_after_two_working_days_past_christmas_and_a_weekend(
    shop: Shop, client: Client
) -> None:
    await shop.take(an_order("B-9", customer="ben", delivered_days_ago=-33))
    thursday = datetime(2026, 12, 24, 4, tzinfo=UTC)
    case = await a_case(client, shop, "B-9", customer="ben", reason="COUNTERFEIT", evidence=PROOF, now=thursday)
    assert (case["status"], kinds(case)) == ("REQUESTED", ["MERCHANT_RESPONSE"])

    # Friday is Christmas, then the weekend; Monday and Tuesday are worked, and Tuesday ends at 16:00 UTC.
    due = datetime(2026, 12, 29, 16, tzinfo=UTC)
    assert await fired_at(shop, due) == 1

    approved = await reread(client, case, now=due)
    assert (approved["status"], kinds(approved)) == ("APPROVED", ["CUSTOMER_SHIPMENT"])
    assert events(approved)[-1] == "merchant_silent"
    assert approved["version"] == case["version"] + 1
    rows = "SELECT kind, settled_at FROM deadlines WHERE settled_at IS NOT NULL"
    (settled,) = await shop.database.rows(rows)
    assert settled["kind"] == "MERCHANT_RESPONSE"
    assert str(settled["settled_at"]).startswith("2026-12-29 16:00:00")


async def test_an_exchange_that_silence_approves_is_paid_for_where_nothing_is_left(
    shop: Shop, client: Client
) -> None:
    case = await moved(client, await bens_exchange(client, shop), "REQUESTED")
    await shop.stock("SHOE-43", 0)

    assert await fired_at(shop, TUESDAY) == 1

    approved = await reread(client, case)
    assert events(approved)[-2:] == ["exchange_unavailable", "merchant_silent"]
    assert approved["lines"][0]["refundable"]["amount"] == "96.50"


async def test_an_offer_that_is_not_answered_within_a_day_ends_and_the_merchants_time_begins_anew(
    shop: Shop, client: Client
) -> None:
    case = await bens_claim(client, shop)
    await an_offer(shop, case)
    offered = await reread(client, case)
    assert kinds(offered) == ["OFFER_RESPONSE"]

    due = datetime(2026, 11, 21, 16, tzinfo=UTC)  # the day after, in Singapore
    assert await fired_at(shop, due) == 1

    after = await reread(client, case, now=due)
    assert (after["status"], kinds(after)) == ("REQUESTED", ["MERCHANT_RESPONSE"])
    assert events(after)[-1] == "offer_expired"
    (offer,) = await shop.database.rows("SELECT status FROM offers")
    assert offer["status"] == "EXPIRED"


async def test_goods_that_are_not_sent_within_fourteen_days_to_a_working_day_end_a_german_case(
    shop: Shop, client: Client
) -> None:
    friday = datetime(2026, 12, 18, 10, tzinfo=UTC)
    await shop.take(an_order("D-1", customer="cem", delivered_days_ago=-26, market="DE", currency="EUR"))
    case = await a_case(client, shop, "D-1", customer="cem", now=friday)
    assert (case["status"], kinds(case)) == ("APPROVED", ["CUSTOMER_SHIPMENT"])

    # The fourteenth day is New Year's, a Friday: the last is Monday the 4th, which ends at 23:00 UTC in Berlin.
    due = datetime(2027, 1, 4, 23, tzinfo=UTC)
    assert await fired_at(shop, due) == 1

    expired = await reread(client, case, now=due)
    assert (expired["status"], kinds(expired)) == ("EXPIRED", ["DISPUTE_WINDOW"])
    assert events(expired)[-1] == "case_expired"
    assert await held(shop, "D-1") == 0
    assert await books(shop) == {}


async def test_money_that_went_in_advance_is_claimed_back_when_the_goods_never_come(
    shop: Shop, client: Client
) -> None:
    case = await a_case(client, shop)
    await pay(shop)

    due = datetime(2026, 12, 4, 16, tzinfo=UTC)
    assert await fired_at(shop, due) == 1

    expired = await reread(client, case)
    assert events(expired)[-2:] == ["case_expired", "claw_back_opened"]
    assert await books(shop) == {"PROVIDER": 10000, "CUSTOMER": -10000}


@pytest.mark.parametrize(
    ("parcel", "liable"),
    [
        (ReverseShipmentStatus.IN_TRANSIT, "CARRIER"),
        (None, "CUSTOMER"),
    ],
)
async def test_a_parcel_that_does_not_arrive_within_thirty_days_is_lost_and_paid(
    shop: Shop, client: Client, parcel: ReverseShipmentStatus | None, liable: str
) -> None:
    case = await bens_case(client, shop)
    if parcel is not None:
        await a_parcel(shop, case, parcel)
    case = await moved(client, case, "IN_TRANSIT")
    assert kinds(case) == ["RETURN_TRANSIT"]

    assert await fired_at(shop, datetime(2026, 12, 20, 16, tzinfo=UTC)) == 1

    after = await reread(client, case)
    assert events(after).count("parcel_lost") == 1
    assert after["liability"]["party"] == liable
    assert [refund["amount"]["amount"] for refund in after["refunds"]] == ["96.50"]
    lost = await shop.database.rows("SELECT lost_quantity FROM case_lines WHERE case_id = ?", key(case))
    assert [row["lost_quantity"] for row in lost] == [1]
    assert (after["reverseShipment"] or {"status": "LOST"})["status"] == "LOST"
    await pay(shop)
    assert (await reread(client, case))["status"] == "COMPLETED"


async def test_a_parcel_that_no_carrier_ever_told_of_expires_unpaid(shop: Shop, client: Client) -> None:
    case = await bens_case(client, shop)
    await a_parcel(shop, case, ReverseShipmentStatus.BOOKED)
    await moved(client, case, "IN_TRANSIT")

    assert await fired_at(shop, datetime(2026, 12, 20, 16, tzinfo=UTC)) == 1

    expired = await reread(client, case)
    assert (expired["status"], expired["refunds"]) == ("EXPIRED", [])
    assert events(expired)[-1] == "case_expired"
    assert await audit.verify(shop.database) == []


# ---- the warehouse and the money --------------------------------------------------------------------


@pytest.mark.parametrize("status", ["RECEIVED", "IN_TRANSIT"])
async def test_a_warehouse_that_does_not_look_takes_the_goods_as_they_were_sent_and_pays(
    shop: Shop, client: Client, status: str
) -> None:
    case = await bens_case(client, shop)
    await shop.change("UPDATE cases SET requires_inspection = TRUE WHERE id = ?", key(case))
    await a_parcel(shop, case, ReverseShipmentStatus.DELIVERED)
    case = await moved(client, case, status)
    assert kinds(case) == ["WAREHOUSE_INSPECTION"]
    assert await books(shop) == {}

    assert await fired_at(shop, TUESDAY) == 1

    after = await reread(client, case)
    assert after["status"] == "RECEIVED"
    assert events(after)[-2:] == ["inspection_overdue", "refund_requested"]
    (line,) = await shop.database.rows("SELECT received_quantity FROM case_lines WHERE case_id = ?", key(case))
    assert line["received_quantity"] == 1
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "CUSTOMER": 9650}


async def test_a_refund_that_a_provider_has_not_paid_is_told_of_once(shop: Shop, client: Client) -> None:
    case = await moved(client, await bens_case(client, shop), "RECEIVED")
    assert kinds(case) == ["REFUND"]

    assert await fired_at(shop, TUESDAY) == 1
    late = await reread(client, case)
    for days in range(1, 30):
        assert await fire_due(shop.database, TUESDAY + timedelta(days=days)) == 0

    assert events(late)[-1] == "refund_overdue"
    assert [refund["status"] for refund in late["refunds"]] == ["PENDING"]
    assert kinds(late) == []
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "CUSTOMER": 9650}
    await pay(shop, TUESDAY)
    assert (await reread(client, case))["status"] == "COMPLETED"


async def test_a_refund_that_has_failed_is_tried_again(shop: Shop, client: Client) -> None:
    case = await moved(client, await bens_case(client, shop), "RECEIVED")
    await fail(shop)

    assert await fired_at(shop, TUESDAY) == 1

    after = await reread(client, case)
    assert events(after)[-2:] == ["refund_retried", "refund_overdue"]
    assert [refund["status"] for refund in after["refunds"]] == ["PENDING"]
    await pay(shop, TUESDAY)
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "PROVIDER": 9650}


async def test_a_refund_that_fails_again_after_its_time_goes_to_those_who_look(shop: Shop, client: Client) -> None:
    case = await moved(client, await bens_case(client, shop), "RECEIVED")
    before = await where_it_is(shop)
    await fail(shop)
    assert await where_it_is(shop) == before  # it will be tried again
    assert await fired_at(shop, TUESDAY) == 1

    await fail(shop, TUESDAY)

    after = await reread(client, case)
    assert ([refund["status"] for refund in after["refunds"]], kinds(after)) == (["FAILED"], [])
    assert await where_it_is(shop) == ("escalations", "URGENT") != before


async def where_it_is(shop: Shop) -> tuple[str, str]:
    """The queue and priority of Ben's case."""
    (row,) = await shop.database.rows(
        "SELECT c.queue, c.priority FROM cases c JOIN orders o ON o.id = c.order_id WHERE o.number = 'B-9'"
    )
    return row["queue"], row["priority"]


async def test_a_failed_refund_whose_money_went_elsewhere_stays_for_people_to_look_at(
    shop: Shop, client: Client
) -> None:
    case = await moved(client, await bens_case(client, shop), "RECEIVED")
    await fail(shop)
    await shop.change("UPDATE orders SET charged_back_minor = 10000 WHERE number = 'B-9'")

    assert await fire_due(shop.database, TUESDAY) == 1

    after = await reread(client, case)
    assert events(after)[-1] == "refund_overdue"
    assert [refund["status"] for refund in after["refunds"]] == ["FAILED"]
    assert await where_it_is(shop) == ("escalations", "URGENT")


async def test_an_exchange_that_is_never_sent_is_paid_in_money(shop: Shop, client: Client) -> None:
    case = await moved(client, await bens_exchange(client, shop), "RECEIVED")
    assert (case["exchange"]["status"], kinds(case)) == ("RESERVED", ["REFUND"])

    assert await fired_at(shop, TUESDAY) == 1

    after = await reread(client, case)
    assert after["exchange"]["status"] == "CANCELLED"
    assert [refund["amount"]["amount"] for refund in after["refunds"]] == ["96.50"]
    assert events(after)[-3:] == ["exchange_cancelled", "refund_overdue", "refund_requested"]
    (variant,) = await shop.database.rows("SELECT reserved FROM variants WHERE sku = 'SHOE-43'")
    assert variant["reserved"] == 0


# ---- disputes --------------------------------------------------------------------------------------


async def test_a_dispute_window_closes_after_fifteen_days(shop: Shop, client: Client) -> None:
    case = await a_declined_case(client, shop)

    assert await fired_at(shop, datetime(2026, 12, 5, 16, tzinfo=UTC)) == 1

    after = await reread(client, case)
    assert data_of(after, "window_closed") == {"kind": "DISPUTE_WINDOW"}
    assert (after["status"], kinds(after)) == ("DECLINED", [])


async def test_an_appeal_window_closes_after_seven_days(shop: Shop, client: Client) -> None:
    case = await ruled(client, await a_disputed_case(client, shop), None)

    assert await fired_at(shop, datetime(2026, 11, 27, 16, tzinfo=UTC)) == 1

    after = await reread(client, case)
    assert data_of(after, "window_closed") == {"kind": "APPEAL_WINDOW"}
    assert kinds(after) == []


async def test_a_ruling_that_is_overdue_is_for_those_who_escalate(shop: Shop, client: Client) -> None:
    case = await a_disputed_case(client, shop)

    assert await fired_at(shop, datetime(2026, 11, 27, 16, tzinfo=UTC)) == 1

    after = await reread(client, case)
    assert after["routing"] == {"queue": "escalations", "priority": "URGENT"}
    assert events(after)[-1] == "ruling_overdue"
    assert (await ruled(client, after, None))["dispute"]["status"] == "RULED"


# ---- late, twice, at once, and with a fault --------------------------------------------------------


async def test_several_workers_at_once_have_one_effect(shop: Shop, client: Client) -> None:
    cases = [
        await bens_claim(client, shop, f"B-{number}", idempotencyKey=f"k{number}") for number in range(10, 14)
    ]
    await moved(client, await bens_case(client, shop), "RECEIVED")
    late = TUESDAY + timedelta(days=3)

    counts = await asyncio.gather(*(fire_due(shop.database, late) for _ in range(4)))

    assert sum(counts) == 5
    for case in cases:
        after = await reread(client, case)
        assert events(after).count("merchant_silent") == 1
        assert after["version"] == case["version"] + 1
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "CUSTOMER": 9650}
    assert await audit.verify(shop.database) == []


async def test_the_oldest_are_fired_first_and_no_more_than_asked(shop: Shop, client: Client) -> None:
    dues = [NOW + timedelta(days=days) for days in (3, 1, 2)]
    for place, due in enumerate(dues):
        case = await bens_claim(client, shop, f"B-{place + 10}", idempotencyKey=f"k{place}")
        await shop.change("UPDATE deadlines SET due_at = ? WHERE case_id = ?", due, key(case))
    late = NOW + timedelta(days=4)

    assert await fire_due(shop.database, late, most=2) == 2

    (left,) = await shop.database.rows(
        "SELECT due_at FROM deadlines WHERE settled_at IS NULL AND kind = 'MERCHANT_RESPONSE'"
    )
    assert str(left["due_at"])[:19] == "2026-11-23 04:00:00"
    assert await fire_due(shop.database, late, most=2) == 1


async def test_a_deadline_whose_case_has_moved_on_is_settled_and_does_nothing(shop: Shop, client: Client) -> None:
    case = await bens_case(client, shop)
    await shop.change(
        "INSERT INTO deadlines (id, case_id, kind, due_at, on_expiry) VALUES (?, ?, 'RULING', ?, 'ESCALATE')",
        *(new_id(), key(case), NOW),
    )

    assert await fire_due(shop.database, NOW) == 0

    assert (await reread(client, case))["version"] == case["version"]
    rows = await shop.database.rows("SELECT 1 FROM deadlines WHERE kind = 'RULING' AND settled_at IS NULL")
    assert rows == []


async def test_one_that_fails_holds_up_no_other_and_is_fired_when_it_can_be(shop: Shop, client: Client) -> None:
    broken = await moved(client, await bens_exchange(client, shop), "REQUESTED")
    whole = await bens_claim(client, shop, "B-10", idempotencyKey="whole")
    (kept,) = await shop.database.rows("SELECT terms FROM cases WHERE id = ?", key(broken))
    await shop.change("UPDATE cases SET terms = ? WHERE id = ?", {"lines": 5}, key(broken))

    # A page of one holds the broken one alone: the next page is read all the same.
    assert await fire_due(shop.database, TUESDAY, most=1) == 1
    assert await fire_due(shop.database, TUESDAY) == 0

    assert (await reread(client, whole))["status"] == "APPROVED"
    assert (await reread(client, broken))["status"] == "REQUESTED"
    await shop.change("UPDATE cases SET terms = ? WHERE id = ?", kept["terms"], key(broken))
    assert await fire_due(shop.database, TUESDAY) == 1
    assert (await reread(client, broken))["status"] == "APPROVED"


@pytest.fixture
async def on_sqlite(template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty, migrated database of SQLite."""
    async with Database(f"sqlite:///{shutil.copyfile(template, tmp_path / 'due.sqlite3')}") as opened:
        yield opened


async def test_what_is_due_is_read_in_order_by_an_index(on_sqlite: Database) -> None:
    plan = await on_sqlite.rows(f"EXPLAIN QUERY PLAN {DUE}", NOW, LONG_AGO, LONG_AGO, NO_KEY, 100)

    (step,) = [str(one["detail"]) for one in plan]
    assert step.startswith("SEARCH deadlines USING INDEX")
    assert step.endswith("(settled_at=? AND due_at<?)")

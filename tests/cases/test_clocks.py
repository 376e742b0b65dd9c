"""Which clocks run, and until when? The waits of a case in its market, as marketplaces publish them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bff.calendars import due
from bff.cases.clocks import CLOCKS, OnExpiry, Started, duration, started, stopped
from bff.cases.state import Automaton, CaseState
from bff.cases.transitions import TABLE
from bff.markets import market, markets
from bff.vocabulary import CaseStatus, DeadlineKind, DisputeStatus, RefundStatus, Resolution, ReverseShipmentStatus
from tests.cases.whole_life import a_state

S = CaseStatus
FRIDAY = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)  # in Singapore 15:00


def kinds(before: CaseState | None, after: CaseState) -> list[DeadlineKind]:
    return [one.kind for one in started(before, after, market("SG"), FRIDAY)]


def ends(code: str, kind: DeadlineKind) -> str:
    """When a clock that starts on the Friday runs out, as the market's clocks show it."""
    at = due(market(code), FRIDAY, duration(market(code), kind))
    return at.astimezone(market(code).zone).strftime("%a %d %H:%M")


def test_a_request_starts_the_merchants_clock_at_an_absolute_instant() -> None:
    assert started(None, a_state(), market("SG"), FRIDAY) == (
        Started(DeadlineKind.MERCHANT_RESPONSE, datetime(2026, 3, 10, 16, tzinfo=UTC), OnExpiry.APPROVE),
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("SG", "Wed 11 00:00"),  # Lazada: 2 working days
        ("MY", "Mon 09 00:00"),  # Shopee: 2 days
        ("PH", "Mon 09 00:00"),
        ("TH", "Tue 10 00:00"),  # TikTok Shop: 1 working day
        ("VN", "Sun 08 00:00"),  # the same, and Saturday is one
        ("ID", "Mon 09 00:00"),  # TikTok Shop: 2 calendar days
        ("CN", "Sun 08 15:00"),  # JD: 48 hours
        ("DE", "Thu 12 00:00"),
        ("US", "Thu 12 00:00"),  # eBay: 3 business days
    ],
)
def test_a_merchants_silence_is_consent_after_its_markets_time(code: str, expected: str) -> None:
    assert ends(code, DeadlineKind.MERCHANT_RESPONSE) == expected


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("SG", DeadlineKind.OFFER_RESPONSE, "Sun 08 00:00"),
        ("MY", DeadlineKind.CUSTOMER_SHIPMENT, "Fri 13 00:00"),
        ("ID", DeadlineKind.CUSTOMER_SHIPMENT, "Thu 12 00:00"),
        ("DE", DeadlineKind.CUSTOMER_SHIPMENT, "Sat 21 00:00"),
        ("SG", DeadlineKind.WAREHOUSE_INSPECTION, "Wed 11 00:00"),
        ("TH", DeadlineKind.WAREHOUSE_INSPECTION, "Tue 17 00:00"),
        ("MY", DeadlineKind.RULING, "Sat 14 00:00"),
        ("PH", DeadlineKind.RULING, "Fri 20 00:00"),
        ("CN", DeadlineKind.DISPUTE_WINDOW, "Sun 22 00:00"),
        ("CN", DeadlineKind.APPEAL_WINDOW, "Sat 14 00:00"),
        ("US", DeadlineKind.RETURN_TRANSIT, "Wed 06 00:00"),
    ],
)
def test_each_party_has_its_markets_time(code: str, kind: DeadlineKind, expected: str) -> None:
    assert ends(code, kind) == expected


@pytest.mark.parametrize("code", sorted(markets()))
def test_every_market_has_a_time_for_everything(code: str) -> None:
    for kind in DeadlineKind:
        assert due(market(code), FRIDAY, duration(market(code), kind)) > FRIDAY


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - aware
def test_china_pays_within_seven_days_of_receipt_whoever_is_silent(receipt: datetime) -> None:
    china = market("CN")
    looked = due(china, receipt, duration(china, DeadlineKind.WAREHOUSE_INSPECTION))
    assert due(china, looked, duration(china, DeadlineKind.REFUND)) <= china.window_end(receipt, 7)


def test_every_kind_has_one_clock_and_every_clock_a_row_in_the_table() -> None:
    assert [clock.kind for clock in CLOCKS] == list(DeadlineKind)
    assert {row.on for row in TABLE if Automaton.DEADLINE in row.by} == set(DeadlineKind)


def test_an_approval_stops_the_merchants_clock_and_starts_the_customers() -> None:
    before, after = a_state(), a_state(S.APPROVED, owed=True)
    assert stopped(before, after) == (DeadlineKind.MERCHANT_RESPONSE,)
    assert kinds(before, after) == [DeadlineKind.CUSTOMER_SHIPMENT]


def test_a_refund_without_goods_is_due_at_approval() -> None:
    approved = a_state(S.APPROVED, resolution=Resolution.REFUND_ONLY, owed=True)
    assert kinds(a_state(resolution=Resolution.REFUND_ONLY), approved) == [DeadlineKind.REFUND]


def test_an_instant_refund_is_due_while_the_goods_are_still_waited_for() -> None:
    approved = a_state(S.APPROVED, instant_refund=True, owed=True)
    assert kinds(a_state(instant_refund=True), approved) == [DeadlineKind.CUSTOMER_SHIPMENT, DeadlineKind.REFUND]


def test_an_open_offer_stops_the_merchants_clock_and_a_rejection_starts_it_anew() -> None:
    asked, offered = a_state(), a_state(has_open_offer=True)
    assert (stopped(asked, offered), kinds(asked, offered)) == (
        (DeadlineKind.MERCHANT_RESPONSE,),
        [DeadlineKind.OFFER_RESPONSE],
    )
    assert kinds(offered, asked) == [DeadlineKind.MERCHANT_RESPONSE]


def test_the_warehouses_clock_starts_at_the_carriers_delivery_and_runs_on_through_the_receipt() -> None:
    moving = a_state(S.IN_TRANSIT, owed=True, requires_inspection=True, parcel=ReverseShipmentStatus.PICKED_UP)
    there = replace(moving, parcel=ReverseShipmentStatus.DELIVERED)
    received = replace(there, status=S.RECEIVED)
    assert kinds(moving, there) == [DeadlineKind.WAREHOUSE_INSPECTION]
    assert stopped(moving, there) == (DeadlineKind.RETURN_TRANSIT,)
    assert (kinds(there, received), stopped(there, received)) == ([], ())


def test_a_refund_is_watched_until_it_has_succeeded() -> None:
    owed = a_state(S.INSPECTED, owed=True)
    pending = replace(owed, owed=False, refunds=frozenset({RefundStatus.PENDING}))
    paid = replace(pending, refunds=frozenset({RefundStatus.SUCCEEDED}))
    assert stopped(owed, pending) == ()
    assert stopped(pending, paid) == (DeadlineKind.REFUND,)


def test_a_completion_opens_the_dispute_window_anew() -> None:
    before, after = a_state(S.INSPECTED), a_state(S.COMPLETED)
    assert stopped(before, after) == (DeadlineKind.DISPUTE_WINDOW,)
    assert kinds(before, after) == [DeadlineKind.DISPUTE_WINDOW]


def test_a_window_that_has_shut_stays_shut() -> None:
    shut = a_state(S.COMPLETED, deadlines=frozenset())
    assert kinds(shut, replace(shut, rated=True)) == []


def test_a_dispute_gives_way_to_its_ruling_and_the_ruling_to_the_merchants_window() -> None:
    declined = a_state(S.DECLINED)
    disputed, ruled = (replace(declined, dispute=one) for one in (DisputeStatus.OPEN, DisputeStatus.RULED))
    assert (stopped(declined, disputed), kinds(declined, disputed)) == (
        (DeadlineKind.DISPUTE_WINDOW,),
        [DeadlineKind.RULING],
    )
    assert kinds(disputed, ruled) == [DeadlineKind.APPEAL_WINDOW]


def test_a_clock_starts_at_the_instant_that_it_is_given_and_not_at_the_workers() -> None:
    late = started(None, a_state(), market("CN"), FRIDAY + timedelta(hours=1))
    assert late[0].due_at - started(None, a_state(), market("CN"), FRIDAY)[0].due_at == timedelta(hours=1)

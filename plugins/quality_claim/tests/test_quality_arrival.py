"""Has the parcel come, and in time?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import quality_claim

from bff.policy.decision import LineDecision
from bff.policy.facts import Line
from bff.policy.manifest import Amounts
from bff.policy.parameters import Record
from bff.policy.rendering import Reader
from bff.policy.testing import NOW, a_case, a_kernel, a_line, decide_with
from bff.vocabulary import EligibilityStatus, LiableParty, Resolution, ReturnReason, ShipmentStatus

ELIGIBLE, REVIEW, INELIGIBLE = EligibilityStatus.ELIGIBLE, EligibilityStatus.REVIEW, EligibilityStatus.INELIGIBLE


def decided(line: Line, reason: ReturnReason = ReturnReason.NOT_RECEIVED, **differing: Any) -> LineDecision:
    values = {key: differing.pop(key) for key in ("overdue_days", "return_freight") if key in differing}
    records = [Record(id=key, plugin="quality_claim", key=key, value=value) for key, value in values.items()]
    decision = decide_with([quality_claim], a_case(line, reason=reason, **differing), records)
    assert decision.faults == ()
    return decision.lines[0]


def first(line: LineDecision) -> str:
    return line.explanations[0].code.removeprefix("quality_claim.")


def shipped(days_ago: int, **differing: Any) -> Line:
    return a_line(delivered_days_ago=None, shipped_at=NOW - timedelta(days=days_ago), **differing)


def test_a_lost_parcel_is_refunded_without_return() -> None:
    line = decided(
        shipped(3, shipment=ShipmentStatus.LOST, paid="40.00", shipping="5.00"),
        shipping_fee=500,
        return_freight=Amounts({"SGD": 350}),
    )

    assert (line.status, first(line)) == (ELIGIBLE, "parcel_lost")
    assert [option.resolution for option in line.options] == [Resolution.REFUND_ONLY]
    refund = line.options[0].refund
    assert refund is not None
    assert refund.total == 4500
    assert line.options[0].return_methods == ()
    assert (line.liability.party, line.liability.final) == (LiableParty.CARRIER, True)
    assert not [told.code for told in line.explanations if "return_freight" in told.code]


def test_a_parcel_on_its_way_is_waited_for_until_it_is_overdue() -> None:
    waiting = decided(shipped(10), overdue_days=10)
    overdue = decided(shipped(11), overdue_days=10)

    assert (waiting.status, first(waiting)) == (INELIGIBLE, "still_on_its_way")
    # Shipped on the 10th, ten days: the 20th counts whole.
    assert dict(waiting.explanations[0].said)["until"] == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert (overdue.status, first(overdue)) == (ELIGIBLE, "parcel_overdue")


def test_what_was_never_shipped_is_overdue_by_the_age_of_the_order() -> None:
    line = a_line(delivered_days_ago=None, shipped_at=None, shipment=ShipmentStatus.PENDING)

    assert first(decided(line, placed_at=NOW - timedelta(days=30))) == "not_shipped_yet"
    assert first(decided(line, placed_at=NOW - timedelta(days=31))) == "never_shipped"


def test_a_delivery_that_the_customer_disputes_is_looked_at_by_a_person() -> None:
    assert decided(a_line(delivered_days_ago=7)).status is REVIEW
    late = decided(a_line(delivered_days_ago=8))
    assert (late.status, first(late)) == (INELIGIBLE, "delivery_dispute_closed")


def test_a_parcel_reported_as_delivered_without_a_day_can_always_be_disputed() -> None:
    assert decided(a_line(delivered_days_ago=None, shipment=ShipmentStatus.DELIVERED)).status is REVIEW


def test_a_parcel_promised_by_a_day_is_late_on_the_next() -> None:
    promised = {"promisedBy": "2026-11-17"}
    on_time = a_line(delivered_at=datetime(2026, 11, 17, 15, 59, tzinfo=UTC), attributes=promised)
    late = a_line(delivered_at=datetime(2026, 11, 17, 16, 0, tzinfo=UTC), attributes=promised)

    assert first(decided(on_time, ReturnReason.LATE_DELIVERY)) == "delivered_in_time"
    answer = decided(late, ReturnReason.LATE_DELIVERY)
    assert (answer.status, first(answer)) == (ELIGIBLE, "delivered_late")
    assert [option.resolution for option in answer.options] == [Resolution.RETURN_AND_REFUND]


def test_the_orders_promise_holds_where_the_line_has_none() -> None:
    line = a_line(delivered_days_ago=3)
    answer = decided(
        line, ReturnReason.LATE_DELIVERY, order_attributes={"promisedBy": "2026-11-10T12:00:00+08:00"}
    )

    assert first(answer) == "delivered_late"


@pytest.mark.parametrize("promise", ["soon", 20261110, "2026-13-01", "2026-11-10T12:00:00", None, "9999-12-31"])
def test_a_malformed_promise_is_none(promise: Any) -> None:
    line = a_line(delivered_days_ago=3, attributes={"promisedBy": promise})

    assert first(decided(line, ReturnReason.LATE_DELIVERY)) == "delivered_in_time"


def test_a_late_parcel_is_sent_back_in_its_own_window() -> None:
    line = a_line(delivered_days_ago=8)
    answer = decided(line, ReturnReason.LATE_DELIVERY, placed_at=NOW - timedelta(days=60))

    assert (answer.status, first(answer)) == (INELIGIBLE, "late_claim_closed")


def test_a_late_parcel_that_has_not_come_is_waited_for_too() -> None:
    assert first(decided(shipped(2), ReturnReason.LATE_DELIVERY)) == "still_on_its_way"


def test_a_parcel_whose_day_of_delivery_nobody_knows_is_looked_at_by_a_person() -> None:
    line = a_line(delivered_days_ago=None, shipment=ShipmentStatus.DELIVERED)
    still_in_time = decided(line, ReturnReason.LATE_DELIVERY)
    perhaps_late = decided(line, ReturnReason.LATE_DELIVERY, placed_at=NOW - timedelta(days=60))

    assert (still_in_time.status, first(still_in_time)) == (INELIGIBLE, "delivered_in_time")
    assert perhaps_late.status is REVIEW


@pytest.mark.parametrize("reason", [ReturnReason.NOT_RECEIVED, ReturnReason.LATE_DELIVERY])
def test_the_freight_of_a_parcel_that_came_late_or_not_rests_on_no_guarantee(reason: ReturnReason) -> None:
    records = [
        Record(id="years", plugin="quality_claim", key="guarantee_days", value=731, law="the guarantee's law")
    ]
    case = a_case(a_line(delivered_days_ago=3), market="DE", reason=reason, placed_at=NOW - timedelta(days=60))
    told = decide_with([quality_claim], case, records).lines[0].explanations

    assert {each.citation for each in told if each.code == "quality_claim.freight_on_carrier"} == {None}


@pytest.mark.parametrize(
    ("line", "reason", "en", "zh"),
    [
        (
            a_line(delivered_days_ago=None, shipped_at=NOW - timedelta(days=20)),
            ReturnReason.NOT_RECEIVED,
            "Your parcel should have come by November 15, 2026 and has not.",
            "包裹最迟应于 2026年11月15日 送达",
        ),
        (
            a_line(delivered_days_ago=None, shipped_at=None, shipment=ShipmentStatus.PENDING),
            ReturnReason.NOT_RECEIVED,
            "This should have been sent by October 21, 2026 and was not.",
            "该商品最迟应于 2026年10月21日 发出",
        ),
        (
            a_line(delivered_days_ago=3, attributes={"promisedBy": "2026-11-15"}),
            ReturnReason.LATE_DELIVERY,
            "Your parcel was due by November 15, 2026 and came too late.",
            "包裹最迟应于 2026年11月15日 送达",
        ),
    ],
)
def test_a_day_that_was_missed_is_told_as_a_day(line: Line, reason: ReturnReason, en: str, zh: str) -> None:
    kernel = a_kernel([quality_claim])
    case = a_case(line, reason=reason, placed_at=NOW - timedelta(days=60))
    decision = kernel.decide(case)
    told = decision.lines[0].explanations[0]
    said = {
        locale: kernel.render(told, Reader(locale=locale, time_zone=decision.time_zone)) for locale in ("en", "zh")
    }

    assert said["en"].startswith(en)
    assert said["zh"].startswith(zh)

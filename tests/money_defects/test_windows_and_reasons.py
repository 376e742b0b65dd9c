"""Is the window the right one, and are all reasons said? (rows 11, 12, 13, 16, 17)"""

from datetime import UTC, date, datetime, timedelta

import no_reason_return
import pytest

from bff.policy.facts import Sibling
from bff.policy.parameters import Record, RecordScope
from bff.policy.testing import NOW, a_case, a_line, decide_with
from bff.vocabulary import EligibilityStatus, ReturnReason, WindowAnchor
from tests.money_defects.shop import answer, codes, decide

ELIGIBLE, INELIGIBLE = EligibilityStatus.ELIGIBLE, EligibilityStatus.INELIGIBLE


def test_the_window_is_measured_from_delivery_and_not_from_the_order() -> None:
    line = answer(a_case(a_line(delivered_days_ago=3), placed_at=NOW - timedelta(days=60)))

    assert line.status is ELIGIBLE
    assert line.window is not None
    assert line.window.anchor is WindowAnchor.DELIVERED
    # Fifteen days after the 17th, Singapore time.
    assert line.window.closes_at == datetime(2026, 12, 2, 16, tzinfo=UTC)


def test_a_request_in_time_stays_in_time_however_late_its_parcel_is() -> None:
    # The request's own instant is a fact of the case: looked at again months later it is the same answer.
    case = a_case(a_line(delivered_days_ago=15))

    assert answer(case).status is ELIGIBLE
    assert decide(case) == decide(case)


@pytest.mark.parametrize(("days", "status"), [(15, ELIGIBLE), (16, INELIGIBLE)])
def test_the_fifteenth_day_counts_whole_in_singapore(days: int, status: EligibilityStatus) -> None:
    assert answer(a_case(a_line(delivered_days_ago=days))).status is status


def test_all_reasons_are_said_at_once() -> None:
    attributes = {"finalSale": True, "customMade": True, "hygiene": True, "unsealed": True}
    line = answer(a_case(a_line(delivered_days_ago=40, attributes=attributes)))

    assert line.status is INELIGIBLE
    assert {
        "no_reason_return.final_sale",
        "no_reason_return.custom_made",
        "no_reason_return.unsealed_hygiene",
    } <= codes(line)
    assert "no_reason_return.window_closed" in {told.code for told in line.explanations}


def test_declines_are_as_fine_as_their_grounds() -> None:
    """Five lines that are refused for five grounds get five codes, each with its own text."""
    grounds = {
        "no_reason_return.custom_made": a_line(attributes={"customMade": True}),
        "no_reason_return.perishable": a_line(attributes={"perishable": True}),
        "no_reason_return.final_sale": a_line(attributes={"finalSale": True}),
        "no_reason_return.window_closed": a_line(delivered_days_ago=90),
        "no_reason_return.not_delivered": a_line(delivered_days_ago=None),
    }

    for code, line in grounds.items():
        assert answer(a_case(line)).explanations[0].code == code


@pytest.mark.parametrize(("price", "difference"), [(12000, 2000), (10000, 0), (7000, -3000), (500, -8000)])
def test_an_exchange_charges_or_refunds_the_difference(price: int, difference: int) -> None:
    # Bought for 80.00 instead of 100.00: the discount carries over, and never more than 80.00 goes back.
    other = Sibling(sku="SHOE-43", title="Shoe", variant="43", price=price, currency="SGD", available=1)
    case = a_case(
        a_line(paid="80.00", unit_price="100.00", discount="20.00"),
        reason=ReturnReason.SIZE_OR_FIT,
        known={"catalogue.siblings@1": {"line-1": (other,)}},
    )

    assert [offer.difference for offer in answer(case).exchanges] == [difference]


def test_the_rule_of_the_day_of_purchase_holds_to_the_end() -> None:
    def a_record(name: str, days: int, start: date, end: date | None) -> Record:
        return Record(
            id=name,
            plugin="no_reason_return",
            key="window_days",
            value=days,
            scope=RecordScope(market="SG"),
            valid_from=start,
            valid_to=end,
        )

    change = date(2026, 11, 1)
    records = [a_record("old", 30, date(2026, 1, 1), change), a_record("new", 7, change, None)]
    line = a_line(delivered_days_ago=10)
    before = a_case(line, placed_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    after = a_case(line, placed_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))

    assert decide_with([no_reason_return], before, records).lines[0].status is ELIGIBLE
    assert decide_with([no_reason_return], after, records).lines[0].status is INELIGIBLE

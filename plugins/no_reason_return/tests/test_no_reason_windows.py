"""Until when may goods come back without a reason?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import no_reason_return
import pytest

from bff.policy.decision import LineDecision
from bff.policy.facts import CaseFacts
from bff.policy.parameters import Record
from bff.policy.testing import NOW, a_case, a_line, a_purchase, decide_with
from bff.vocabulary import EligibilityStatus, Resolution, WindowAnchor

ELIGIBLE, INELIGIBLE = EligibilityStatus.ELIGIBLE, EligibilityStatus.INELIGIBLE


def rules(**values: Any) -> list[Record]:
    return [Record(id=key, plugin="no_reason_return", key=key, value=value) for key, value in values.items()]


def decided(case: CaseFacts, **values: Any) -> LineDecision:
    decision = decide_with([no_reason_return], case, rules(**values))
    assert decision.faults == ()
    return decision.lines[0]


def codes(line: LineDecision) -> list[str]:
    return [told.code.removeprefix("no_reason_return.") for told in line.explanations]


def test_the_window_is_counted_from_delivery_and_its_last_day_counts_whole() -> None:
    line = decided(a_case(a_line(delivered_days_ago=3)), window_days=15)

    assert line.status is ELIGIBLE
    assert line.window is not None
    assert line.window.anchor is WindowAnchor.DELIVERED
    # Delivered on the 17th at noon in Singapore; the 2nd of December is the last day.
    assert line.window.closes_at == datetime(2026, 12, 2, 16, tzinfo=UTC)


def test_an_order_placed_long_ago_but_delivered_late_still_has_its_whole_window() -> None:
    case = a_case(a_line(delivered_days_ago=2), placed_at=NOW - timedelta(days=90))

    assert decided(case, window_days=7).status is ELIGIBLE


def test_a_window_that_has_closed_says_when_and_how_long_ago_it_was_delivered() -> None:
    line = decided(a_case(a_line(delivered_days_ago=25)), window_days=15)

    assert line.status is INELIGIBLE
    assert codes(line) == ["window_closed"]
    said = dict(line.explanations[0].said)
    assert (said["days"], said["age"]) == (15, 25)
    assert said["until"] == datetime(2026, 11, 10, 16, tzinfo=UTC)


def test_the_window_is_open_to_its_last_instant_and_closed_at_the_next() -> None:
    line = a_line(delivered_at=datetime(2026, 11, 5, 4, tzinfo=UTC))
    end = datetime(2026, 11, 20, 16, tzinfo=UTC)

    assert decided(a_case(line, at=end - timedelta(seconds=1)), window_days=15).status is ELIGIBLE
    assert decided(a_case(line, at=end), window_days=15).status is INELIGIBLE


def test_goods_that_have_not_arrived_are_waited_for() -> None:
    line = decided(a_case(a_line(delivered_days_ago=None)), window_days=15)

    assert (line.status, codes(line)) == (INELIGIBLE, ["not_delivered"])


def test_a_delivery_in_the_future_is_none_yet() -> None:
    line = decided(a_case(a_line(delivered_at=NOW + timedelta(hours=1))), window_days=15)

    assert codes(line) == ["not_delivered"]


def test_without_any_window_the_customer_is_told_so() -> None:
    assert codes(decided(a_case())) == ["no_window"]


def test_a_deadline_on_christmas_moves_to_the_next_working_day() -> None:
    # Delivered on 11 December 2026: the 14th day is Friday the 25th, then the 26th, then a Sunday.
    line = a_line(paid="40.00", currency="EUR", delivered_at=datetime(2026, 12, 11, 11, tzinfo=UTC))
    case = a_case(line, market="DE", at=datetime(2026, 12, 28, 20, tzinfo=UTC))

    moved = decided(case, statutory_days=14, moves_to_working_day=True)
    assert moved.status is ELIGIBLE
    assert moved.window is not None
    assert moved.window.closes_at == datetime(2026, 12, 28, 23, tzinfo=UTC)
    assert decided(case, statutory_days=14).status is INELIGIBLE


def test_a_customer_who_was_not_informed_has_twelve_months_more() -> None:
    line = a_line(delivered_days_ago=300)
    uninformed = a_case(line, market="DE", order_attributes={"withdrawalInformed": False})

    assert decided(uninformed, statutory_days=14, uninformed_extension_days=366).status is ELIGIBLE
    assert (
        decided(a_case(line, market="DE"), statutory_days=14, uninformed_extension_days=366).status is INELIGIBLE
    )


@pytest.mark.parametrize("told", ["false", 0, None, [], {}])
def test_an_attribute_of_the_wrong_type_extends_nothing(told: Any) -> None:
    case = a_case(a_line(delivered_days_ago=300), market="DE", order_attributes={"withdrawalInformed": told})

    assert decided(case, statutory_days=14, uninformed_extension_days=366).status is INELIGIBLE


def test_a_statutory_right_gives_the_money_back_and_only_the_seller_offers_exchange() -> None:
    by_law = decided(a_case(market="DE"), statutory_days=14)

    assert [option.resolution for option in by_law.options] == [Resolution.RETURN_AND_REFUND]


def test_the_law_is_cited() -> None:
    line = decided(a_case(market="DE"), statutory_days=14, statutory_law="Directive 2011/83/EU art. 9")

    assert line.explanations[0].citation == "Directive 2011/83/EU art. 9"


# ---- an order in several parcels ----------------------------------------------------------------

LAST_PARCEL: dict[str, Any] = {"statutory_days": 14, "counts_from_last_parcel": True}


def in_parcels(*days_ago: int | None, market: str = "DE", **differing: Any) -> CaseFacts:
    """An order of one line a parcel; the first line is asked about. None: still on its way."""
    first, *rest = (a_line(f"line-{at}", delivered_days_ago=days) for at, days in enumerate(days_ago))
    others = tuple(a_purchase(line, **differing) for line in rest)
    return a_case(first, market=market, purchases=(a_purchase(first), *others))


def test_the_right_runs_from_the_delivery_of_the_last_goods_of_the_order() -> None:
    line = decided(in_parcels(20, 10), **LAST_PARCEL)

    assert (line.status, codes(line)[0]) == (ELIGIBLE, "withdrawal_right_last_parcel")
    assert line.window is not None
    # The last goods came on 10 November, Berlin time: the 24th is the last day.
    assert line.window.closes_at == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert line.window.opens_at == NOW - timedelta(days=20)


def test_the_right_closes_fourteen_days_after_the_last_parcel() -> None:
    assert decided(in_parcels(30, 14), **LAST_PARCEL).status is ELIGIBLE
    assert codes(decided(in_parcels(30, 15), **LAST_PARCEL)) == ["withdrawal_closed"]


def test_while_goods_of_the_order_are_on_their_way_the_days_have_not_begun() -> None:
    line = decided(in_parcels(60, None), **LAST_PARCEL)

    assert (line.status, codes(line)[0]) == (ELIGIBLE, "withdrawal_right_not_begun")
    assert line.window is not None
    # Had the rest come today, 20 November: the 4th of December is the last day.
    assert line.window.closes_at == datetime(2026, 12, 4, 23, tzinfo=UTC)


def test_goods_that_were_given_up_before_they_came_keep_no_window_open() -> None:
    assert decided(in_parcels(60, None, held=1), **LAST_PARCEL).status is INELIGIBLE


def test_digital_goods_never_arrive_and_keep_no_window_open() -> None:
    case = in_parcels(60, None, attributes={"digital": True})

    assert decided(case, **LAST_PARCEL).status is INELIGIBLE


def test_where_the_law_counts_each_parcel_the_others_do_not_matter() -> None:
    assert codes(decided(in_parcels(20, 3, market="CN"), statutory_days=7)) == ["withdrawal_closed"]


def test_an_order_in_one_parcel_is_counted_and_told_as_ever() -> None:
    assert codes(decided(in_parcels(10, 10), **LAST_PARCEL))[0] == "withdrawal_right"


def test_the_long_window_cites_the_article_that_makes_it_long() -> None:
    def cited(key: str, value: Any, law: str) -> Record:
        return Record(id=key, plugin="no_reason_return", key=key, value=value, law=law)

    records = [cited("statutory_days", 14, "art. 9"), cited("uninformed_extension_days", 366, "art. 10")]
    case = a_case(a_line(delivered_days_ago=300), market="DE", order_attributes={"withdrawalInformed": False})
    told = decide_with([no_reason_return], case, records).lines[0].explanations[0]

    assert (told.code, told.citation) == ("no_reason_return.withdrawal_right", "art. 10")

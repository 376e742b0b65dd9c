"""Which remedies are there for faulty goods, until when, and who has to prove what?"""

from datetime import timedelta
from typing import Any

import pytest
import quality_claim

from bff.money import parse_minor
from bff.policy.decision import LineDecision, Verdict
from bff.policy.facts import CaseFacts, Line, Sibling
from bff.policy.manifest import Amounts
from bff.policy.parameters import Record
from bff.policy.testing import NOW, a_case, a_line, a_purchase, decide_with
from bff.vocabulary import (
    EligibilityStatus,
    EvidenceKind,
    LiableParty,
    Priority,
    RefundComponentKind,
    Resolution,
    ReturnReason,
)

REFUND, EXCHANGE, REPAIR = Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE, Resolution.REPAIR
GERMANY = {"guarantee_days": 731, "failed_repairs_for_refund": 1, "seller_proves_days": 366}
BRITAIN = {**GERMANY, "refund_days": 30, "guarantee_days": 2192, "seller_proves_days": 184}
CHINA = {
    "refund_days": 7,
    "exchange_days": 15,
    "guarantee_days": 366,
    "guarantee_resolutions": (REPAIR,),
    "failed_repairs_for_exchange": 2,
}


def rules(**values: Any) -> list[Record]:
    return [Record(id=key, plugin="quality_claim", key=key, value=value) for key, value in values.items()]


def a_claim(
    line: Line, reason: ReturnReason = ReturnReason.QUALITY_DEFECT, *, stock: int = 9, **more: Any
) -> CaseFacts:
    own = Sibling(sku=line.sku, title="Shoe", variant="42", price=100, currency="SGD", available=stock)
    known = {"catalogue.siblings@1": {line.id: (own,)}}
    return a_case(line, reason=reason, **{"known": known, **more})


def decided(case: CaseFacts, **values: Any) -> LineDecision:
    decision = decide_with([quality_claim], case, rules(**values))
    assert decision.faults == ()
    return decision.lines[0]


def remedies(line: LineDecision) -> set[Resolution]:
    return {option.resolution for option in line.options}


def codes(line: LineDecision) -> list[str]:
    return [told.code.removeprefix("quality_claim.") for told in line.explanations]


# ---- the ladder ---------------------------------------------------------------------------------


def test_germany_repairs_or_replaces_for_two_years() -> None:
    late = decided(a_claim(a_line(delivered_days_ago=700), market="DE"), **GERMANY)

    assert (late.verdict, remedies(late)) == (Verdict.MANDATE, {REPAIR, EXCHANGE})
    assert decided(a_claim(a_line(delivered_days_ago=732), market="DE"), **GERMANY).verdict is Verdict.ABSTAIN


def test_germany_gives_the_money_back_once_a_repair_has_failed() -> None:
    line = a_line(delivered_days_ago=100, attributes={"failedRepairs": 1})

    assert remedies(decided(a_claim(line, market="DE"), **GERMANY)) == {REFUND, REPAIR, EXCHANGE}


@pytest.mark.parametrize("repairs", ["1", True, 1.0, -1, None, [1]])
def test_a_malformed_count_of_repairs_is_none(repairs: Any) -> None:
    line = a_line(delivered_days_ago=100, attributes={"failedRepairs": repairs, "daysInRepair": repairs})

    assert REFUND not in remedies(decided(a_claim(line, market="DE"), **GERMANY))


def test_britain_lets_the_customer_reject_for_thirty_days() -> None:
    early = decided(a_claim(a_line(delivered_days_ago=30), market="GB"), **BRITAIN)
    later = decided(a_claim(a_line(delivered_days_ago=31), market="GB"), **BRITAIN)

    assert remedies(early) == {REFUND, EXCHANGE, REPAIR}
    assert remedies(later) == {EXCHANGE, REPAIR}


def test_in_britain_the_clock_stands_still_during_a_repair() -> None:
    line = a_line(delivered_days_ago=35, attributes={"daysInRepair": 10})

    assert REFUND in remedies(decided(a_claim(line, market="GB"), **BRITAIN))


@pytest.mark.parametrize(
    ("days", "expected"),
    [(7, {REFUND, EXCHANGE, REPAIR}), (8, {EXCHANGE, REPAIR}), (15, {EXCHANGE, REPAIR}), (16, {REPAIR})],
)
def test_chinas_three_guarantees_step_down_at_seven_and_fifteen_days(days: int, expected: set[Resolution]) -> None:
    assert remedies(decided(a_claim(a_line(delivered_days_ago=days), market="CN"), **CHINA)) == expected


def test_in_china_two_failed_repairs_give_an_exchange() -> None:
    line = a_line(delivered_days_ago=100, attributes={"failedRepairs": 2})

    assert remedies(decided(a_claim(line, market="CN"), **CHINA)) == {EXCHANGE, REPAIR}


@pytest.mark.parametrize(
    "reason", [ReturnReason.WRONG_ITEM, ReturnReason.NOT_AS_DESCRIBED, ReturnReason.DAMAGED_IN_TRANSIT]
)
def test_what_no_repair_can_cure_is_exchanged_where_the_guarantee_owes_only_repair(reason: ReturnReason) -> None:
    answer = decided(a_claim(a_line(delivered_days_ago=20), reason, market="CN"), **CHINA)

    assert (answer.verdict, remedies(answer)) == (Verdict.MANDATE, {EXCHANGE})
    assert "exchange_as_no_repair" in codes(answer)


def test_what_can_be_neither_repaired_nor_exchanged_is_refunded_there() -> None:
    case = a_claim(a_line(delivered_days_ago=20), ReturnReason.WRONG_ITEM, market="CN", stock=0)
    answer = decided(case, **CHINA)

    assert remedies(answer) == {REFUND}
    assert "refund_as_nothing_else" in codes(answer)


def test_where_no_law_speaks_the_platforms_window_does() -> None:
    line = decided(a_claim(a_line(delivered_days_ago=10)), platform_days=15)

    assert (line.verdict, remedies(line)) == (Verdict.PERMIT, {REFUND, EXCHANGE})
    assert codes(decided(a_claim(a_line(delivered_days_ago=16)), platform_days=15)) == ["claim_window_closed"]


def test_a_counterfeit_is_refunded_and_never_repaired() -> None:
    line = decided(a_claim(a_line(), ReturnReason.COUNTERFEIT, market="DE"), **GERMANY)

    assert remedies(line) == {REFUND, EXCHANGE}
    assert (line.status, line.routing.priority) == (EligibilityStatus.REVIEW, Priority.HIGH)


def test_what_is_sold_out_and_not_repaired_is_refunded() -> None:
    values = {**GERMANY, "repairable": False}

    assert remedies(decided(a_claim(a_line(), market="DE", stock=0), **values)) == {REFUND}
    assert remedies(decided(a_claim(a_line(), market="DE", stock=1), **values)) == {EXCHANGE}


def test_without_a_catalogue_the_only_remedy_left_is_for_a_person_to_find() -> None:
    line = decided(a_claim(a_line(), market="DE", known={}), **{**GERMANY, "repairable": False})

    assert line.status is EligibilityStatus.REVIEW


def test_a_replacement_is_the_same_variant_at_no_difference() -> None:
    line = decided(a_claim(a_line(paid="55.00"), market="DE"), **GERMANY)

    assert [(offer.sku, offer.difference, offer.available) for offer in line.exchanges] == [("SHOE-42", 0, 9)]


def test_a_final_sale_has_its_guarantee() -> None:
    line = a_line(attributes={"finalSale": True, "hygiene": True, "opened": True, "customMade": True})

    assert decided(a_claim(line, market="DE"), **GERMANY).verdict is Verdict.MANDATE


def test_goods_that_have_not_arrived_have_no_quality_yet() -> None:
    assert codes(decided(a_claim(a_line(delivered_days_ago=None)), platform_days=15)) == ["not_delivered"]


def test_without_any_window_the_customer_is_sent_to_a_person() -> None:
    assert codes(decided(a_claim(a_line()))) == ["no_claim_window"]


def test_both_closed_windows_are_said() -> None:
    line = decided(a_claim(a_line(delivered_days_ago=800), market="DE"), **GERMANY, platform_days=15)

    assert codes(line) == ["guarantee_closed", "claim_window_closed"]


# ---- proof and evidence -------------------------------------------------------------------------


def test_the_seller_proves_in_the_first_year_and_the_customer_after_it() -> None:
    values = {**GERMANY, "evidence_when_customer_proves": (EvidenceKind.INSPECTION_REPORT,)}
    early = decided(a_claim(a_line(delivered_days_ago=300), market="DE"), **values)
    late = decided(a_claim(a_line(delivered_days_ago=400), market="DE"), **values)

    assert early.liability.basis == "quality_claim.seller_proves"
    assert late.liability.basis == "quality_claim.customer_proves"
    assert EvidenceKind.INSPECTION_REPORT not in {want.kind for want in early.evidence}
    assert EvidenceKind.INSPECTION_REPORT in {want.kind for want in late.evidence}


def test_in_britain_the_customer_proves_the_fault_to_reject_the_goods() -> None:
    values = {
        **BRITAIN,
        "rejecting_customer_proves": True,
        "evidence_when_customer_proves": (EvidenceKind.INSPECTION_REPORT,),
    }
    rejecting = decided(a_claim(a_line(delivered_days_ago=30), market="GB"), **values)
    later = decided(a_claim(a_line(delivered_days_ago=31), market="GB"), **values)

    assert rejecting.liability.basis == "quality_claim.customer_proves_to_reject"
    assert "seller_proves" not in codes(rejecting)
    # A repair or replacement, for which the seller proves, is on offer too: nobody needs a report for it.
    assert EvidenceKind.INSPECTION_REPORT not in {want.kind for want in rejecting.evidence}
    assert later.liability.basis == "quality_claim.seller_proves"


def test_evidence_depends_on_the_reason() -> None:
    photos = (EvidenceKind.PHOTO, EvidenceKind.PHOTO, EvidenceKind.SERIAL_NUMBER)
    values = {"platform_days": 15, "evidence_wrong_item": photos}
    wrong = decided(a_claim(a_line(), ReturnReason.WRONG_ITEM), **values)
    expired = decided(a_claim(a_line(), ReturnReason.PRODUCT_EXPIRED), **values)

    assert [(want.kind, want.minimum) for want in wrong.evidence] == [
        (EvidenceKind.PHOTO, 2),
        (EvidenceKind.SERIAL_NUMBER, 1),
    ]
    assert [(want.kind, want.minimum) for want in expired.evidence] == [(EvidenceKind.PHOTO, 1)]


# ---- money and liability ------------------------------------------------------------------------


def test_the_merchant_bears_both_ways_and_the_customer_gets_all_of_it() -> None:
    line = a_line(paid="50.00", shipping="6.00")
    case = a_claim(line, shipping_fee=600)
    answer = decided(case, platform_days=15, return_freight=Amounts({"SGD": 350}))

    refund = answer.options[0].refund
    assert refund is not None
    assert refund.total == 5600
    assert {part.kind: part.amount for part in refund.components} == {
        RefundComponentKind.ITEM: 5000,
        RefundComponentKind.SHIPPING: 600,
    }
    assert ("return_freight", LiableParty.MERCHANT, 350) in refund.shares
    assert ("outbound_freight", LiableParty.MERCHANT, 600) in refund.shares
    assert (answer.liability.party, answer.liability.final) == (LiableParty.MERCHANT, False)


@pytest.mark.parametrize(
    ("by", "party"),
    [("platform", LiableParty.PLATFORM), ("merchant", LiableParty.CARRIER), (7, LiableParty.CARRIER)],
)
def test_who_shipped_it_answers_for_damage_on_the_way(by: Any, party: LiableParty) -> None:
    line = a_line(attributes={"fulfilledBy": by})
    answer = decided(a_claim(line, ReturnReason.DAMAGED_IN_TRANSIT), platform_days=15)

    assert (answer.liability.party, answer.liability.final) == (party, False)
    assert answer.options[0].freight_paid_by is party
    assert answer.routing.queue == "logistics"


def test_goods_that_cost_less_than_their_way_back_need_not_travel() -> None:
    values = {
        "platform_days": 15,
        "refund_only_below_freight": True,
        "return_freight": Amounts({"SGD": 350}),
    }

    cheap = decided(a_claim(a_line(paid="3.49")), **values)
    assert cheap.options[0].resolution is Resolution.REFUND_ONLY
    assert cheap.options[0].refund is not None
    assert cheap.options[0].refund.total == 349
    assert Resolution.REFUND_ONLY not in remedies(decided(a_claim(a_line(paid="3.50")), **values))


def test_dear_goods_are_inspected_and_very_dear_ones_looked_at_by_a_person() -> None:
    values = {
        "platform_days": 15,
        "inspect_from": Amounts({"SGD": 20000}),
        "review_from": Amounts({"SGD": 100000}),
    }

    assert not decided(a_claim(a_line(paid="199.99")), **values).routing.requires_inspection
    dear = decided(a_claim(a_line(paid="200.00")), **values)
    assert (dear.status, dear.routing.requires_inspection) == (EligibilityStatus.ELIGIBLE, True)
    assert dear.routing.queue == "quality"
    assert decided(a_claim(a_line(paid="1000.00")), **values).status is EligibilityStatus.REVIEW


def test_an_amount_that_is_not_stated_in_the_currency_inspects_nothing() -> None:
    line = decided(a_claim(a_line(paid="9999.00")), platform_days=15, inspect_from=Amounts({"EUR": 1}))

    assert not line.routing.requires_inspection


def test_a_delivery_later_today_is_none_yet() -> None:
    line = a_line(delivered_at=NOW + timedelta(hours=2))

    assert codes(decided(a_claim(line), platform_days=15)) == ["not_delivered"]


# ---- limits are those of the line, however it is split ------------------------------------------


def one_of_ten(paid: str, whole: str) -> CaseFacts:
    """One unit of a line of ten."""
    line = a_line(paid=paid, ordered=10)
    return a_claim(line, purchases=(a_purchase(line, paid=parse_minor(whole, "SGD")),))


def test_a_unit_of_a_dear_line_is_looked_at_as_the_line_would_be() -> None:
    values = {
        "platform_days": 15,
        "inspect_from": Amounts({"SGD": 20000}),
        "review_from": Amounts({"SGD": 100000}),
    }
    dear = decided(one_of_ten("20.00", "200.00"), **values)

    assert (dear.status, dear.routing.requires_inspection) == (EligibilityStatus.ELIGIBLE, True)
    assert decided(one_of_ten("100.00", "1000.00"), **values).status is EligibilityStatus.REVIEW
    assert not decided(one_of_ten("19.99", "199.99"), **values).routing.requires_inspection


def test_cheap_units_of_a_line_that_is_worth_its_freight_travel_back() -> None:
    values = {
        "platform_days": 15,
        "refund_only_below_freight": True,
        "return_freight": Amounts({"SGD": 350}),
    }

    assert Resolution.REFUND_ONLY not in remedies(decided(one_of_ten("1.00", "10.00"), **values))
    assert Resolution.REFUND_ONLY in remedies(decided(one_of_ten("0.30", "3.00"), **values))


def test_freight_that_the_customer_does_not_pay_is_not_told_as_a_price() -> None:
    values = {"platform_days": 15, "return_freight": Amounts({"SGD": 350})}
    told = codes(decided(a_claim(a_line(paid="50.00")), **values))

    assert "return_freight_covered" in told
    assert "return_freight" not in told


def test_the_merchant_is_asked_of_all_but_what_the_parcels_dates_prove() -> None:
    faulty = decided(a_claim(a_line()), platform_days=15)
    assert (faulty.status, faulty.routing.asks_merchant) == (EligibilityStatus.ELIGIBLE, True)

    values = {"platform_days": 15, "approved_reasons": (ReturnReason.QUALITY_DEFECT,)}
    assert not decided(a_claim(a_line()), **values).routing.asks_merchant

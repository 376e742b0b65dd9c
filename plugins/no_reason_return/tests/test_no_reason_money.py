"""What does a return without a reason cost, and whom?"""

from typing import Any

import no_reason_return
import pytest
from msgspec.structs import replace

from bff.money import units_share
from bff.policy.decision import Decision, Refund
from bff.policy.facts import CaseFacts, Line
from bff.policy.manifest import Amounts
from bff.policy.parameters import Record
from bff.policy.testing import a_case, a_line, a_purchase, decide_with
from bff.vocabulary import EligibilityStatus, LiableParty, RefundComponentKind

KIND = RefundComponentKind
FREIGHT = Amounts({"SGD": 350, "EUR": 490, "CNY": 1200})


def rules(**values: Any) -> list[Record]:
    return [Record(id=key, plugin="no_reason_return", key=key, value=value) for key, value in values.items()]


def decided(case: CaseFacts, **values: Any) -> Decision:
    decision = decide_with([no_reason_return], case, rules(**values))
    assert decision.faults == ()
    return decision


def refund_of(decision: Decision, line: int = 0) -> Refund:
    refund = decision.lines[line].options[0].refund
    assert refund is not None
    return refund


def parts(refund: Refund) -> dict[RefundComponentKind, int]:
    return {part.kind: part.amount for part in refund.components}


def test_the_customer_pays_the_way_back() -> None:
    refund = refund_of(decided(a_case(a_line(paid="50.00")), window_days=15, return_freight=FREIGHT))

    assert refund.total == 4650
    assert parts(refund) == {KIND.ITEM: 5000, KIND.RETURN_FREIGHT: 350}


def test_the_merchant_pays_the_way_back_where_it_said_so() -> None:
    values = {"window_days": 15, "return_freight": FREIGHT, "return_freight_payer": LiableParty.MERCHANT}
    decision = decided(a_case(a_line(paid="50.00")), **values)

    assert refund_of(decision).total == 5000
    assert decision.lines[0].options[0].freight_paid_by is LiableParty.MERCHANT


def test_one_parcel_of_two_lines_costs_one_freight() -> None:
    lines = a_line("a", paid="30.00"), a_line("b", paid="10.00")
    decision = decided(a_case(*lines), window_days=15, return_freight=FREIGHT)

    totals = [refund_of(decision, index).total for index in (0, 1)]
    assert sum(totals) == 4000 - 350
    assert totals == [3000 - 263, 1000 - 87]


def test_the_parcels_of_two_merchants_cost_two() -> None:
    lines = a_line("a", paid="30.00"), a_line("b", paid="10.00", merchant="merchant-2")
    decision = decided(a_case(*lines), window_days=15, return_freight=FREIGHT)

    assert [refund_of(decision, index).total for index in (0, 1)] == [2650, 650]


def test_a_restocking_fee_is_taken_of_what_was_paid_and_rounded_down() -> None:
    refund = refund_of(decided(a_case(a_line(paid="99.99")), window_days=15, restocking_bps=1500))

    assert parts(refund)[KIND.RESTOCKING_FEE] == 1499
    assert refund.total == 8500


def test_no_restocking_fee_is_taken_while_the_law_gives_the_right() -> None:
    values = {"statutory_days": 14, "window_days": 30, "restocking_bps": 1500}

    assert refund_of(decided(a_case(a_line(paid="99.99"), market="DE"), **values)).total == 9999
    late = a_case(a_line(paid="99.99", delivered_days_ago=20), market="DE")
    assert refund_of(decided(late, **values)).total == 8500


# ---- the way out --------------------------------------------------------------------------------


def test_the_standard_delivery_is_repaid_and_the_express_surplus_is_not() -> None:
    line = a_line(paid="50.00", shipping="9.00")
    case = a_case(line, market="DE", shipping_fee=900, order_attributes={"shippingSurplus": "4.00"})

    refund = refund_of(decided(case, statutory_days=14, statute_refunds_outbound=True))
    assert refund.total == 5000 + 500
    assert parts(refund)[KIND.SHIPPING] == 500


def test_of_a_part_of_the_order_its_part_of_the_delivery_is_repaid() -> None:
    line, rest = a_line(paid="50.00", shipping="3.00"), a_line("rest", paid="100.00", shipping="6.00")
    case = a_case(
        line,
        market="DE",
        shipping_fee=900,
        purchases=(a_purchase(line), a_purchase(rest)),
        order_attributes={"shippingSurplus": "4.00"},
    )

    # A third of 4.00 is 1.33, and the other line's share 2.67.
    assert refund_of(decided(case, statutory_days=14, statute_refunds_outbound=True)).total == 5000 + 300 - 133


@pytest.mark.parametrize("surplus", [4.0, "four", "-1.00", "4.005", None, {"EUR": "4.00"}, "1e2"])
def test_a_malformed_surplus_is_absent(surplus: Any) -> None:
    line = a_line(paid="50.00", shipping="9.00")
    case = a_case(line, market="DE", shipping_fee=900, order_attributes={"shippingSurplus": surplus})

    assert refund_of(decided(case, statutory_days=14, statute_refunds_outbound=True)).total == 5900


def test_a_surplus_above_the_whole_fee_keeps_the_fee_and_no_more() -> None:
    line = a_line(paid="50.00", shipping="9.00")
    case = a_case(line, market="DE", shipping_fee=900, order_attributes={"shippingSurplus": "99.00"})

    assert refund_of(decided(case, statutory_days=14, statute_refunds_outbound=True)).total == 5000


def test_where_nobody_says_otherwise_the_delivery_is_not_repaid() -> None:
    case = a_case(a_line(paid="50.00", shipping="9.00"), shipping_fee=900)

    assert refund_of(decided(case, window_days=15)).total == 5000
    assert refund_of(decided(case, window_days=15, refunds_outbound=True)).total == 5900


# ---- thresholds ---------------------------------------------------------------------------------


def three_of_100(**differing: Any) -> list[Line]:
    """Three goods of 100.00 each, 60.00 off for 300.00: each was paid with 80.00."""
    promotion = {"promotion": {"id": "11.11", "threshold": "300.00"}}
    fields = {"unit_price": "100.00", "discount": "20.00", "currency": "CNY", "attributes": promotion}
    return [a_line(name, paid="80.00", **{**fields, **differing}) for name in "abc"]


def in_china(*returned: Line, whole: list[Line], **differing: Any) -> CaseFacts:
    return a_case(*returned, market="CN", purchases=tuple(map(a_purchase, whole)), **differing)


def test_a_return_that_breaks_the_threshold_is_settled_anew() -> None:
    whole = three_of_100()
    decision = decided(in_china(whole[0], whole=whole), statutory_days=7, resettles_promotions=True)

    # Two kept goods at 100.00 each cost 200.00, so of the 240.00 paid 40.00 go back.
    assert refund_of(decision).total == 4000
    assert parts(refund_of(decision)) == {KIND.ITEM: 8000, KIND.DEDUCTION: 4000}


def test_the_lost_discount_is_shared_by_the_goods_that_go_back() -> None:
    whole = three_of_100()
    decision = decided(in_china(*whole[:2], whole=whole), statutory_days=7, resettles_promotions=True)

    assert [refund_of(decision, index).total for index in (0, 1)] == [7000, 7000]


def test_returning_everything_gives_everything_back() -> None:
    whole = three_of_100()
    decision = decided(in_china(*whole, whole=whole), statutory_days=7, resettles_promotions=True)

    assert [refund_of(decision, index).total for index in range(3)] == [8000, 8000, 8000]


def test_a_promotion_that_still_stands_costs_nothing() -> None:
    whole = three_of_100(unit_price="200.00")
    decision = decided(in_china(whole[0], whole=whole), statutory_days=7, resettles_promotions=True)

    assert refund_of(decision).total == 8000


def test_on_withdrawal_in_germany_the_discount_is_kept_and_said() -> None:
    whole = three_of_100(currency="EUR")
    case = a_case(whole[0], market="DE", purchases=tuple(map(a_purchase, whole)))
    decision = decided(case, statutory_days=14)

    assert refund_of(decision).total == 8000
    assert "no_reason_return.promotion_kept" in [told.code for told in decision.lines[0].explanations]


def test_a_threshold_that_an_earlier_return_broke_is_looked_at_by_a_person() -> None:
    whole = three_of_100()
    held = [a_purchase(whole[0], held=1), *map(a_purchase, whole[1:])]
    case = a_case(whole[1], market="CN", purchases=tuple(held))
    decision = decided(case, statutory_days=7, resettles_promotions=True)

    assert decision.lines[0].status is EligibilityStatus.REVIEW
    assert refund_of(decision).total == 8000


def test_goods_that_are_refused_stay_and_count_towards_the_threshold() -> None:
    whole = three_of_100()
    refused = three_of_100(attributes={**whole[0].attributes, "finalSale": True})[1]
    case = in_china(whole[0], refused, whole=[whole[0], refused, whole[2]])
    decision = decided(case, window_days=7, resettles_promotions=True)

    assert refund_of(decision).total == 4000
    assert decision.lines[1].status is EligibilityStatus.INELIGIBLE


@pytest.mark.parametrize(
    "promotion",
    [
        "11.11",
        {"id": 11, "threshold": "300.00"},
        {"id": "", "threshold": "300.00"},
        {"id": "11.11"},
        {"id": "11.11", "threshold": 300},
        {"id": "11.11", "threshold": "many"},
        ["11.11", "300.00"],
        None,
    ],
)
def test_a_malformed_promotion_is_none(promotion: Any) -> None:
    whole = three_of_100(attributes={"promotion": promotion})
    decision = decided(in_china(whole[0], whole=whole), statutory_days=7, resettles_promotions=True)

    assert refund_of(decision).total == 8000


def free_delivery(*, currency: str = "CNY") -> list[Line]:
    return [a_line("a", paid="70.00", currency=currency), a_line("b", paid="40.00", currency=currency)]


def test_a_lost_free_delivery_is_deducted_once() -> None:
    whole = free_delivery()
    attributes = {"freeShipping": {"threshold": "99.00", "freight": "8.00"}}
    values = {"statutory_days": 7, "recovers_free_shipping": True}

    one = decided(in_china(whole[1], whole=whole, order_attributes=attributes), **values)
    assert refund_of(one).total == 4000 - 800
    assert parts(refund_of(one)) == {KIND.ITEM: 4000, KIND.DEDUCTION: 800}

    both = decided(in_china(*whole, whole=whole, order_attributes=attributes), **values)
    assert sum(refund_of(both, index).total for index in (0, 1)) == 11000 - 800


def test_a_free_delivery_that_was_lost_before_is_not_deducted_again() -> None:
    whole = free_delivery()
    held = (a_purchase(whole[0], held=1), a_purchase(whole[1]))
    attributes = {"freeShipping": {"threshold": "99.00", "freight": "8.00"}}
    case = a_case(whole[1], market="CN", purchases=held, order_attributes=attributes)

    assert refund_of(decided(case, statutory_days=7, recovers_free_shipping=True)).total == 4000


@pytest.mark.parametrize("offer", ["99.00", {"threshold": "99.00"}, {"threshold": 99, "freight": 8}, None, []])
def test_a_malformed_free_delivery_is_none(offer: Any) -> None:
    whole = free_delivery()
    case = in_china(whole[1], whole=whole, order_attributes={"freeShipping": offer})

    assert refund_of(decided(case, statutory_days=7, recovers_free_shipping=True)).total == 4000


def test_no_lawful_deduction_is_stopped_by_the_floor() -> None:
    whole = three_of_100()
    values = {"statutory_days": 7, "resettles_promotions": True, "return_freight": FREIGHT}
    decision = decided(in_china(whole[0], whole=whole), **values)

    assert refund_of(decision).total == 8000 - 4000 - 1200


# ---- the whole request --------------------------------------------------------------------------


def test_what_goes_back_for_a_fault_in_the_same_request_keeps_no_discount_to_take_back() -> None:
    whole = three_of_100()
    case = in_china(whole[0], whole=whole, request=tuple(whole[:2]))
    decision = decided(case, statutory_days=7, resettles_promotions=True)

    # Only the third is kept, so only its 20.00 of discount are settled anew.
    assert refund_of(decision).total == 8000 - 2000


def test_faulty_goods_of_the_same_request_break_no_promotion() -> None:
    whole = three_of_100(unit_price="150.00")
    case = in_china(whole[0], whole=whole, request=tuple(whole[:2]))
    decision = decided(case, statutory_days=7, resettles_promotions=True)

    # 450.00 less the 150.00 that the customer chose to give back is still 300.00.
    assert refund_of(decision).total == 8000


def test_one_line_that_goes_back_on_two_grounds_keeps_neither_unit() -> None:
    promotion = {"promotion": {"id": "11.11", "threshold": "300.00"}}
    fields: dict[str, Any] = {
        "currency": "CNY",
        "attributes": promotion,
        "unit_price": "100.00",
        "ordered": 3,
    }
    bought = a_line(paid="240.00", discount="60.00", quantity=3, **fields)
    fancied, faulty = (a_line(paid="80.00", discount="20.00", **fields) for _ in range(2))
    case = in_china(fancied, whole=[bought], request=(fancied, faulty))
    decision = decided(case, statutory_days=7, resettles_promotions=True)

    assert refund_of(decision).total == 8000 - 2000


def test_faulty_goods_of_the_same_request_lose_no_free_delivery() -> None:
    whole = free_delivery()
    attributes = {"freeShipping": {"threshold": "50.00", "freight": "8.00"}}
    case = in_china(whole[1], whole=whole, request=tuple(whole), order_attributes=attributes)

    # Without the 40.00 that came back by choice 70.00 are left, whatever becomes of the faulty goods.
    assert refund_of(decided(case, statutory_days=7, recovers_free_shipping=True)).total == 4000


# ---- every unit its own share -------------------------------------------------------------------

SEQUENCES = [[1, 1, 1], [1, 2], [2, 1], [3]]


def fees(asked: list[int], whole: dict[str, str], market: str, fee: int, values: dict[str, Any]) -> list[int]:
    """What returning three units in that sequence takes each time, of what was paid and of the delivery."""
    bought = a_line(paid=whole["paid"], shipping=whole.get("shipping", "0"), quantity=3)
    held, taken = 0, []
    for count in asked:
        paid, shipping = (units_share(minor, 3, held, count) for minor in (bought.paid, bought.shipping))
        line = replace(bought, held=held, quantity=count, paid=paid, shipping=shipping)
        case = a_case(
            line,
            market=market,
            shipping_fee=fee,
            purchases=(a_purchase(bought, held=held),),
            order_attributes={"shippingSurplus": "4.00"},
        )
        taken.append(paid + shipping - refund_of(decided(case, **values)).total)
        held += count
    return taken


@pytest.mark.parametrize("asked", SEQUENCES)
def test_the_restocking_fee_is_the_same_however_the_units_come_back(asked: list[int]) -> None:
    values: dict[str, Any] = {"window_days": 15, "restocking_bps": 1500}

    # 15 % of 10.01 is 1.50; unit by unit, rounded each time, it would be 1.49.
    assert sum(fees(asked, {"paid": "10.01"}, "SG", 0, values)) == 150


@pytest.mark.parametrize("asked", SEQUENCES)
def test_the_express_surplus_is_the_same_however_the_units_come_back(asked: list[int]) -> None:
    values: dict[str, Any] = {"statutory_days": 14, "statute_refunds_outbound": True}

    assert sum(fees(asked, {"paid": "30.00", "shipping": "10.00"}, "DE", 1000, values)) == 400


def test_the_earliest_unit_carries_the_odd_cent_of_a_fee() -> None:
    values: dict[str, Any] = {"statutory_days": 14, "statute_refunds_outbound": True}

    assert fees([1, 1, 1], {"paid": "30.00", "shipping": "10.00"}, "DE", 1000, values) == [134, 133, 133]


# ---- who was not told ---------------------------------------------------------------------------


def uninformed(**differing: Any) -> CaseFacts:
    return a_case(a_line(paid="50.00"), market="DE", order_attributes={"withdrawalInformed": False}, **differing)


def test_a_trader_who_did_not_inform_pays_the_way_back() -> None:
    values = {"statutory_days": 14, "return_freight": Amounts({"EUR": 490}), "uninformed_pays_freight": True}
    decision = decided(uninformed(), **values)

    assert refund_of(decision).total == 5000
    assert decision.lines[0].options[0].freight_paid_by is LiableParty.MERCHANT
    told = [each.code for each in decision.lines[0].explanations]
    assert "no_reason_return.uninformed_pays_return" in told
    assert "no_reason_return.customer_pays_return" not in told


def test_a_customer_who_was_informed_pays_it_as_usual() -> None:
    values = {"statutory_days": 14, "return_freight": Amounts({"EUR": 490}), "uninformed_pays_freight": True}
    case = a_case(a_line(paid="50.00"), market="DE", order_attributes={"withdrawalInformed": True})

    assert refund_of(decided(case, **values)).total == 5000 - 490


def test_what_the_seller_pays_is_not_told_as_a_price_to_the_customer() -> None:
    values = {"window_days": 15, "return_freight": FREIGHT, "return_freight_payer": LiableParty.MERCHANT}
    told = {each.code for each in decided(a_case(a_line(paid="50.00")), **values).lines[0].explanations}

    assert "no_reason_return.return_freight" not in told
    assert "no_reason_return.return_freight_covered" in told

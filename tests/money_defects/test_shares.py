"""Do the parts add up to the whole? What was paid is split once and for ever (rows 3-8 and 14)."""

import pytest

from bff.money import parse_minor
from bff.policy.testing import a_case, a_line, a_purchase
from bff.vocabulary import RefundComponentKind, ReturnReason
from tests.money_defects.shop import answer, decide, refund, units

FAULTY = ReturnReason.WRONG_ITEM  # nothing is deducted, so that only the split speaks


def test_the_refund_is_what_was_paid_after_promotions_and_not_the_list_price() -> None:
    # List price 3 x 100.00, paid 210.00: two units come back.
    line = units(3, 0, 2, paid="210.00", discount="90.00")

    assert refund(answer(a_case(line, reason=FAULTY))).total == 14000


def test_a_refund_never_takes_the_money_of_other_lines() -> None:
    cheap, dear = a_line("cheap", paid="1.00", unit_price="80.00"), a_line("dear", paid="500.00")
    decision = decide(a_case(cheap, dear, reason=FAULTY))

    assert [refund(line).total for line in decision.lines] == [100, 50000]


@pytest.mark.parametrize("asked", [[1, 1, 1], [1, 2], [2, 1], [3]])
def test_ten_over_three_units_pays_ten_however_they_come_back(asked: list[int]) -> None:
    held, totals = 0, []
    for count in asked:
        totals.append(refund(answer(a_case(units(3, held, count, paid="10.00"), reason=FAULTY))).total)
        held += count

    assert sum(totals) == 1000


def test_the_earliest_unit_carries_the_odd_cent() -> None:
    each = [refund(answer(a_case(units(3, held, 1, paid="10.00"), reason=FAULTY))).total for held in range(3)]

    assert each == [334, 333, 333]


def test_a_line_of_twenty_over_three_units_never_pays_a_cent_too_many() -> None:
    each = [refund(answer(a_case(units(3, held, 1, paid="20.00"), reason=FAULTY))).total for held in range(3)]

    assert each == [667, 667, 666]
    assert refund(answer(a_case(units(3, 0, 3, paid="20.00"), reason=FAULTY))).total == 2000


def test_the_tax_of_three_parts_is_the_whole_tax() -> None:
    lines = [units(3, held, 1, paid="1000.00", tax="160.00") for held in range(3)]
    refunds = [refund(answer(a_case(line, reason=FAULTY))) for line in lines]
    taxes = [next(p.amount for p in each.components if p.kind is RefundComponentKind.TAX) for each in refunds]

    assert sum(taxes) == 16000
    assert sum(each.total for each in refunds) == 100000
    for each in refunds:
        assert each.total == sum(part.amount for part in each.components)


def test_zero_priced_goods_come_back_for_nothing() -> None:
    gift, bought = a_line("gift", paid="0.00"), a_line("bought", paid="30.00")
    alone = answer(a_case(gift))
    decision = decide(a_case(gift, bought))

    assert refund(alone).total == 0
    assert [refund(line).total for line in decision.lines] == [0, 3000 - 350]


def test_fees_above_what_was_paid_take_it_all_and_no_more() -> None:
    line = refund(answer(a_case(a_line(paid="2.00"))))

    assert line.total == 0
    assert sum(part.amount for part in line.components if part.kind is RefundComponentKind.RETURN_FREIGHT) == 200


def test_every_share_has_a_bearer_and_the_shares_are_the_whole_cost() -> None:
    line = refund(answer(a_case(a_line(paid="80.00", shipping="6.00"), shipping_fee=600)))

    assert dict((kind, amount) for kind, _, amount in line.shares) == {  # noqa: C402 - triples
        "outbound_freight": 600,
        "return_freight": 350,
    }


def test_an_order_discount_stays_where_it_was_when_other_lines_go_back() -> None:
    # 20.00 off the order, split once: 15.00 on the dear line, 5.00 on the cheap one.
    dear = a_line("dear", paid="135.00", unit_price="150.00", discount="15.00")
    cheap = a_line("cheap", paid="45.00", unit_price="50.00", discount="5.00")
    whole = (a_purchase(dear), a_purchase(cheap))
    after = (a_purchase(dear, held=1), a_purchase(cheap))

    before_return = refund(answer(a_case(cheap, purchases=whole, reason=FAULTY)))
    after_return = refund(answer(a_case(cheap, purchases=after, reason=FAULTY)))

    assert before_return.total == after_return.total == parse_minor("45.00", "SGD")


def test_two_lines_asked_about_together_are_worth_what_they_are_worth_apart() -> None:
    lines = a_line("a", paid="33.33", merchant="m-1"), a_line("b", paid="66.67", merchant="m-2")
    together = [refund(line).total for line in decide(a_case(*lines, reason=FAULTY)).lines]

    assert together == [refund(answer(a_case(line, reason=FAULTY))).total for line in lines]

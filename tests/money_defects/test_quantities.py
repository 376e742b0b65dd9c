"""How much is left to return? Units that a case holds are gone, whatever became of them (rows 1, 2, 10)."""

import pytest

from bff.policy.decision import Verdict
from bff.policy.testing import a_case, a_line
from bff.vocabulary import EligibilityStatus, ReturnReason
from tests.money_defects.shop import answer, codes, refund, units


def test_received_units_cannot_be_requested_again() -> None:
    # Two of two were asked for, came back and were received: they are held for ever.
    line = answer(a_case(a_line(ordered=2, held=2, quantity=1)))

    assert (line.status, line.verdict) == (EligibilityStatus.INELIGIBLE, Verdict.VOID)
    assert codes(line) == {"kernel.nothing_left"}
    assert line.options == ()


def test_no_more_can_be_asked_for_than_is_left() -> None:
    line = answer(a_case(a_line(ordered=3, held=1, quantity=3)))

    assert codes(line) == {"kernel.quantity_above_left"}


@pytest.mark.parametrize("reason", [ReturnReason.QUALITY_DEFECT, ReturnReason.NOT_RECEIVED])
def test_a_claim_counts_the_units_that_earlier_returns_hold(reason: ReturnReason) -> None:
    line = answer(a_case(a_line(ordered=1, held=1, quantity=1), reason=reason))

    assert codes(line) == {"kernel.nothing_left"}


def test_the_ceiling_of_a_claim_is_what_the_units_left_were_paid_with() -> None:
    # One of three is held: the other two were paid with 3.33 each.
    line = answer(a_case(units(3, 1, 2, paid="10.00"), reason=ReturnReason.WRONG_ITEM))

    assert refund(line).total == 666


def test_nothing_that_a_shopper_or_merchant_writes_on_a_line_sets_a_price() -> None:
    written = {
        "price": "0.01",
        "returnFreight": "0.00",
        "refund": "9999.00",
        "receive_now": True,
        "paid": "500.00",
    }
    plain = refund(answer(a_case(a_line(paid="50.00"))))
    dressed = refund(answer(a_case(a_line(paid="50.00", attributes=written))))

    assert plain.total == dressed.total == 5000 - 350

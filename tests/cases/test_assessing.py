"""Does each unit get its share, less what its state costs? Worked out without a database, to the smallest coin."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bff.cases.goods.assessing import Assessed, Fate, Grounds, Look, assess
from bff.cases.money.agreed_lines import LineOfCase
from bff.cases.money.agreement import Agreement, Component
from bff.cases.money.liability import DEFECT_FOUND, NO_DEFECT_FOUND, Liability, decided
from bff.cases.refusal import Refusal
from bff.vocabulary import LiableParty, RefundComponentKind, ReturnReason

AGREED, AGAIN, REJECTED = Fate.AGREED, Fate.AGAIN, Fate.REJECTED


def a_line(paid: int = 10_000, quantity: int = 3, **differing: Any) -> LineOfCase:
    """A line of which all that was paid is agreed."""
    line = LineOfCase(
        id=UUID(int=1),
        order_line=UUID(int=2),
        sku="SHOE-42",
        quantity=quantity,
        reason=ReturnReason.CHANGE_OF_MIND,
        units=((0, quantity),),
        received=quantity,
        short=0,
        refundable=paid,
        asked=0,
        worth=paid,
        goods=0,
        shipping=0,
        breakdown=Agreement.plain(paid).stored(),
        before=None,
    )
    return replace(line, **differing)


def looked(quantity: int, fate: Fate = AGREED, deduction: int = 0, index: int = 0, **more: Any) -> Look:
    """Some units that were looked at."""
    return Look(index, quantity, fate, deduction, **more)


def refused(line: LineOfCase, *looks: Look, floor_bps: int = 0, again: Grounds | None = None) -> str:
    """Why a deduction is refused."""
    with pytest.raises(Refusal) as raised:
        assess(line, looks, floor_bps, again, "SGD")
    assert raised.value.code == "AMOUNT_EXCEEDED"
    assert raised.value.path == ("lines", str(looks[-1].index), "deduction", "amount")
    return raised.value.message


def test_units_are_told_apart_by_their_fate_in_whatever_order_they_are_named() -> None:
    again = Grounds(Agreement.plain(5000), 0)
    one, other, none = looked(1), looked(1, AGAIN), looked(1, REJECTED)
    expected = Assessed(Agreement.plain(3334 + 3333), accepted=2, rejected=1, deduction=0)

    for looks in ((one, other, none), (none, other, one), (other, none, one)):
        assert assess(a_line(), looks, 0, again, "SGD") == expected


def test_what_is_decided_anew_is_never_more_than_was_agreed() -> None:
    settled = a_line(refundable=3000, breakdown=Agreement.plain(3000).stored())
    again = Grounds(Agreement.plain(9650), 0)

    assert assess(settled, [looked(3, AGAIN)], 0, again, "SGD").agreement.total == 3000


def test_a_deduction_is_at_most_what_its_own_units_get() -> None:
    found = assess(a_line(), [looked(1, deduction=3334), looked(2, index=1)], 0, None, "SGD")
    assert (found.agreement.total, found.deduction) == (6666, 3334)
    assert found.agreement.components[-1] == Component(RefundComponentKind.DEDUCTION, 3334, cost="inspection")

    assert "at most 33.34 SGD" in refused(a_line(), looked(1, deduction=3335))
    assert "at most 0.00 SGD" in refused(a_line(), looked(2), looked(1, REJECTED, 1, 1))
    again = Grounds(Agreement.plain(3000), 0)
    assert "at most 10.00 SGD" in refused(a_line(), looked(2, AGAIN), looked(1, AGAIN, 1001, 1), again=again)


@pytest.mark.parametrize(("floor", "most"), [(10_000, 0), (9_000, 333), (0, 3334)])
def test_a_statutory_part_of_what_was_paid_stays(floor: int, most: int) -> None:
    fits = looked(1, deduction=most)
    assert assess(a_line(), [fits, looked(2)], floor, None, "SGD").deduction == most
    assert "at most" in refused(a_line(), looked(1, deduction=most + 1), floor_bps=floor)


def test_the_floor_of_what_was_decided_anew_is_its_own() -> None:
    again = Grounds(Agreement.plain(10_000), 10_000)
    refused(a_line(), looked(3, AGAIN, 1), again=again)
    assert (
        assess(a_line(), [looked(3, AGAIN, 1)], 10_000, Grounds(Agreement.plain(10_000), 0), "SGD").deduction == 1
    )


def test_a_defect_that_was_found_allows_no_deduction() -> None:
    assert "A defect" in refused(a_line(), looked(3, deduction=1, confirmed=True))


@given(st.integers(0, 10_000), st.integers(1, 8), st.data())
def test_no_unit_is_paid_twice(paid: int, quantity: int, data: st.DataObject) -> None:
    fates = data.draw(st.lists(st.sampled_from([AGREED, REJECTED]), min_size=quantity, max_size=quantity))
    found = assess(a_line(paid, quantity), [looked(1, fate) for fate in fates], 0, None, "SGD")

    assert found.accepted == fates.count(AGREED)
    assert found.accepted + found.rejected == quantity
    assert found.agreement == Agreement.plain(paid).of_units(quantity, found.accepted)


# ---- liability -------------------------------------------------------------------------------------

OPEN = Liability(LiableParty.CARRIER, "quality_claim.on_its_way", final=False)
UNDETERMINED = Liability(LiableParty.UNDETERMINED, "lines_differ", final=False)


@pytest.mark.parametrize(
    ("before", "verdicts", "after"),
    [
        (OPEN, [True], (LiableParty.CARRIER, OPEN.basis, True)),
        (OPEN, [True, False, None], (LiableParty.CARRIER, OPEN.basis, True)),
        (OPEN, [False, False], (LiableParty.CUSTOMER, NO_DEFECT_FOUND, True)),
        (OPEN, [False, None], (LiableParty.CARRIER, OPEN.basis, False)),
        (OPEN, [], (LiableParty.CARRIER, OPEN.basis, False)),
        (UNDETERMINED, [True], (LiableParty.MERCHANT, DEFECT_FOUND, True)),
        (UNDETERMINED, [False], (LiableParty.CUSTOMER, NO_DEFECT_FOUND, True)),
    ],
)
def test_what_was_found_settles_who_is_liable(
    before: Liability, verdicts: list[bool | None], after: tuple[LiableParty, str, bool]
) -> None:
    assert decided(before, verdicts) == Liability(*after[:2], final=after[2])

"""What are inspected units to get? Each its share of what was agreed, less what is taken off for its state.

Units are told apart by their fate alone: of the one split of a line the first go to those that get what was
agreed, the next to those on which it was decided again, the last to those that get nothing.
"""

import enum
from collections.abc import Sequence

from msgspec import Struct

from bff.cases.money.agreed_lines import LineOfCase
from bff.cases.money.agreement import Agreement, together
from bff.cases.refusal import Refusal
from bff.money import BASIS_POINTS, Money, portion, units_share
from bff.user_errors import UserErrorCode


class Fate(enum.Enum):
    """What becomes of units: as agreed, as if they had come without a reason, or nothing."""

    AGREED = 0
    AGAIN = 1
    REJECTED = 2


class Look(Struct, frozen=True):
    """Some units of a line in one state; `index` is its place in the input, `confirmed` a claimed defect found."""

    index: int
    quantity: int
    fate: Fate
    deduction: int = 0
    confirmed: bool = False


class Grounds(Struct, frozen=True):
    """What units are to get before anything is taken off, and the statutory least of what was paid for them."""

    agreement: Agreement
    floor_bps: int


class Assessed(Struct, frozen=True):
    """The outcome for a line, in units and in money."""

    agreement: Agreement
    accepted: int
    rejected: int
    deduction: int


def assess(
    line: LineOfCase, looks: Sequence[Look], floor_bps: int, again: Grounds | None, currency: str
) -> Assessed:
    """The line after all its units were looked at; `again` is what was decided anew on those of that fate.

    Raises a Refusal, AMOUNT_EXCEEDED, at the first deduction that takes off too much.
    """
    counts = {fate: sum(look.quantity for look in looks if look.fate is fate) for fate in Fate}
    agreed, anew = counts[Fate.AGREED], counts[Fate.AGAIN]
    first = line.first(agreed)
    bound = max(0, line.first(agreed + anew).total - first.total)
    second = again.agreement.paying(min(again.agreement.total, bound)) if again else Agreement(())
    place = {Fate.AGREED: 0, Fate.AGAIN: agreed, Fate.REJECTED: agreed + anew}
    for look in looks:
        start = place[look.fate]
        place[look.fate] += look.quantity
        if look.fate is Fate.AGREED:
            due, floor = _between(first, agreed, start, look.quantity), floor_bps
        elif look.fate is Fate.AGAIN and again:
            due, floor = _between(second, anew, start - agreed, look.quantity), again.floor_bps
        else:
            due, floor = 0, 0
        paid = units_share(line.worth, line.quantity, start, look.quantity)
        _must_leave(look, due, paid - portion(paid, BASIS_POINTS - floor) if floor else 0, currency)
    deduction = sum(look.deduction for look in looks)
    return Assessed(
        agreement=together((first, second)).less(deduction),
        accepted=agreed + anew,
        rejected=counts[Fate.REJECTED],
        deduction=deduction,
    )


def _between(agreement: Agreement, units: int, start: int, count: int) -> int:
    """What `count` of these units get, after the first `start`."""
    return max(0, agreement.of_units(units, start + count).total - agreement.of_units(units, start).total)


def _must_leave(look: Look, due: int, floor: int, currency: str) -> None:
    """Raises AMOUNT_EXCEEDED where a deduction takes more than the units get, or what the law gives back."""
    path = ("lines", str(look.index), "deduction", "amount")
    if not look.deduction:
        return
    if look.confirmed:
        message = "A defect that was claimed and found allows no deduction"
        raise Refusal(UserErrorCode.AMOUNT_EXCEEDED, message, *path)
    most = max(0, due - floor)
    if look.deduction > most:
        why = "what a statutory right gives back stays" if floor and look.deduction <= due else "no more is due"
        message = f"`deduction` is at most {Money(most, currency).amount} {currency} for these units: {why}"
        raise Refusal(UserErrorCode.AMOUNT_EXCEEDED, message, *path)

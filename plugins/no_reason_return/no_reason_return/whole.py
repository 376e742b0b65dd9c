"""What was bought of it in all, and what of that leaves the customer? A line's units beyond those asked about."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bff.policy.facts import CaseFacts, Line


def paid_for_all(case: CaseFacts, line: Line) -> int:
    """What was paid for all units of the line; of one that the order does not list, for those asked about."""
    return next((goods.paid for goods in case.purchases if goods.id == line.id), line.paid)


def chosen(returned: Sequence[Line]) -> Mapping[str, int]:
    """By line the units that go back now without a reason: the customer's own choice."""
    return _units(returned)


def given_back(case: CaseFacts, returned: Sequence[Line]) -> Mapping[str, int]:
    """By line the units that go back now on any ground; of this ground those that may come back.

    What the same request asks on other grounds counts as given back, whatever is decided about it there.
    """
    elsewhere = Counter(_units(case.together))
    elsewhere.subtract(_units(case.lines))
    return elsewhere + Counter(_units(returned))


def _units(lines: Sequence[Line]) -> Mapping[str, int]:
    units: Counter[str] = Counter()
    for line in lines:
        units[line.id] += line.quantity
    return units

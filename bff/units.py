"""Which units of a line are these? Positions in its one split, as runs that stay theirs for ever.

Runs are (first, count) pairs in ascending order, none touching the next: ((0, 2), (5, 1)) are units 0, 1 and 5.
"""

from bff.money import units_share

Runs = tuple[tuple[int, int], ...]

NONE: Runs = ()


def lowest_free(held: Runs, count: int) -> Runs:
    """The `count` lowest positions that are not held: ((0, 1), (2, 2)) held, three asked: ((1, 1), (4, 2)).

    Positions have no upper end here; whoever takes them sees to it that the line has so many units left.
    """
    found: list[tuple[int, int]] = []
    position = 0
    for first, length in held:
        if gap := min(first - position, count):
            found.append((position, gap))
            count -= gap
        position = first + length
    return (*found, (position, count)) if count else tuple(found)


def joined(held: Runs, more: Runs) -> Runs:
    """Both together. Raises ValueError where a unit would be in both."""
    found: list[tuple[int, int]] = []
    for first, length in sorted(held + more):
        if found and first < sum(found[-1]):
            raise ValueError(f"unit {first} is held already")
        if found and first == sum(found[-1]):
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((first, length))
    return tuple(found)


def without(held: Runs, gone: Runs) -> Runs:
    """What stays when some of them go. Raises ValueError for a unit that is not among them."""
    left = held
    for first, length in gone:
        left = _without_run(left, first, first + length)
    return left


def _without_run(held: Runs, first: int, end: int) -> Runs:
    for place, (start, length) in enumerate(held):
        if start <= first and end <= start + length:
            rest = ((start, first - start), (end, start + length - end))
            return (*held[:place], *(run for run in rest if run[1]), *held[place + 1 :])
    raise ValueError(f"units {first} to {end - 1} are not held")


def part(runs: Runs, first: int, count: int) -> Runs:
    """`count` of these units in their order, after the first `first`: of ((1, 1), (4, 2)) the last: ((5, 1),)."""
    found: list[tuple[int, int]] = []
    for start, length in runs:
        skipped = min(first, length)
        if taken := min(length - skipped, count):
            found.append((start + skipped, taken))
        first, count = first - skipped, count - taken
    return tuple(found)


def share(minor: int, quantity: int, runs: Runs) -> int:
    """What these units of a line of `quantity` are worth, when the whole is worth `minor`; see `units_share`."""
    return sum(units_share(minor, quantity, first, count) for first, count in runs)


def counted(runs: Runs) -> int:
    """How many units they are."""
    return sum(count for _, count in runs)

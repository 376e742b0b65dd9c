"""Does every unit keep its place? Positions are taken, given back and worth what the one split says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff import units
from bff.units import Runs, counted, joined, lowest_free, part, share, without


def positions(runs: Runs) -> set[int]:
    return {first + i for first, count in runs for i in range(count)}


def test_the_lowest_free_units_fill_gaps_first() -> None:
    assert lowest_free(((0, 1), (2, 2)), 3) == ((1, 1), (4, 2))
    assert lowest_free(units.NONE, 2) == ((0, 2),)


def test_the_share_of_the_unit_that_came_free_is_its_own() -> None:
    # 10.00 over three units is 3.34 + 3.33 + 3.33; units 0 and 1 were held, the case of unit 0 was cancelled.
    assert share(1000, 3, lowest_free(((1, 1),), 1)) == 334
    assert share(1000, 3, lowest_free(((0, 1),), 1)) == 333
    assert share(1000, 3, lowest_free(((1, 1),), 2)) == 667


def test_a_unit_is_never_held_twice_nor_given_back_twice() -> None:
    with pytest.raises(ValueError, match="unit 1 is held already"):
        joined(((0, 2),), ((1, 1),))
    with pytest.raises(ValueError, match="units 2 to 2 are not held"):
        without(((0, 2),), ((2, 1),))


SETS = st.sets(st.integers(0, 12))


def runs_of(found: set[int]) -> Runs:
    held: Runs = units.NONE
    for position in sorted(found):
        held = joined(held, ((position, 1),))
    return held


@given(SETS, st.integers(0, 8))
def test_what_is_taken_is_free_lowest_and_as_much_as_asked(found: set[int], count: int) -> None:
    held = runs_of(found)
    taken = lowest_free(held, count)

    assert positions(taken) == set(sorted(set(range(30)) - found)[:count])
    assert positions(joined(held, taken)) == found | positions(taken)
    assert without(joined(held, taken), taken) == held
    assert counted(taken) == count


@given(SETS, st.integers(0, 8), st.integers(0, 8))
def test_a_part_is_so_many_in_their_order(found: set[int], first: int, count: int) -> None:
    taken = part(runs_of(found), first, count)

    assert positions(taken) == set(sorted(found)[first : first + count])
    assert taken == runs_of(positions(taken))


@given(st.integers(0, 10_000), st.integers(1, 13), st.data())
def test_the_shares_of_any_parts_add_up_to_the_whole(minor: int, quantity: int, data: st.DataObject) -> None:
    some = runs_of(data.draw(st.sets(st.integers(0, quantity - 1))))
    rest = lowest_free(some, quantity - counted(some))

    assert share(minor, quantity, some) + share(minor, quantity, rest) == minor

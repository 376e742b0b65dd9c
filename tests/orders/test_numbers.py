"""Is a number that stood there before known again? However many came in between, and in whatever sequence."""

import random

import pytest

from bff.orders.numbers import TOGETHER, Numbers

COUNT = 3 * TOGETHER + 1


@pytest.mark.parametrize("seed", [None, 1])
def test_every_number_is_new_once(seed: int | None) -> None:
    names = [f"N{i:05}" for i in range(COUNT)]
    if seed is not None:
        random.Random(seed).shuffle(names)  # noqa: S311 - a shuffle, no secret
    with Numbers() as numbers:
        assert [name for name in names if not numbers.is_new(name)] == []
        assert [name for name in names if numbers.is_new(name)] == []


def test_a_number_that_is_no_text_is_a_number_too() -> None:
    with Numbers() as numbers:
        asked = [numbers.is_new(number) for number in (7, None, "\udcff", 7, "\udcff")]
    assert asked == [True, True, True, False, False]

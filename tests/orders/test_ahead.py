"""Is the next value ready in time? Made beside the caller's work, never twice, and left alone at the end."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from bff.orders.ahead import ahead


async def test_values_keep_their_sequence_and_end() -> None:
    assert [value async for value in ahead(iter([3, 0, None, 2]))] == [3, 0, None, 2]


async def test_the_next_value_is_made_while_the_caller_works_on_one_and_no_more_than_that() -> None:
    made: list[int] = []
    second = threading.Event()

    def values() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    async with aclosing(ahead(values())) as numbers:
        async for _ in numbers:
            assert await asyncio.to_thread(second.wait, 10)
            break
    assert made == [0, 1]


async def test_what_is_wrong_with_a_value_is_raised_where_it_is_wanted() -> None:
    def values() -> Iterator[int]:
        yield 1
        raise ValueError("two is broken")

    coming = ahead(values())
    assert await anext(coming) == 1
    with pytest.raises(ValueError, match="two is broken"):
        await anext(coming)


async def test_a_cancelled_caller_leaves_when_the_thread_has_left() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def values() -> Iterator[int]:
        begun.set()
        may_end.wait(10)
        ended.set()
        yield 1

    async def take() -> None:
        async with aclosing(ahead(values())) as numbers:
            async for _ in numbers:
                pass

    task = asyncio.create_task(take())
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()

"""What is next? Prepared in another thread while the caller is busy with what came before, and never further."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

T = TypeVar("T")


async def ahead(values: Iterator[T]) -> AsyncGenerator[T, None]:
    """The values in their sequence; the next one is being made already, so that two are in memory at a time.

    While a database writes, Python has nothing else to do. Close it after use (`contextlib.aclosing`): it waits
    for the thread, so that whatever the values are read from may be closed then.
    """
    coming = asyncio.create_task(asyncio.to_thread(_next, values))
    try:
        while value := await asyncio.shield(coming):  # a thread cannot be cancelled
            coming = asyncio.create_task(asyncio.to_thread(_next, values))
            yield value[0]
    finally:
        await asyncio.wait([coming])
        coming.exception()  # seen, even where nobody wants the value any more


def _next(values: Iterator[T]) -> tuple[T] | None:
    """The next value in a tuple, or None after the last: a thread cannot hand on StopIteration."""
    for value in values:
        return (value,)
    return None

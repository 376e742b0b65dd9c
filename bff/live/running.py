"""Who sends what was committed, and when? Tasks of this process: at once when nudged, else every second.

Any number of processes may do this over one database.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from bff.live.bus import Bus
from bff.live.notices import Identify, Lane, deliver_notices, interested, lanes
from bff.live.outbox import forget_old, publish_due
from bff.policy.registry import Registry
from bff.storage.database import Database

log = structlog.get_logger("bff.live")
PAUSE = 1.0  # seconds between two looks when nothing was found
CLEANING_PAUSE = 3600.0
Work = Callable[[], Awaitable[int]]


@asynccontextmanager
async def running(
    database: Database, bus: Bus, registry: Registry, identify: Identify, now: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Inside, changes are sent, plugins are told of them, and what is old is forgotten."""
    clock = ticking(now)
    plugins = interested(registry)
    await bus.open()
    works = [repeated(lambda: publish_due(database, bus, plugins, clock()), bus.nudged)]
    works += [
        repeated(partial(_deliver, database, lane, clock), asyncio.Event()) for lane in lanes(registry, identify)
    ]
    works.append(repeated(lambda: forget_old(database, clock()), asyncio.Event(), CLEANING_PAUSE))
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        await ended(tasks)
        await bus.close()


async def _deliver(database: Database, lane: Lane, clock: Callable[[], datetime]) -> int:
    return await deliver_notices(database, lane, clock())


async def repeated(work: Work, wake: asyncio.Event, pause: float = PAUSE) -> None:
    """Works as long as there is something to do, then waits to be woken or for the pause to end; for ever."""
    while True:
        wake.clear()
        try:
            found = await work()
        except Exception as error:  # noqa: BLE001 - the next round may go better, and there must be one
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            log.error("live_work_failed", kind=kind)  # noqa: TRY400 - its text may hold data
            await asyncio.sleep(PAUSE)
            continue
        if not found:
            # asyncio.wait_for may swallow a cancellation on Python 3.11.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await wake.wait()


async def ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Ends tasks, and waits for that."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def ticking(now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A clock that goes on even where another one stands still, since pauses must end."""
    started, began = now(), time.monotonic()
    return lambda: max(now(), started + timedelta(seconds=time.monotonic() - began))

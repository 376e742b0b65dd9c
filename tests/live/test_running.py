"""Is a change sent as soon as it is committed, and soon where it was committed elsewhere?"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bff.live.bus import Bus, of_case
from bff.live.running import jobs, ticking
from bff.policy.registry import Registry, load_plugins
from bff.policy.testing import a_plugin
from bff.schema.ids import global_id
from bff.storage.database import Database
from bff.worker.worker import Task, Worker
from tests.cases.an_order import AT
from tests.live.changes import a_case_of, change, heard


@asynccontextmanager
async def working(database: Database, bus: Bus, registry: Registry) -> AsyncIterator[None]:
    """A worker that does these jobs and no others."""
    todo = jobs(database, bus, registry, global_id, lambda: AT)
    worker = Worker([Task(job.name, job.every, job.work, wakes=job.wakes) for job in todo])
    database.on_commit.append(worker.nudge)
    await worker.start()
    yield
    database.on_commit.remove(worker.nudge)
    await worker.stop()


async def test_a_commit_sends_a_change_at_once_and_one_from_elsewhere_goes_out_soon(database: Database) -> None:
    case, bus = await a_case_of(database), Bus()
    async with Database(database.url) as elsewhere, working(database, bus, load_plugins([])):
        listener = await bus.listen(of_case(case))
        for committing in (database, elsewhere, database):
            await asyncio.sleep(0.2)  # the worker rests again
            event = await change(committing, case)
            began = time.monotonic()
            async with asyncio.timeout(5):
                (message,) = await heard(listener, 1)
            assert message.id == event.id
            assert (time.monotonic() - began < 0.5) is (committing is database)


async def test_plugins_are_told_soon_after_and_a_slow_one_keeps_no_other_waiting(database: Database) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def note(event: Mapping[str, Any]) -> None:
        loop.call_soon_threadsafe(told.put_nowait, event["type"])

    def dawdle() -> None:
        time.sleep(1)

    registry = load_plugins([a_plugin("slow", case_changed=dawdle), a_plugin("swift", case_changed=note)])
    cases = [await a_case_of(database) for _ in range(3)]
    async with working(database, Bus(), registry):
        began = time.monotonic()
        for case in cases:
            await change(database, case, "case_declined")
        async with asyncio.timeout(10):
            assert [await told.get() for _ in cases] == ["case_declined"] * 3
        assert time.monotonic() - began < 2, "the slow one takes three seconds"


def test_the_clock_goes_on_where_the_shops_is_stopped_and_follows_one_that_is_moved() -> None:
    shop = [datetime(2026, 1, 1, tzinfo=UTC)]
    clock = ticking(lambda: shop[0])
    first = clock()
    time.sleep(0.02)
    assert timedelta(milliseconds=20) <= clock() - first < timedelta(seconds=5)
    shop[0] += timedelta(days=3)
    assert clock() == shop[0]

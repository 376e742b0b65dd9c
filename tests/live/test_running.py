"""Is work looked for at once when there is some, and again after anything that goes wrong?"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bff.live.bus import Bus, of_case
from bff.live.running import ended, repeated, running, ticking
from bff.policy.registry import load_plugins
from bff.policy.testing import a_plugin
from bff.schema.ids import global_id
from bff.storage.database import Database
from tests.cases.an_order import AT
from tests.live.changes import a_case_of, change, heard


async def test_a_nudge_sends_a_change_at_once_and_without_one_it_goes_out_soon(database: Database) -> None:
    case, bus = await a_case_of(database), Bus()
    async with running(database, bus, load_plugins([]), global_id, lambda: AT):
        listener = await bus.listen(of_case(case))
        await asyncio.sleep(0.1)
        for nudge in (True, False):
            event = await change(database, case)
            began = time.monotonic()
            if nudge:
                bus.nudge()
            async with asyncio.timeout(5):
                (message,) = await heard(listener, 1)
            assert message.id == event.id
            assert (time.monotonic() - began < 0.6) is nudge
    assert bus.listeners == 0


async def test_plugins_are_told_while_it_runs(database: Database) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def case_changed(event: Mapping[str, Any]) -> None:
        loop.call_soon_threadsafe(told.put_nowait, event["type"])

    registry = load_plugins([a_plugin("ann", case_changed=case_changed)])
    async with running(database, Bus(), registry, global_id, lambda: AT):
        await change(database, await a_case_of(database), "case_declined")
        async with asyncio.timeout(10):
            assert await told.get() == "case_declined"


async def test_work_that_fails_is_done_again_and_work_that_finds_something_at_once() -> None:
    enough = asyncio.Event()
    calls: list[int] = []

    async def work() -> int:
        calls.append(len(calls))
        if len(calls) == 1:
            raise RuntimeError("once")
        if len(calls) == 5:
            enough.set()
        return 1 if len(calls) < 5 else 0

    task = asyncio.create_task(repeated(work, asyncio.Event(), pause=60))
    async with asyncio.timeout(5):
        await enough.wait()
    await asyncio.sleep(0.05)
    assert calls == [0, 1, 2, 3, 4], "then it rests"
    await ended([task])
    assert task.cancelled()


def test_the_clock_goes_on_where_the_shops_is_stopped_and_follows_one_that_is_moved() -> None:
    shop = [datetime(2026, 1, 1, tzinfo=UTC)]
    clock = ticking(lambda: shop[0])
    first = clock()
    time.sleep(0.02)
    assert timedelta(milliseconds=20) <= clock() - first < timedelta(seconds=5)
    shop[0] += timedelta(days=3)
    assert clock() == shop[0]

"""What does the worker do? A few tasks, each by its own clock; one that fails keeps no other from its work."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from uuid import uuid4

import structlog
from msgspec import Struct

from bff.incidents import places
from bff.storage.failures import DatabaseUnavailableError

log = structlog.get_logger("bff.worker")
GRACE = 20.0  # seconds in which a task may finish what it is at
LONGEST_PAUSE = 60.0  # between two tries of a task that fails
REST = 0.02  # between two runs, however much is committed

Work = Callable[[], Awaitable[object]]


class Task(Struct, frozen=True):
    """Something to be done every so many seconds, and, where it `wakes`, whenever something was committed."""

    name: str
    every: float
    work: Work
    wakes: bool = False


class Worker:
    """Runs tasks in this event loop until it is stopped. `last` is what is done then, in order."""

    def __init__(self, tasks: Sequence[Task], last: Sequence[Work] = ()) -> None:
        self._tasks, self._last = tuple(tasks), tuple(last)
        self._awake = {task.name: asyncio.Event() for task in tasks}
        self._running: list[asyncio.Task[None]] = []
        self._stopped = asyncio.Event()

    def nudge(self) -> None:
        """Something was committed: whoever waits for that looks at once."""
        for task in self._tasks:
            if task.wakes:
                self._awake[task.name].set()

    async def start(self) -> None:
        """Lets every task begin."""
        self._running = [asyncio.create_task(self._live(task), name=f"worker {task.name}") for task in self._tasks]

    async def stop(self) -> None:
        """Lets every task finish what it is at, for a while; then cuts it off."""
        self._stopped.set()
        for event in self._awake.values():
            event.set()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=GRACE)
            for task in late:
                log.warning("task cut off", task=task.get_name())
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
        for work in self._last:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - the others still have to end
                report("stop", error)

    async def _live(self, task: Task) -> None:
        failures = 0
        while not self._stopped.is_set():
            self._awake[task.name].clear()  # before the work: what happens during it is looked at after it
            try:
                await task.work()
                failures = 0
            except Exception as error:  # noqa: BLE001 - it is tried again; nothing may end the worker
                failures += 1
                report(task.name, error)
            if not self._stopped.is_set():
                await self._pause(task, failures)

    async def _pause(self, task: Task, failures: int) -> None:
        """Until its time has come, or something has happened. After failures longer, whatever happens."""
        await asyncio.sleep(REST)
        if failures:
            longest = max(task.every, LONGEST_PAUSE)
            await self._awaited(self._stopped, min(max(task.every, 1.0) * 2**failures, longest))
        else:
            await self._awaited(self._awake[task.name], task.every)

    async def _awaited(self, event: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()


def report(task: str, error: Exception) -> None:
    """Logs what leads to it; a database that is away for a moment is no fault of ours."""
    if isinstance(error, DatabaseUnavailableError):
        log.warning("database away", task=task, reason=str(error))
        return
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    log.error("task failed", task=task, incident=uuid4().hex, kind=kind, at=places(error))

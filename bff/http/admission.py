"""May this request run now? So many at once, a short wait for a place, and a deadline that nobody outstays."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bff.http.refusal import refuse
from bff.limits import Limits

Answer = TypeVar("Answer")


class Admission:
    """The slots of one process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(limits.slots)

    async def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Runs the work in a slot. Raises a Refusal (503): no slot came free in time, or the deadline passed.

        Work past its deadline is told to stop and is not waited for; it keeps its slot until it really ends.
        """
        try:
            async with asyncio.timeout(self._limits.queue_seconds):
                await self._free.acquire()
        except TimeoutError:
            work.close()
            raise refuse(503, "OVERLOADED", "The server is busy; try again", Retry_After="1") from None
        task = asyncio.create_task(work)
        task.add_done_callback(self._release)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._limits.request_seconds)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            task.cancel()
            raise refuse(503, "DEADLINE_EXCEEDED", "The request took too long and was stopped", Retry_After="1")
        return task.result()

    def _release(self, task: asyncio.Task[Any]) -> None:
        self._free.release()
        if not task.cancelled():
            task.exception()  # seen, so a failure after the deadline is not reported as forgotten

"""May this request run now? A few at once, half of them for one caller, a short wait in order, and a deadline.

More requests at once are not answered sooner: they share one processor, and all of them would pass the deadline.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, TypeVar

from msgspec import Struct

from bff.http.refusal import Refusal, refuse
from bff.limits import Limits

Answer = TypeVar("Answer")
Principal = Hashable  # who asks: a viewer, or the address of somebody who is not signed in


class Waiting(Struct, eq=False):
    """Somebody in the queue; `turn` is done once they have a slot."""

    principal: Principal
    turn: asyncio.Future[None]


class Admission:
    """The slots of one process, and the queue before them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._share = max(1, limits.slots // 2)
        self._queue_share = max(1, limits.queue // 2)
        self._running: Counter[Principal] = Counter()
        self._queue: deque[Waiting] = deque()

    async def run(
        self,
        principal: Principal,
        work: Callable[[], Coroutine[Any, Any, Answer]],
        departure: Callable[[], Awaitable[None]],
    ) -> Answer:
        """Runs the work in a slot, until the caller departs.

        Raises a Refusal: 429 when the caller has as many requests here as one may have, 503 when no slot came
        free in time or the deadline passed. Work that is stopped is not waited for; it keeps its slot until it
        really ends. The deadline counts from the admission.
        """
        leaving = asyncio.ensure_future(departure())
        try:
            await self._enter(principal, leaving)
            task = asyncio.create_task(work())
            task.add_done_callback(lambda ended: self._leave(principal, ended))
            try:
                await asyncio.wait(
                    {task, leaving},
                    timeout=self._limits.request_seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if task.done():
                    return task.result()
            finally:
                task.cancel()
            if leaving.done():
                raise gone()
            raise refuse(503, "DEADLINE_EXCEEDED", "The request took too long and was stopped", Retry_After="1")
        finally:
            leaving.cancel()

    async def _enter(self, principal: Principal, leaving: asyncio.Future[None]) -> None:
        """Takes a slot, or waits for one in the order of arrival."""
        if not self._queue and self._has_room(principal):
            self._running[principal] += 1
            return
        self._check_queue(principal)
        waiting = Waiting(principal, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._admit()
        try:
            await asyncio.wait(
                {waiting.turn, leaving},
                timeout=self._limits.queue_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
        except asyncio.CancelledError:
            self._give_up(waiting)
            raise
        if not waiting.turn.done():
            self._give_up(waiting)
            raise gone() if leaving.done() else self._busy(principal)

    def _has_room(self, principal: Principal) -> bool:
        return self._running.total() < self._limits.slots and self._running[principal] < self._share

    def _check_queue(self, principal: Principal) -> None:
        """Raises a Refusal at once where waiting is of no use, since too many wait already."""
        own = sum(waiting.principal == principal for waiting in self._queue)
        if own >= self._queue_share or len(self._queue) >= self._limits.queue:
            raise self._busy(principal)

    def _busy(self, principal: Principal) -> Refusal:
        if self._running[principal] >= self._share:
            message = "You have too many requests here at once; send one after the other"
            return refuse(429, "TOO_MANY_REQUESTS", message, Retry_After="1")
        return refuse(503, "OVERLOADED", "The server is busy; try again", Retry_After="1")

    def _admit(self) -> None:
        """Gives free slots to those who wait, in order; who has a full share lets others pass."""
        for waiting in list(self._queue):
            if self._has_room(waiting.principal):
                self._queue.remove(waiting)
                self._running[waiting.principal] += 1
                waiting.turn.set_result(None)

    def _give_up(self, waiting: Waiting) -> None:
        if waiting.turn.done():
            self._free(waiting.principal)
        else:
            self._queue.remove(waiting)

    def _leave(self, principal: Principal, ended: asyncio.Task[Any]) -> None:
        if not ended.cancelled():
            ended.exception()  # seen, so a failure after the deadline is not reported as forgotten
        self._free(principal)

    def _free(self, principal: Principal) -> None:
        self._running[principal] -= 1
        if not self._running[principal]:
            del self._running[principal]
        self._admit()


def gone() -> Refusal:
    """What nobody reads: the caller has hung up."""
    return refuse(400, "BAD_REQUEST", "The caller has hung up")

"""How do plugins hear of changes? Each alone, in a thread of its own, and again until it worked or is given up.

Who wants to know is noted when a change is published, so nothing is forgotten over a restart. A plugin that
fails is asked again later, at most eight times; until then it hears nothing newer of that case, and of all other
cases it does. One that does not come back from a call gets no second thread: its news wait for it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct

from bff.policy.registry import Plugin, Registry
from bff.storage.database import Connection, Database
from bff.vocabulary import CaseStatus, Resolution, Role

log = structlog.get_logger("bff.live")
HOOK = "case_changed"
MOST_ATTEMPTS = 8
FIRST_PAUSE = 2.0  # seconds; twice as long after each further failure, so the last try is four minutes on
CALL_SECONDS = 5.0
AT_ONCE = 20  # notices of one plugin
LEASE = timedelta(seconds=2 * AT_ONCE * CALL_SECONDS)
FAILED, GIVEN_UP = (logging.WARNING, "notice_failed"), (logging.ERROR, "notice_given_up")

WAITING = """
SELECT n.id FROM notices n JOIN case_events e ON e.id = n.event_id
 WHERE n.plugin = ? AND n.done_at IS NULL AND n.next_at <= ? AND NOT EXISTS (
 SELECT 1 FROM case_events before JOIN notices untold ON untold.event_id = before.id AND untold.plugin = n.plugin
 WHERE before.case_id = e.case_id AND before.sequence < e.sequence AND untold.done_at IS NULL)
 ORDER BY n.next_at, n.id LIMIT ?
"""
CLAIM = """
UPDATE notices SET next_at = ?, attempts = attempts + 1
 WHERE {} AND done_at IS NULL AND next_at <= ? RETURNING id, attempts
"""
TOLD = """
SELECT n.id, e.id, e.sequence, e.type, e.at, e.actor, c.id, c.number, c.status, c.merchant_id, o.market,
 c.resolution, c.version FROM notices n JOIN case_events e ON e.id = n.event_id JOIN cases c ON c.id = e.case_id
 JOIN orders o ON o.id = c.order_id WHERE {} ORDER BY n.next_at, n.id
"""


class Claimed(Struct, frozen=True):
    """A notice that is ours to deliver now."""

    id: UUID
    attempts: int

    @property
    def is_last(self) -> bool:
        """Whether there is no further try."""
        return self.attempts >= MOST_ATTEMPTS


class News(Struct, frozen=True):
    """An event, and its case as it is now."""

    notice: UUID
    event: UUID
    sequence: int
    type: str
    at: datetime
    actor: Role
    case: UUID
    number: str
    status: CaseStatus
    merchant: UUID
    market: str
    resolution: Resolution
    version: int


Identify = Callable[[str, UUID], str]  # the graph's id of an object of that type


class Lane:
    """The way to one plugin: at most one call at a time, whoever waits for it."""

    def __init__(self, plugin: Plugin, identify: Identify, seconds: float = CALL_SECONDS) -> None:
        self.name = plugin.name
        self._seconds = seconds
        self._function, self._names = plugin.hooks[HOOK]
        self._identify = identify
        self.is_busy = False

    async def tell(self, news: News) -> str | None:
        """Calls the plugin; None when it worked, else the kind of what went wrong."""
        said = {"case": self._case(news), "event": event_of(news)}
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[str | None] = loop.create_future()
        self.is_busy = True

        def finish(failure: str | None) -> None:
            self.is_busy = False
            if not ended.done():
                ended.set_result(failure)

        def call() -> None:
            failure = None
            try:
                self._function(*[said[name] for name in self._names])
            except BaseException as error:  # noqa: BLE001 - a plugin's SystemExit must not end the shop
                failure = f"{type(error).__module__}.{type(error).__qualname__}"
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, failure)

        # A thread that never ends must not keep the process from ending.
        threading.Thread(target=call, name=f"notices of {self.name}", daemon=True).start()
        try:
            async with asyncio.timeout(self._seconds):
                return await ended
        except TimeoutError:
            return "timeout"

    def _case(self, news: News) -> Mapping[str, Any]:
        return {
            "id": self._identify("Case", news.case),
            "number": news.number,
            "status": news.status.value,
            "merchant": self._identify("Merchant", news.merchant),
            "market": news.market,
            "resolution": news.resolution.value,
            "version": news.version,
        }


def event_of(news: News) -> Mapping[str, Any]:
    """The event as plugins read it."""
    return {
        "id": str(news.event),
        "sequence": news.sequence,
        "type": news.type,
        "at": news.at,
        "actor": news.actor.value,
    }


def interested(registry: Registry) -> tuple[Plugin, ...]:
    """The plugins that want to hear of changes."""
    return tuple(plugin for plugin in registry.plugins if HOOK in plugin.hooks)


def lanes(registry: Registry, identify: Identify) -> tuple[Lane, ...]:
    """The ways to those plugins; a task of its own for each keeps the slow ones from the others."""
    return tuple(Lane(plugin, identify) for plugin in interested(registry))


async def deliver_notices(database: Database, lane: Lane, now: datetime) -> int:
    """Tells one plugin what is due; the number of notices that it took."""
    if lane.is_busy:
        return 0
    waiting = await database.rows(WAITING, lane.name, now, AT_ONCE)
    if not waiting:
        return 0
    claimed = await database.run_tx(lambda tx: claim(tx, [row["id"] for row in waiting], now))
    failures = await told(lane, await news_of(database, claimed))
    await database.run_tx(lambda tx: settle(tx, claimed, failures, now))
    report(lane, claimed, failures)
    return sum(failure is None for failure in failures.values())


async def claim(tx: Connection, notices: Sequence[UUID], now: datetime) -> list[Claimed]:
    """Takes those that nobody else has taken."""
    which, keys = tx.among("id", notices)
    return await tx.structs(Claimed, CLAIM.format(which), now + LEASE, keys, now)


async def news_of(database: Database, claimed: Sequence[Claimed]) -> list[News]:
    """What the notices are about."""
    which, keys = database.among("n.id", [notice.id for notice in claimed])
    return await database.structs(News, TOLD.format(which), keys)


async def told(lane: Lane, news: Sequence[News]) -> dict[UUID, str | None]:
    """What went wrong with each, None where nothing did; without those that a hanging call left no time for."""
    failures: dict[UUID, str | None] = {}
    for one in news:
        failures[one.notice] = await lane.tell(one)
        if lane.is_busy:
            break
    return failures


async def settle(
    tx: Connection, claimed: Sequence[Claimed], failures: Mapping[UUID, str | None], now: datetime
) -> None:
    """Notes what was told, when to try the rest again, and what is given up."""
    which, keys = tx.among("id", [key for key, failure in failures.items() if failure is None])
    await tx.execute(f"UPDATE notices SET done_at = ? WHERE {which}", now, keys)
    for notice in claimed:
        if notice.id not in failures:
            untold = "UPDATE notices SET next_at = ?, attempts = attempts - 1 WHERE id = ?"
            await tx.execute(untold, now, notice.id)
        elif failures[notice.id] is not None and notice.is_last:
            await tx.execute("UPDATE notices SET done_at = ?, given_up = TRUE WHERE id = ?", now, notice.id)
        elif failures[notice.id] is not None:
            pause = timedelta(seconds=FIRST_PAUSE * 2 ** (notice.attempts - 1))
            await tx.execute("UPDATE notices SET next_at = ? WHERE id = ?", now + pause, notice.id)


def report(lane: Lane, claimed: Sequence[Claimed], failures: Mapping[UUID, str | None]) -> None:
    """Tells the log of what failed, and loudly of what is given up."""
    for notice in claimed:
        failure = failures.get(notice.id)
        if failure is not None:
            facts = {"plugin": lane.name, "notice": str(notice.id), "attempts": notice.attempts, "kind": failure}
            log.log(*GIVEN_UP if notice.is_last else FAILED, **facts)

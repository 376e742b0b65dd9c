"""What does a shop's worker do? Its refunds, their notifications, its deadlines, its books, and what is over."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bff.cases import expiry, idempotency
from bff.cases.money import audit, provider_news
from bff.storage.database import Database
from bff.tickets.changing import close_resolved
from bff.worker.refunding import Refunding
from bff.worker.till import Till
from bff.worker.turn import Turn, turn_of
from bff.worker.worker import Task, Worker

log = structlog.get_logger("bff.worker")
KEYS_KEPT = timedelta(days=30)
HOUR = 3600.0
Clock = Callable[[], datetime]


def worker_of(database: Database, till: Till, now: Clock, more: Sequence[Task] = ()) -> Worker:
    """The worker of a shop, to be started in the loop in which its database is open.

    `more` are tasks of others: what happens to be done in the same process.
    """
    turn = turn_of(database.url)
    refunding = Refunding(database, till.provider, turn, now)
    tasks = [
        Task("refunds", 2.0, refunding.sweep, wakes=True),
        Task("deliveries", 1.0, lambda: deliver(database, till, turn, now), wakes=False),
        Task("books", HOUR, lambda: compare(database, turn)),
        Task("keys", HOUR, lambda: forget_keys(database, now)),
        Task("deadlines", 5.0, lambda: expiry.fire_due(database, now())),
        Task("tickets", HOUR, lambda: close_resolved(database, now())),
        *more,
    ]
    return Worker(tasks, [refunding.stop])


async def deliver(database: Database, till: Till, turn: Turn, now: Clock) -> int:
    """Takes what the embedded provider tells the way that a real one's requests take; how much was new."""
    if not await turn.mine():
        return 0
    new = 0
    for delivery in await till.deliveries():
        provider = till.provider()
        news = provider.parse_notification(delivery.headers, delivery.body, datetime.now(UTC))
        new += await provider_news.take(database, provider.name, news, now())
        await till.acknowledge(delivery)
    return new


async def compare(database: Database, turn: Turn) -> int:
    """Compares the books, and cries out where they disagree; how many do."""
    if not await turn.mine():
        return 0
    found = await audit.verify(database)
    for one in found:
        log.error("books disagree", what=one.what, kept=one.kept, derived=one.derived)
    return len(found)


async def forget_keys(database: Database, now: Clock) -> int:
    """Forgets idempotency keys a month after their use."""
    return await database.run_tx(lambda tx: idempotency.forget(tx, now() - KEYS_KEPT))

"""When does the worker run? As long as the shop is open: in the app, or in a process of its own."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bff.storage.database import Database
from bff.worker.shop import worker_of
from bff.worker.till import Till
from bff.worker.worker import Task, Worker


@asynccontextmanager
async def working(
    database: Database, till: Till, now: Callable[[], datetime], more: Sequence[Task] = ()
) -> AsyncIterator[Worker]:
    """Inside, the worker works; whatever is committed through this database wakes it."""
    worker = worker_of(database, till, now, more)
    database.on_commit.append(worker.nudge)
    with database.active():
        await worker.start()
    try:
        yield worker
    finally:
        database.on_commit.remove(worker.nudge)
        await worker.stop()

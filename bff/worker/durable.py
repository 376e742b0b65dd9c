"""How does the paying of a tender outlive its process? As a workflow of DBOS, one for each run of a tender.

DBOS keeps what each step returned in a database of its own, so that a workflow that was cut off goes on where it
was. It works in a thread with an event loop of its own, since it takes over the executor of any loop that it is
in; steps come back to the shop's loop, to which the shop's connections belong. One process has one DBOS.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, ClassVar, Protocol, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID

from bff.storage.sqlite import MEMORY
from bff.worker.turn import plain

T = TypeVar("T")
NAME = "after-sales"
# Workflows go on under the version that began them. Whoever changes their steps raises it: what the old one had
# open is then begun anew, with the same keys.
VERSION = "refunds-1"
SCHEMA = "after_sales_work"
THREADS, CONNECTIONS = 8, 4
RUNNING = "RUNNING"  # here and now; what DBOS calls PENDING may be anybody's, or nobody's


class Steps(Protocol):
    """What a workflow does. Neither raises; both may run more than once for one `tries`, after a crash."""

    async def ask(self, key: str, run: int, tries: int) -> str | None:
        """Asks the provider; its outcome as text, or None when the tender is over."""
        ...

    async def note(self, key: str, run: int, tries: int, outcome: str) -> float | None:
        """Records the outcome; seconds until the next try, or None when there is nothing more to do."""
        ...


class Durable:
    """The workflows of one shop. `address` is of their own database, see `address_of`."""

    current: ClassVar["Durable | None"] = None
    _one: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, address: str, steps: Steps) -> None:
        self._address, self._steps = address, steps
        self._home = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="refunds", daemon=True)
        self.running: set[str] = set()

    async def start(self) -> bool:
        """Goes on with what was begun. False when another shop of this process has DBOS: ask again later."""
        if not Durable._one.acquire(blocking=False):
            self._loop.close()
            return False
        Durable.current = self
        self._thread.start()
        try:
            await self.over_there(self._launch())
        except BaseException:
            await self.stop()
            raise
        return True

    async def _launch(self) -> None:
        config: DBOSConfig = {
            "name": NAME,
            "system_database_url": self._address,
            "dbos_system_schema": SCHEMA,
            "application_version": VERSION,
            "executor_id": NAME,  # whoever has the turn: what one left, the next goes on with
            "sys_db_pool_size": CONNECTIONS,
            "max_executor_threads": THREADS,
            "use_listen_notify": False,
            "log_level": "ERROR",
        }
        DBOS(config=config)
        DBOS.launch()

    async def begin(self, key: str, run: int) -> str:
        """Starts the workflow of a run, once however often; its status, RUNNING or a word of DBOS."""
        name = workflow_of(key, run)
        return RUNNING if name in self.running else await self.over_there(self._begin(name, key, run))

    async def _begin(self, name: str, key: str, run: int) -> str:
        with SetWorkflowID(name):
            handle = await DBOS.start_workflow_async(pay, key, run)
        status = (await handle.get_status()).status
        return RUNNING if name in self.running else status

    async def stop(self) -> None:
        """Cuts workflows off where they are: they stay PENDING, and the next start goes on with them."""
        if self._thread.is_alive():
            await self.over_there(_cut_off())
            await asyncio.to_thread(DBOS.destroy)
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join)
        self._loop.close()
        Durable.current = None
        Durable._one.release()

    async def over_there(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs it in DBOS's loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def at_home(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs it in the shop's loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._home))


def workflow_of(key: str, run: int) -> str:
    """The id of the workflow of one run of a tender."""
    return f"{key}/{run}"


async def _cut_off() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _shop() -> Durable:
    if Durable.current is None:
        raise asyncio.CancelledError  # the shop is closing: no outcome, so that it is asked again
    return Durable.current


@DBOS.step(name="ask")
async def ask(key: str, run: int, tries: int) -> str | None:
    """See `Steps.ask`."""
    shop = _shop()
    return await shop.at_home(shop._steps.ask(key, run, tries))  # noqa: SLF001 - the same thing, as DBOS wants it


@DBOS.step(name="note")
async def note(key: str, run: int, tries: int, outcome: str) -> float | None:
    """See `Steps.note`."""
    shop = _shop()
    return await shop.at_home(shop._steps.note(key, run, tries, outcome))  # noqa: SLF001 - the same


@DBOS.workflow(name="pay")
async def pay(key: str, run: int) -> None:
    """Asks, records and waits, until it is known what became of a tender."""
    name, running = workflow_of(key, run), _shop().running
    running.add(name)
    try:
        tries = 0
        while (outcome := await ask(key, run, tries)) is not None:
            pause = await note(key, run, tries, outcome)
            if pause is None:
                break
            await DBOS.sleep_async(pause)
            tries += 1
    finally:
        running.discard(name)


def address_of(url: str, folder: str) -> str:
    """Where the workflows of a shop are kept: in a schema of its PostgreSQL, or a SQLite file beside its own.

    A shop in memory has them in `folder`, which goes with it.
    """
    if not url.startswith("sqlite:"):
        return plain(url)
    path = url.removeprefix("sqlite://").removeprefix("/").partition("?")[0]
    return f"sqlite:///{folder}/workflows.sqlite3" if path == MEMORY else f"sqlite:///{path}.workflows"

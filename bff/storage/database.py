"""Where is everything kept? One database, SQLite or PostgreSQL, spoken to in one way."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar

from msgspec import Struct
from tortoise.apps import Apps
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, _current_context
from tortoise.exceptions import ConfigurationError

from bff.storage import decoding
from bff.storage.failures import DatabaseUnavailableError, mapped
from bff.storage.history import history_module
from bff.storage.postgres import PostgresEngine
from bff.storage.sqlite import MEMORY, SqliteEngine

__all__ = ["TORTOISE_ORM", "Connection", "Database", "DatabaseUnavailableError", "tortoise_config"]

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
Engine = SqliteEngine | PostgresEngine

ATTEMPTS = 5  # one and four retries
FIRST_PAUSE, LONGEST_PAUSE = 0.020, 0.160  # seconds


class Connection:
    """A transaction to send statements to. Placeholders are `?`; arguments are UUIDs, aware datetimes, enums,
    JSON objects and plain values; both databases take them alike.
    """

    def __init__(self, database: "Database", raw: Any) -> None:
        self._database = database
        self._raw = raw
        self.finished = False

    @property
    def dialect(self) -> str:
        """The kind of database: "sqlite" or "postgres"."""
        return self._database.dialect

    def among(self, column: str, values: Iterable[Any]) -> tuple[str, Any]:
        """As `Database.among`."""
        return self._database.among(column, values)

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """As `Database.rows`, inside the transaction."""
        names, rows = await self._fetch(sql, args)
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def structs(self, kind: type[S], sql: str, *args: Any) -> list[S]:
        """As `Database.structs`, inside the transaction."""
        _, rows = await self._fetch(sql, args)
        return decoding.structs(kind, rows, native=self._database.engine.native_values)

    async def execute(self, sql: str, *args: Any) -> int:
        """The number of rows changed. Raises IntegrityError for a broken constraint."""
        engine = self._database.engine
        self._database.statements += 1
        with mapped():
            return await engine.execute(self._raw, engine.sql(sql), args)

    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement over many rows of arguments; counts as one."""
        engine = self._database.engine
        self._database.statements += 1
        with mapped():
            await engine.execute_many(self._raw, engine.sql(sql), rows)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone alone when it raises; the transaction goes on."""
        await self.execute("SAVEPOINT inner_work")
        try:
            yield
        except BaseException:
            await self.execute("ROLLBACK TO SAVEPOINT inner_work")
            await self.execute("RELEASE SAVEPOINT inner_work")
            raise
        await self.execute("RELEASE SAVEPOINT inner_work")

    async def _fetch(self, sql: str, args: Sequence[Any]) -> tuple[list[str], list[Any]]:
        engine = self._database.engine
        self._database.statements += 1
        with mapped():
            return await engine.fetch(self._raw, engine.sql(sql), args)


class Database:
    """One database and everything needed to reach it; several may be open in one process.

    URLs: `sqlite:///relative.db`, `sqlite:////absolute/path.db`, `sqlite://:memory:` and
    `postgresql://user:password@host:port/name`. `statements` counts what was sent through this class.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = engine_for(url)
        self.statements = 0
        self._context = TortoiseContext()
        self._transaction: ContextVar[Connection | None] = ContextVar("transaction", default=None)
        self._running: set[asyncio.Task[Any]] = set()
        self.on_commit: list[Callable[[], None]] = []  # told of every transaction that was committed here

    @property
    def dialect(self) -> str:
        """The kind of database: "sqlite" or "postgres"."""
        return self.engine.dialect

    @property
    def client(self) -> BaseDBAsyncClient:
        """Tortoise's own connection: the transaction's inside of one."""
        return self._context.connections.get("default")

    @property
    def apps(self) -> Apps:
        """Tortoise's registry of the models, bound to this open database. Raises ConfigurationError before."""
        if self._context.apps is None:
            raise ConfigurationError("the database is not open")
        return self._context.apps

    async def open(self) -> None:
        """Connects. Raises DatabaseUnavailableError when there is nobody at the address."""
        with mapped(), self.active():
            await self._context.init(config=tortoise_config(self.url))
            await self.engine.open(self.client)

    async def close(self) -> None:
        """Waits for running transactions, then disconnects."""
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        await self.engine.close()
        if self._context.inited:
            with self.active():
                await self._context.connections.close_all()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @contextmanager
    def active(self) -> Iterator["Database"]:
        """Inside, Tortoise's models speak to this database. Entered anew by each request and task.

        TortoiseContext's own `with` keeps its token on itself, which two requests would share.
        """
        token = _current_context.set(self._context)
        try:
            yield self
        finally:
            _current_context.reset(token)

    # ---- reading -----------------------------------------------------------------------------------

    def among(self, column: str, values: Iterable[Any]) -> tuple[str, Any]:
        """An IN list as one parameter: `sql, arg = db.among("id", ids)`; `f"... WHERE {sql}"`, arg."""
        return self.engine.among(column, values)

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """Rows by column name with the driver's own values; for typed values use `structs`."""
        async with self._reader() as connection:
            return await connection.rows(sql, *args)

    async def structs(self, kind: type[S], sql: str, *args: Any) -> list[S]:
        """One struct a row, positionally: the columns stand in the order of the struct's fields.

        UUID, datetime (UTC), bool, enums and `| None` are understood; any other type is read as JSON.
        """
        async with self._reader() as connection:
            return await connection.structs(kind, sql, *args)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[Connection]:
        current = self._transaction.get()
        if current is not None and not current.finished:
            yield current
            return
        with mapped():
            async with self.engine.reader(self.client) as raw:
                yield Connection(self, raw)

    # ---- writing -----------------------------------------------------------------------------------

    async def run_tx(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs `work` in one write transaction, to its end even when the caller is cancelled.

        A transaction that lost a race or its connection is run anew, at most four times, 20 to 160 ms apart;
        then DatabaseUnavailableError. `work` must therefore have no effect but on the transaction.
        """
        task = asyncio.create_task(self._attempts(work))
        self._running.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen, even where the caller was cancelled and nobody awaits it

    async def _attempts(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        pause = FIRST_PAUSE
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._once(work)
            except DatabaseUnavailableError as error:
                if not error.retryable:
                    raise
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, hides nothing
            pause = min(pause * 2, LONGEST_PAUSE)
        return await self._once(work)

    async def _once(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self.write_transaction() as connection:
            return await work(connection)

    @asynccontextmanager
    async def write_transaction(self) -> AsyncIterator[Connection]:
        """One transaction that locks first: BEGIN IMMEDIATE on SQLite, time limits on PostgreSQL.

        Use it where the task cannot be cancelled (`run_tx` sees to that). Inside another, it is a savepoint.
        """
        current = self._transaction.get()
        if current is not None and not current.finished:
            async with current.savepoint():
                yield current
            return
        with mapped(), self.active():
            async with self.engine.transaction(self.client) as (wrapper, raw):
                connection = Connection(self, raw)
                token = self._context.connections.set("default", wrapper)
                entered = self._transaction.set(connection)
                try:
                    yield connection
                finally:
                    connection.finished = True
                    self._transaction.reset(entered)
                    self._context.connections.reset(token)
            for tell in self.on_commit:
                tell()


def engine_for(url: str) -> Engine:
    """The engine that a URL asks for. Raises ValueError, which shows the forms there are."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite" and rest:
        return SqliteEngine(MEMORY if rest == MEMORY else rest.removeprefix("/"))
    if separator and scheme in {"postgresql", "postgres"} and rest:
        return PostgresEngine(url)
    forms = "sqlite:///file.db, sqlite://:memory: or postgresql://user@host/name"
    raise ValueError(f"{url!r} is not a database URL; write {forms}")


def tortoise_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for one database, its models and its migrations."""
    return {
        "connections": {"default": engine_for(url).tortoise_connection()},
        "apps": {
            "bff": {
                "models": ["bff.storage.models"],
                "default_connection": "default",
                "migrations": history_module(),
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


TORTOISE_ORM = tortoise_config(f"sqlite://{MEMORY}")  # for `tortoise makemigrations`

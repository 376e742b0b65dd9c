"""How is SQLite spoken to? One writer that locks first, one reader that cannot write."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import cache
from itertools import chain
from typing import Any, cast

import aiosqlite
import msgspec
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

from bff.storage.decoding import sqlite_values

MEMORY = ":memory:"
PARAMETERS_AT_MOST = 32_766  # SQLite's own limit, of one statement
# An INSERT's one row of values, which may hold brackets one in the other.
INSERTED_ROW = re.compile(r"(?P<before>INSERT [^?]* VALUES )(?P<row>\((?:[^()]|\([^()]*\))*\))(?P<after>[^?]*)$")
BUSY_MILLISECONDS = 2000
PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an acknowledged write survives a power cut
    "busy_timeout": BUSY_MILLISECONDS,
    "foreign_keys": "ON",
    "cache_size": -32_768,  # KiB: the indexes of a growing shop stay in memory
}


class OneTransaction(SqliteTransactionWrapper):
    """Tortoise's view of our transaction. sqlite3's executescript would commit it unasked."""

    async def execute_script(self, query: str) -> None:
        """Runs the statements of a script one by one."""
        for statement in statements(query):
            await self.execute_query(statement)


def statements(script: str) -> Iterator[str]:
    """The statements of a script; a semicolon inside a literal or a trigger ends none."""
    start = 0
    for end, character in enumerate(script, start=1):
        if character == ";" and sqlite3.complete_statement(script[start:end]):
            yield script[start:end]
            start = end
    if script[start:].strip():
        yield script[start:]


@cache
def sizes(sql: str) -> tuple[int, ...]:
    """How many rows a statement can take at once, the most first; nothing for what is no INSERT of one row.

    Three sizes, since each is a statement that SQLite compiles and keeps.
    """
    most = PARAMETERS_AT_MOST // sql.count("?") if INSERTED_ROW.match(sql) else 0
    return tuple(size for size in (most, most // 8, most // 64) if size > 1)


@cache
def inserting(sql: str, size: int) -> str:
    """The INSERT of one row as one of so many rows."""
    return INSERTED_ROW.sub(lambda found: found["before"] + ", ".join([found["row"]] * size) + found["after"], sql)


class SqliteEngine:
    """The SQLite side of a Database. Tortoise's connection writes; files are read through a second one."""

    dialect = "sqlite"
    native_values = False

    def __init__(self, path: str) -> None:
        self.path = path
        self._reader: aiosqlite.Connection | None = None
        self._reading = asyncio.Lock()

    def tortoise_connection(self) -> dict[str, Any]:
        """Tortoise's description of the connection, pragmas included."""
        return {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": self.path, **PRAGMAS},
        }

    async def open(self, client: Any) -> None:
        """Opens both connections; the writer first, since it creates the file and sets WAL."""
        if self.path != MEMORY:
            # aiosqlite's thread outlives a connection that could not be opened: fail before it starts.
            with closing(sqlite3.connect(self.path)) as probe:
                probe.execute("PRAGMA schema_version")
        await client.create_connection(with_db=True)
        if self.path != MEMORY:
            self._reader = await aiosqlite.connect(self.path, isolation_level=None)
            for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "query_only=ON"):
                await self._reader.execute_fetchall(f"PRAGMA {pragma}")

    async def close(self) -> None:
        """Closes the reader; Tortoise closes the writer."""
        if self._reader is not None:
            await self._reader.close()
            self._reader = None

    @asynccontextmanager
    async def reader(self, client: Any) -> AsyncIterator[aiosqlite.Connection]:
        """The reader, or in memory the only connection there is, between two transactions."""
        if self._reader is None:
            async with cast("SqliteClient", client).acquire_connection() as connection:
                yield connection
        else:
            async with self._reading:  # a statement and the fetching of its rows belong together
                yield self._reader

    @asynccontextmanager
    async def transaction(self, client: Any) -> AsyncIterator[tuple[Any, aiosqlite.Connection]]:
        """BEGIN IMMEDIATE: the write lock comes first, so that busy_timeout counts.

        Tortoise's own context begins deferred and, when BEGIN fails, keeps its lock for ever.
        """
        async with client._lock:  # noqa: SLF001 - what Tortoise's own statements queue for
            wrapper = OneTransaction(client)
            connection: aiosqlite.Connection = client._connection  # noqa: SLF001
            await connection.execute("BEGIN IMMEDIATE")
            try:
                yield wrapper, connection
                await connection.commit()
            except BaseException:
                await connection.rollback()
                raise
            finally:
                wrapper._finalized = True  # noqa: SLF001

    async def fetch(self, connection: Any, sql: str, args: Sequence[Any]) -> tuple[list[str], list[Any]]:
        """Column names and rows (tuple-like) of a statement."""
        async with connection.execute(sql, sqlite_values(args)) as cursor:
            names = [column[0] for column in cursor.description or ()]
            return names, list(await cursor.fetchall())

    async def execute(self, connection: Any, sql: str, args: Sequence[Any]) -> int:
        """The number of rows that a statement changed."""
        async with connection.execute(sql, sqlite_values(args)) as cursor:
            return int(cursor.rowcount)

    async def execute_many(self, connection: Any, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows; an INSERT takes as many of them at once as it can.

        After each step sqlite3 waits for its turn among Python's threads, so few steps leave them the time.
        """
        left = list(rows)
        for size in sizes(sql):
            text = inserting(sql, size)
            while len(left) >= size:
                await connection.execute(text, sqlite_values(list(chain.from_iterable(left[:size]))))
                del left[:size]
        if left:
            await connection.executemany(sql, list(map(sqlite_values, left)))

    def sql(self, text: str) -> str:
        """SQLite takes `?` as it is."""
        return text

    def among(self, column: str, values: Iterable[Any]) -> tuple[str, Any]:
        """A list of any length as one parameter, so that the statement's text stays the same."""
        listed = msgspec.json.encode(sqlite_values(list(values))).decode()
        return f"{column} IN (SELECT value FROM json_each(?))", listed

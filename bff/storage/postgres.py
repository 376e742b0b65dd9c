"""How is PostgreSQL spoken to? A bounded pool, and limits on every transaction."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bff.storage.decoding import postgres_value

POOL_AT_MOST = 10
CONNECT_SECONDS = 3
ACQUIRE_SECONDS = 5
# A transaction waits 2 s for a lock, 5 s for a statement and 10 s for us, then gives its locks back.
LIMITS = """
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '5s';
SET LOCAL idle_in_transaction_session_timeout = '10s'
"""
LITERAL_OR_PLACEHOLDER = re.compile(r"'(?:[^']|'')*'|\?")


class PostgresEngine:
    """The PostgreSQL side of a Database, over the pool that Tortoise opens with asyncpg."""

    dialect = "postgres"
    native_values = True

    def __init__(self, url: str) -> None:
        self.url = url

    def tortoise_connection(self) -> dict[str, Any]:
        """Tortoise's description of the pool; `?maxsize=` in the URL bounds it."""
        parts = urlsplit(self.url)
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return {
            "engine": "tortoise.backends.asyncpg",
            "credentials": {
                "user": unquote(parts.username or "postgres"),
                "password": unquote(parts.password or ""),
                "host": parts.hostname or "127.0.0.1",
                "port": parts.port or 5432,
                "database": parts.path.lstrip("/"),
                "minsize": 1,
                "maxsize": int(options.pop("maxsize", POOL_AT_MOST)),
                "timeout": CONNECT_SECONDS,
                "server_settings": {"timezone": "UTC", "application_name": "aftersales-bff"},
                **options,
            },
        }

    async def open(self, client: Any) -> None:
        """Opens the pool, so that a wrong address shows at start-up."""
        await client.create_connection(with_db=True)

    async def close(self) -> None:
        """Tortoise closes the pool."""

    @asynccontextmanager
    async def reader(self, client: Any) -> AsyncIterator[Any]:
        """Any free connection of the pool."""
        async with client._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:  # noqa: SLF001
            yield connection

    @asynccontextmanager
    async def transaction(self, client: Any) -> AsyncIterator[tuple[Any, Any]]:
        """READ COMMITTED with time limits; the pool's slot comes back whatever happens."""
        from tortoise.backends.asyncpg.client import TransactionWrapper  # noqa: PLC0415 - an optional extra

        async with self.reader(client) as connection:
            wrapper = TransactionWrapper(client)
            wrapper._connection = connection  # noqa: SLF001
            try:
                async with connection.transaction():
                    await connection.execute(LIMITS)
                    yield wrapper, connection
            finally:
                wrapper._finalized = True  # noqa: SLF001

    async def fetch(self, connection: Any, sql: str, args: Sequence[Any]) -> tuple[list[str], list[Any]]:
        """Column names and rows (tuple-like) of a statement."""
        records = await connection.fetch(sql, *[postgres_value(arg) for arg in args])
        return list(records[0].keys()) if records else [], [tuple(record) for record in records]

    async def execute(self, connection: Any, sql: str, args: Sequence[Any]) -> int:
        """The number of rows that a statement changed, from its command tag."""
        tag = await connection.execute(sql, *[postgres_value(arg) for arg in args])
        count = tag.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, connection: Any, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One prepared statement for many rows, pipelined by asyncpg."""
        await connection.executemany(sql, [[postgres_value(value) for value in row] for row in rows])

    def sql(self, text: str) -> str:
        """`?` to `$1`, `$2` and so on, outside of literals."""
        return numbered(text)

    def among(self, column: str, values: Iterable[Any]) -> tuple[str, Any]:
        """A list of any length as one array parameter."""
        return f"{column} = ANY(?)", [postgres_value(value) for value in values]


@cache
def numbered(text: str) -> str:
    """The statement with PostgreSQL's numbered placeholders."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] != "?":
            return match[0]
        count += 1
        return f"${count}"

    return LITERAL_OR_PLACEHOLDER.sub(number, text)

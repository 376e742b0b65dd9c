"""How does each test get an empty PostgreSQL database? One is emptied again and again, or remade if changed."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

# Columns, constraints, indexes and applied migrations: a test that changes these has used the database up.
SHAPE = """
    SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT name FROM tortoise_migrations
    ) AS shape (line)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
Migrate = Callable[[str], Coroutine[Any, Any, None]]


class OneServer:
    """The database of one test run. Making and dropping one are slow; emptying one takes milliseconds."""

    def __init__(self, url: str, migrate: Migrate) -> None:
        self._url = url
        self._migrate = migrate
        self._name = ""
        self._shape = ""

    def fresh(self) -> str:
        """The URL of an empty, migrated database that nobody is connected to."""
        return asyncio.run(self._fresh())

    def close(self) -> None:
        """Leaves the server as it was."""
        asyncio.run(self._drop())

    async def _fresh(self) -> str:
        if not self._name or not await self._emptied():
            await self._drop()
            await self._make()
        return self._address()

    def _address(self) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{self._name}"))

    async def _make(self) -> None:
        self._name = f"bff_test_{uuid4().hex[:12]}"
        await self._send(f'CREATE DATABASE "{self._name}"')
        await self._migrate(self._address())
        connection = await asyncpg.connect(self._address())
        try:
            self._shape = await connection.fetchval(SHAPE)
        finally:
            await connection.close()

    async def _drop(self) -> None:
        if self._name:
            await self._send(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')
            self._name = ""

    async def _emptied(self) -> bool:
        """Empties the tables that have rows. False when the database is not what it was."""
        connection = await asyncpg.connect(self._address())
        try:
            await connection.execute(END_OTHERS)
            if await connection.fetchval(SHAPE) != self._shape:
                return False
            names = [row["tablename"] for row in await connection.fetch(TABLES)]
            found = ", ".join(f'EXISTS (SELECT FROM "{name}") AS "{name}"' for name in names)
            filled = [f'"{name}"' for name, has in (await connection.fetchrow(f"SELECT {found}")).items() if has]
            if filled:
                await connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        finally:
            await connection.close()
        return True

    async def _send(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

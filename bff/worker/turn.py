"""Which of several processes pays refunds? One at a time: a lock says whose turn it is, and falls with its holder.

A second payer would do no harm, since a provider pays a key once; it would only ask twice as often. The lock is
the database's own: on PostgreSQL a session's, on SQLite a file beside the database, locked by a transaction.
"""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit, urlunsplit

from bff.storage.sqlite import MEMORY

LOCK = 0x_AF7E_25A1E5  # any number that nobody else takes in this database
SECONDS = 5.0


class Turn(Protocol):
    """The right to pay refunds."""

    async def mine(self) -> bool:
        """Whether it is ours; takes it when it is free. Asked again and again, for it may be lost."""
        ...

    async def give_up(self) -> None:
        """Lets others have it."""
        ...


class FileTurn:
    """A SQLite file of its own, locked while it is ours; without a path there is nobody to share with."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._held: sqlite3.Connection | None = None

    async def mine(self) -> bool:
        """A lock of a live process is never lost."""
        if self._path is None or self._held is not None:
            return True
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=0, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._held = connection
        return True

    async def give_up(self) -> None:
        """Unlocks the file, and leaves it."""
        if self._held is not None:
            self._held.close()
            self._held = None


class ServerTurn:
    """An advisory lock of a PostgreSQL session. A server that is cut off gives it to another."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: Any = None
        self._asking = asyncio.Lock()  # a session answers one question at a time

    async def mine(self) -> bool:
        """Asks the session whether it lives, or opens one and tries."""
        async with self._asking:
            return await self._mine()

    async def _mine(self) -> bool:
        if self._session is not None:
            try:
                await self._session.fetchval("SELECT 1", timeout=SECONDS)
            except Exception:  # noqa: BLE001 - whatever it is, the lock may be another's by now
                await self.give_up()
            else:
                return True
        return await self._tried()

    async def _tried(self) -> bool:
        import asyncpg  # noqa: PLC0415 - an optional extra

        try:
            session = await asyncpg.connect(self._url, timeout=SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        try:
            if await session.fetchval("SELECT pg_try_advisory_lock($1)", LOCK, timeout=SECONDS):
                self._session, session = session, None
        finally:
            if session is not None:
                session.terminate()
        return self._session is not None

    async def give_up(self) -> None:
        """Closes the session, and the lock with it."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(Exception):
                await session.close(timeout=SECONDS)
                return
            session.terminate()


def turn_of(url: str) -> Turn:
    """The lock of a database."""
    if url.startswith("sqlite:"):
        path = url.partition("://")[2]
        return FileTurn(None if path == MEMORY else Path(f"{path.removeprefix('/').partition('?')[0]}.turn"))
    return ServerTurn(plain(url))


def plain(url: str) -> str:
    """A PostgreSQL URL as every driver reads it, without what is meant for our pool."""
    parts = urlsplit(url)
    ssl = parse_qs(parts.query).get("ssl", [""])[-1]
    query = f"sslmode={'require' if ssl in {'true', '1'} else ssl}" if ssl else ""
    return urlunsplit(("postgresql", parts.netloc, parts.path, query, ""))

"""What has the embedded provider paid? Its own SQLite book, which outlives the process that wrote it."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

MEMORY = ":memory:"
SCHEMA = """
    CREATE TABLE IF NOT EXISTS sendings (key TEXT PRIMARY KEY, sent INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS refunds (
        key TEXT PRIMARY KEY, payment TEXT NOT NULL, minor INTEGER NOT NULL CHECK (minor > 0),
        currency TEXT NOT NULL, reference TEXT NOT NULL UNIQUE, status TEXT NOT NULL, reason TEXT NOT NULL,
        ends TEXT, ends_at REAL
    );
    CREATE TABLE IF NOT EXISTS notices (
        id INTEGER PRIMARY KEY, event TEXT NOT NULL, body BLOB NOT NULL, copies INTEGER NOT NULL
    );
"""
T = TypeVar("T")


class Row(Struct, frozen=True):
    """One refund as the book has it; `ends` is what it will turn into at `ends_at`, seconds of the Unix epoch."""

    key: str
    payment: str
    minor: int
    currency: str
    reference: str
    status: str
    reason: str
    ends: str | None = None
    ends_at: float | None = None


class Book:
    """A SQLite file, or memory, that any number of tasks, threads and processes may write to.

    The work of one visit is one SQLite transaction in a thread: a caller that is cancelled or killed leaves it
    done or not done, never half.
    """

    def __init__(self, path: Path | str = MEMORY) -> None:
        self._connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
        self._lock = threading.Lock()
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    async def visit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` to its end, whole or not at all."""
        return await asyncio.to_thread(self._visit, work)

    def _visit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock, committed(self._connection):
            return work(self._connection)


@contextmanager
def committed(connection: sqlite3.Connection) -> Iterator[None]:
    """Locks first, so that two processes never both believe that a key is new."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def count_sending(connection: sqlite3.Connection, key: str) -> int:
    """How often a key has been sent, this time included."""
    connection.execute(
        "INSERT INTO sendings VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET sent = sent + 1", (key,)
    )
    return int(connection.execute("SELECT sent FROM sendings WHERE key = ?", (key,)).fetchone()[0])


def find(connection: sqlite3.Connection, key: str) -> Row | None:
    """The refund of a key."""
    found = connection.execute("SELECT * FROM refunds WHERE key = ?", (key,)).fetchone()
    return Row(*found) if found else None


def write(connection: sqlite3.Connection, row: Row) -> None:
    """A new refund."""
    values = (row.key, row.payment, row.minor, row.currency, row.reference, row.status, row.reason)
    connection.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, row.ends, row.ends_at))


def end_due(connection: sqlite3.Connection, now: float) -> list[Row]:
    """Lets what is due become what it ends as, and returns it as it then is."""
    due = connection.execute("SELECT key FROM refunds WHERE ends_at <= ? ORDER BY ends_at, key", (now,)).fetchall()
    connection.execute("UPDATE refunds SET status = ends, ends = NULL, ends_at = NULL WHERE ends_at <= ?", (now,))
    return [row for (key,) in due if (row := find(connection, key))]


def post(connection: sqlite3.Connection, event: str, body: bytes, copies: int) -> None:
    """A notification to be delivered so many times."""
    connection.execute("INSERT INTO notices (event, body, copies) VALUES (?, ?, ?)", (event, body, copies))


def posted(connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    """Every notification with copies left, the oldest first: its number and its body."""
    return connection.execute("SELECT id, body FROM notices WHERE copies > 0 ORDER BY id").fetchall()


def delivered(connection: sqlite3.Connection, number: int) -> None:
    """One copy of a notification has arrived."""
    connection.execute("UPDATE notices SET copies = copies - 1 WHERE id = ? AND copies > 0", (number,))


def paid_by_payment(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Minor units by payment and currency that have left and not come back."""
    rows = connection.execute(
        "SELECT payment, currency, sum(minor) FROM refunds WHERE status = 'succeeded' GROUP BY payment, currency"
    )
    return {(payment, currency): minor for payment, currency, minor in rows}

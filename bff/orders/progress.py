"""How far has an import come? Told to whoever watches, and kept so that it can go on where it stopped."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from bff.storage.database import Connection, Database


class Progress(Struct, frozen=True):
    """A moment of an import: `done` of `total` in `unit` ("bytes" or "rows"), and what has been taken so far."""

    done: int
    total: int
    unit: str
    orders: int = 0
    lines: int = 0
    rejected: int = 0


OnProgress = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """For imports that nobody watches."""


class _Mark(Struct, frozen=True):
    done: int


async def position(database: Database, source: str) -> int:
    """How many items of that source are in the database; 0 for one that was never begun or came to its end."""
    marks = await database.structs(_Mark, "SELECT done FROM import_progress WHERE source = ?", source)
    return marks[0].done if marks else 0


async def move_on(connection: Connection, source: str, done: int, now: datetime) -> None:
    """Notes the new position in the transaction that wrote the rows."""
    await connection.execute(
        "INSERT INTO import_progress (source, done, updated_at) VALUES (?, ?, ?)"
        " ON CONFLICT (source) DO UPDATE SET done = excluded.done, updated_at = excluded.updated_at",
        source,
        done,
        now,
    )


async def finish(database: Database, source: str) -> None:
    """Forgets the position: the same file again is read again, and what was rejected is tried again."""
    await database.run_tx(
        lambda connection: connection.execute("DELETE FROM import_progress WHERE source = ?", source)
    )

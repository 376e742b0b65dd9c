"""How does a file of orders get in? Batch by batch, with the bad ones set aside and nothing done twice."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from bff.orders import progress
from bff.orders.progress import OnProgress, Progress, unwatched
from bff.orders.readers import Item, reader_of
from bff.orders.records import OrderRecord, UnreadableRecordError
from bff.orders.upsert import UpsertOutcome, upsert_in
from bff.storage.database import Connection, Database

MAPPING = b"orders/1"  # raised when the same bytes come to mean something else
LINES_A_BATCH = 4_000


class ImportOutcome(Struct):
    """What became of a file, in orders and lines taken; `rejects` is where the others are told of."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    lines: int = 0
    skipped: int = 0  # in the database already, from an import that was interrupted
    rejects: Path | None = None

    @property
    def orders(self) -> int:
        """How many orders were taken, changed or not."""
        return self.created + self.updated + self.unchanged


class Reject(Struct, frozen=True):
    """One line of the rejects file."""

    line: int
    number: str | None
    field: str
    reason: str


async def import_orders(
    database: Database, path: Path, now: datetime, on_progress: OnProgress = unwatched
) -> ImportOutcome:
    """Takes every order of a JSON Lines, CSV or Parquet file; memory does not grow with the file.

    An interrupted import goes on where its last transaction ended, known by the file's content. Orders that
    cannot be taken are written to `<name>.rejects.jsonl` beside the file, with line and reason. Raises
    UnreadableFileError where no order can be read at all.
    """
    reader = reader_of(path)
    source = digest(path)
    skipped = await progress.position(database, source)
    outcome = ImportOutcome(skipped=skipped)
    aside = path.with_name(f"{path.name}.rejects.jsonl")
    with aside.open("ab" if skipped else "wb") as rejects:
        done = skipped
        for batch in _batches(reader.items(skipped)):
            done += len(batch)
            result = await _take(database, batch, rejects, (source, done, now))
            _add(outcome, result, batch)
            counts = (outcome.orders, outcome.lines, outcome.rejected)
            on_progress(Progress(batch[-1].done, reader.total, reader.unit, *counts))
    await progress.finish(database, source)
    if aside.stat().st_size:
        outcome.rejects = aside
    else:
        aside.unlink()
    return outcome


def digest(path: Path) -> str:
    """The name of a file's content and of what we take it to mean."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256")
    content.update(MAPPING + path.suffix.lower().encode())
    return content.hexdigest()


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    lines = 0
    for item in items:
        batch.append(item)
        lines += len(item.read.lines) if isinstance(item.read, OrderRecord) else 1
        if lines >= LINES_A_BATCH:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


async def _take(
    database: Database, batch: list[Item], rejects: IO[bytes], mark: tuple[str, int, datetime]
) -> UpsertOutcome:
    """One transaction: the orders and the position. Rejects are on disk before it commits, so none is lost."""
    readable = [item for item in batch if isinstance(item.read, OrderRecord)]
    start = rejects.tell()

    async def work(connection: Connection) -> UpsertOutcome:
        outcome = await upsert_in(connection, [item.read for item in readable])  # type: ignore[misc]
        rejects.seek(start)
        rejects.truncate()  # of an attempt that had to be repeated
        rejects.writelines(msgspec.json.encode(one) + b"\n" for one in _rejects(batch, readable, outcome))
        rejects.flush()
        await progress.move_on(connection, *mark)
        return outcome

    return await database.run_tx(work)


def _rejects(batch: list[Item], readable: list[Item], outcome: UpsertOutcome) -> Iterator[Reject]:
    for item in batch:
        if isinstance(item.read, UnreadableRecordError):
            yield Reject(item.line, None, item.read.field, item.read.reason)
    for one in outcome.rejected:
        item = readable[one.index]
        number = item.read.number if isinstance(item.read, OrderRecord) else None
        yield Reject(item.line, number, one.field.partition("].")[2], one.reason)


def _add(outcome: ImportOutcome, result: UpsertOutcome, batch: list[Item]) -> None:
    bad = {one.index for one in result.rejected}
    readable = [item.read for item in batch if isinstance(item.read, OrderRecord)]
    outcome.created += result.created
    outcome.updated += result.updated
    outcome.unchanged += result.unchanged
    outcome.rejected += len(batch) - len(readable) + len(bad)
    outcome.lines += sum(len(record.lines) for i, record in enumerate(readable) if i not in bad)

"""How does a file of orders get in? Batch by batch, with the bad ones set aside and nothing done twice."""

import hashlib
from collections.abc import Iterator
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from bff.orders import progress
from bff.orders.ahead import ahead
from bff.orders.progress import OnProgress, Progress, unwatched
from bff.orders.readers import Item, reader_of
from bff.orders.records import OrderRecord, UnreadableRecordError
from bff.orders.upsert import Checked, UpsertOutcome, check_all, upsert_in
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


class Batch(Struct, frozen=True):
    """What goes in at once: the orders that could be read, each with its place in the file, and checked."""

    items: list[Item]
    readable: list[tuple[Item, OrderRecord]]
    checked: Checked


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
        async with aclosing(ahead(_batches(reader.items(skipped)))) as batches:
            async for batch in batches:
                done += len(batch.items)
                result = await _take(database, batch, rejects, (source, done, now))
                _add(outcome, result, batch)
                counts = (outcome.orders, outcome.lines, outcome.rejected)
                on_progress(Progress(batch.items[-1].done, reader.total, reader.unit, *counts))
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


def _batches(items: Iterator[Item]) -> Iterator[Batch]:
    batch: list[Item] = []
    lines = 0
    for item in items:
        batch.append(item)
        lines += len(item.read.lines) if isinstance(item.read, OrderRecord) else 1
        if lines >= LINES_A_BATCH:
            yield _batch(batch)
            batch, lines = [], 0
    if batch:
        yield _batch(batch)


def _batch(items: list[Item]) -> Batch:
    readable = [(item, item.read) for item in items if isinstance(item.read, OrderRecord)]
    return Batch(items, readable, check_all([record for _, record in readable]))


async def _take(
    database: Database, batch: Batch, rejects: IO[bytes], mark: tuple[str, int, datetime]
) -> UpsertOutcome:
    """One transaction: the orders and the position. Rejects are on disk before it commits, so none is lost."""
    start = rejects.tell()

    async def work(connection: Connection) -> UpsertOutcome:
        outcome = await upsert_in(connection, batch.checked)
        rejects.seek(start)
        rejects.truncate()  # of an attempt that had to be repeated
        rejects.writelines(msgspec.json.encode(one) + b"\n" for one in _rejects(batch, outcome))
        rejects.flush()
        await progress.move_on(connection, *mark)
        return outcome

    return await database.run_tx(work)


def _rejects(batch: Batch, outcome: UpsertOutcome) -> Iterator[Reject]:
    for item in batch.items:
        if isinstance(item.read, UnreadableRecordError):
            yield Reject(item.line, None, item.read.field, item.read.reason)
    for one in outcome.rejected:
        item, record = batch.readable[one.index]
        yield Reject(item.line, record.number, one.field.partition("].")[2], one.reason)


def _add(outcome: ImportOutcome, result: UpsertOutcome, batch: Batch) -> None:
    bad = {one.index for one in result.rejected}
    outcome.created += result.created
    outcome.updated += result.updated
    outcome.unchanged += result.unchanged
    outcome.rejected += len(batch.items) - len(batch.readable) + len(bad)
    outcome.lines += sum(len(record.lines) for i, (_, record) in enumerate(batch.readable) if i not in bad)

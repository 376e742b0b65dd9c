"""What does a file hold? Orders one by one, from JSON Lines, CSV or Parquet, however long the file is."""

import csv
from collections.abc import Iterator
from io import BufferedReader, FileIO, TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from bff.orders.columns import FlatOrders, Row, UnreadableFileError
from bff.orders.numbers import Numbers
from bff.orders.records import OrderRecord, UnreadableRecordError, unreadable

LONGEST_LINE = 16 * 2**20  # bytes; one order that needs more is a mistake
PARQUET_ROWS = 2_000  # held in memory at a time
APART = UnreadableRecordError("number", "stands in earlier rows too, and the rows of an order stand together")


class Item(Struct, frozen=True):
    """One order, or why it cannot be read. `line` is its first line or row, counted from 1."""

    line: int
    read: OrderRecord | UnreadableRecordError
    done: int


class Reader(Protocol):
    """A file's orders, from the `skip`th on; `total` and each item's `done` are in `unit`."""

    unit: str
    total: int

    def items(self, skip: int) -> Iterator[Item]: ...


def reader_of(path: Path) -> Reader:
    """The reader for the file's ending. Raises UnreadableFileError for endings and columns that do not do."""
    kinds: dict[str, type[JsonLines | Csv | Parquet]] = {
        ".jsonl": JsonLines,
        ".ndjson": JsonLines,
        ".csv": Csv,
        ".parquet": Parquet,
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise UnreadableFileError(f"{path.name} should end in {', '.join(kinds)}")
    return kind(path)


class JsonLines:
    """One order record a line."""

    unit = "bytes"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.total = path.stat().st_size

    def items(self, skip: int) -> Iterator[Item]:
        """Lines that hold something, decoded from the `skip`th on."""
        decode = msgspec.json.Decoder(OrderRecord).decode
        done = passed = number = 0
        with self._path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                done += len(line)
                number += 1
                if line.isspace():
                    continue
                passed += 1
                if not line.endswith(b"\n") and len(line) == LONGEST_LINE:
                    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        done += len(rest)
                    done += len(rest)
                    line = b""  # reported as too long
                if passed > skip:
                    yield Item(number, _decoded(decode, line), done)


def _decoded(decode: Any, line: bytes) -> OrderRecord | UnreadableRecordError:
    if not line:
        return UnreadableRecordError("", f"is longer than {LONGEST_LINE} bytes")
    try:
        record: OrderRecord = decode(line)
    except msgspec.DecodeError as error:
        return unreadable(error)
    except UnicodeDecodeError:
        return UnreadableRecordError("", "is not UTF-8")
    return record


class Counted(FileIO):
    """A file that knows how much of it was read, where `tell` would ask the system for every order."""

    done = 0

    def readinto(self, buffer: Any) -> int:
        """Bytes read into the buffer."""
        count = super().readinto(buffer) or 0
        self.done += count
        return count


class Csv:
    """UTF-8 with a header; the rows of an order stand together."""

    unit = "bytes"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.total = path.stat().st_size
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            self._flat = FlatOrders(next(csv.reader(file), []))

    def items(self, skip: int) -> Iterator[Item]:
        """Orders from the `skip`th on."""
        with Counted(self._path) as file:
            text = TextIOWrapper(BufferedReader(file), "utf-8-sig", "surrogateescape", newline="")
            for line, _, read in _orders(self._rows(text), self._flat, skip):
                yield Item(line, read, file.done)

    def _rows(self, file: Any) -> Iterator[tuple[int, Row]]:
        lines = csv.DictReader(file, restkey="", strict=True)
        while True:
            try:
                row = next(lines, None)
            except csv.Error as error:
                row = {"number": f"line {lines.line_num}", "": str(error)}
            if row is None:
                return
            yield lines.line_num, row


class Parquet:
    """The CSV's columns; amounts as text or decimals, instants as text or with a time zone."""

    unit = "rows"

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                self.total = file.metadata.num_rows
                self._flat = FlatOrders(file.schema_arrow.names)
        except pa.ArrowInvalid as error:
            raise UnreadableFileError(f"{path.name} is not a Parquet file: {error}") from None

    def items(self, skip: int) -> Iterator[Item]:
        """Orders from the `skip`th on."""
        with pq.ParquetFile(self._path) as file:
            for first, last, read in _orders(self._rows(file), self._flat, skip):
                yield Item(first, read, last)

    def _rows(self, file: pq.ParquetFile) -> Iterator[tuple[int, Row]]:
        number = 0
        for batch in file.iter_batches(batch_size=PARQUET_ROWS):
            for row in _plain(batch).to_pylist():
                number += 1
                yield number, row


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Decimals and zoned instants as text, made by Arrow, which is ten times as fast as Python at it."""
    fields = [
        pa.field(field.name, pa.string())
        if pa.types.is_decimal(field.type) or (pa.types.is_timestamp(field.type) and field.type.tz)
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields))


def _orders(
    rows: Iterator[tuple[int, Row]], flat: FlatOrders, skip: int
) -> Iterator[tuple[int, int, OrderRecord | UnreadableRecordError]]:
    """First line, last line and order of each run of rows with one number, from the `skip`th on."""
    with Numbers() as numbers:
        for passed, (number, group) in enumerate(groupby(rows, key=lambda numbered: numbered[1].get("number"))):
            numbered = list(group)
            apart = not numbers.is_new(number) and number
            if passed >= skip:
                read = APART if apart else _read(flat, [row for _, row in numbered])
                yield numbered[0][0], numbered[-1][0], read


def _read(flat: FlatOrders, rows: list[Row]) -> OrderRecord | UnreadableRecordError:
    broken = next((row[""] for row in rows if row.get("")), None)
    if broken:
        reason = broken if isinstance(broken, str) else f"has more cells than the header: {', '.join(broken)}"
        return UnreadableRecordError("", reason)
    try:
        return flat.order(rows)
    except UnreadableRecordError as error:
        return error
    except UnicodeEncodeError:
        return UnreadableRecordError("", "is not UTF-8")

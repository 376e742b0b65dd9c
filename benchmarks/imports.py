"""How fast do orders come in, and does memory stay flat? Lines a second and peak memory, format by format.

`python benchmarks/imports.py` writes files of two sizes in every format, imports each into a fresh SQLite file,
one process a run and the formats by turns, so that a busy machine slows all of them alike; then prints medians.
TPC-DS takes part where `make data` has written it.
"""

import asyncio
import csv
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bff.orders.files import import_orders
from bff.orders.tpcds import import_tpcds
from bff.storage.database import Database
from bff.storage.migrate import migrate

LINES_AN_ORDER = 4
SMALLER = 4  # the smaller file has a quarter of the lines
NOW = datetime(2026, 1, 1, tzinfo=UTC)
KIB = 1 if sys.platform != "darwin" else 1024  # ru_maxrss counts KiB on Linux, bytes on macOS


class Run(Struct, frozen=True):
    """One import: lines taken, seconds on the wall and of all threads together, and peak memory in KiB."""

    lines: int
    wall: float
    cpu: float
    peak: int


class Source(Struct, frozen=True):
    """Something to import; `path` is a file, or the folder of the retail benchmark."""

    name: str
    path: Path


def orders(lines: int) -> Iterator[dict[str, Any]]:
    """Orders that add up, of a few hundred merchants and a few thousand customers."""
    for number in range(lines // LINES_AN_ORDER):
        yield {
            "number": f"B-{number:09}",
            "market": "SG",
            "currency": "SGD",
            "status": "DELIVERED",
            "placedAt": "2026-05-01T10:00:00+08:00",
            "deliveredAt": "2026-05-04T10:00:00+08:00",
            "updatedAt": "2026-05-04T10:00:01Z",
            "customer": {"externalId": f"c{number % 4999}", "displayName": f"Customer {number % 4999}"},
            "lines": [line(number, i) for i in range(LINES_AN_ORDER)],
            "shippingFee": "5.00",
            "payments": [{"externalId": "1", "method": "CARD", "captured": "125.00", "label": "Visa"}],
        }


def line(number: int, i: int) -> dict[str, Any]:
    """Three of something for 30.00."""
    merchant, article = (number + i) % 307, (number * 7 + i) % 9973
    return {
        "externalId": str(i),
        "merchantExternalId": f"m{merchant}",
        "merchantName": f"Merchant {merchant}",
        "sku": f"SKU-{article}",
        "title": f"Article {article}",
        "category": "apparel/socks",
        "quantity": 3,
        "unitPrice": "11.00",
        "discount": "3.00",
        "tax": "2.48",
        "paid": "30.00",
    }


def flat(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The order as rows of a table."""
    (tender,) = order["payments"]
    shared = {key: value for key, value in order.items() if key not in {"customer", "lines", "payments"}}
    shared |= {f"customer{name[0].upper()}{name[1:]}": value for name, value in order["customer"].items()}
    shared |= {f"payment{name.capitalize()}": tender[name] for name in ("method", "captured", "label")}
    for one in order["lines"]:
        yield {**shared, **one, "lineExternalId": one["externalId"], "externalId": None}


def write_jsonl(path: Path, lines: int) -> None:
    """One order a line."""
    with path.open("wb") as file:
        file.writelines(msgspec.json.encode(order) + b"\n" for order in orders(lines))


def write_csv(path: Path, lines: int) -> None:
    """One order line a row."""
    rows = (row for order in orders(lines) for row in flat(order))
    with path.open("w", newline="", encoding="utf-8") as file:
        first = next(rows)
        table = csv.DictWriter(file, list(first))
        table.writeheader()
        table.writerow(first)
        table.writerows(rows)


def write_parquet(path: Path, lines: int) -> None:
    """The rows of the CSV, in row groups of which few fit into memory."""
    schema = pa.schema([(name, pa.string()) for name in next(flat(next(orders(LINES_AN_ORDER))))])
    schema = schema.set(schema.get_field_index("quantity"), pa.field("quantity", pa.int64()))
    every = orders(lines)
    with pq.ParquetWriter(path, schema) as table:
        while rows := [row for _, order in zip(range(10_000), every, strict=False) for row in flat(order)]:
            table.write_table(pa.Table.from_pylist(rows, schema))


WRITE = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}


def written(folder: Path, sizes: Iterable[int]) -> Iterator[Source]:
    """The files, made by another process: a run's peak memory begins with that of the process which starts it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as writer:
        for size in sizes:
            for kind, write in WRITE.items():
                path = folder / f"{kind}-{size}.{kind}"
                writer.submit(write, path, size).result()
                yield Source(f"{kind}, {size:,}", path)


async def imported(path: Path, folder: Path) -> Run:
    """Imports into a fresh SQLite file in that folder, and measures it."""
    async with Database(f"sqlite:///{folder / 'shop.sqlite3'}") as database:
        await migrate(database)
        wall, cpu = time.perf_counter(), time.process_time()
        work = import_orders if path.suffix else import_tpcds
        outcome = await work(database, path, NOW)
        seconds = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB
    return Run(outcome.lines, *seconds, peak)


def in_a_process(path: Path) -> Run:
    """The same in a process of its own, whose peak memory is therefore its own."""
    command = [sys.executable, __file__, "--one", str(path)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    return msgspec.json.decode(done.stdout, type=Run)


def told(runs: dict[str, list[Run]]) -> Table:
    """Medians of every source's runs."""
    table = Table("source", "lines", "lines/s (wall)", "lines/s (CPU)", "peak MiB")
    for name, done in runs.items():
        lines = done[0].lines
        wall = median(lines / run.wall for run in done)
        cpu = median(lines / run.cpu for run in done)
        peak = median(run.peak for run in done) / 1024
        table.add_row(name, f"{lines:,}", f"{wall:,.0f}", f"{cpu:,.0f}", f"{peak:,.0f}")
    return table


def main(
    lines: Annotated[int, typer.Option(help="Order lines in the larger files.")] = 80_000,
    rounds: Annotated[int, typer.Option(help="Imports of each file; medians are told.")] = 3,
    tpcds: Annotated[Path, typer.Option(help="A folder that `make data` wrote.")] = Path("data/tpcds"),
    one: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Imports every format round by round, and prints lines a second and peak memory."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if one is not None:
            sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(imported(one, folder))))
            return
        console = Console(stderr=True)
        sources = [Source("tpcds", tpcds)] if tpcds.is_dir() else []
        sources += written(folder, (lines // SMALLER, lines))
        runs: dict[str, list[Run]] = {source.name: [] for source in sources}
        turns = [source for _ in range(rounds) for source in sources]
        for source in track(turns, "Importing", console=console, disable=not console.is_terminal):
            runs[source.name].append(in_a_process(source.path))
        Console().print(told(runs))


if __name__ == "__main__":
    typer.run(main)

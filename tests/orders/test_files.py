"""How does a file of orders get in? Whatever its format, with the bad ones aside and nothing done twice."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bff.orders import progress
from bff.orders.columns import UnreadableFileError
from bff.orders.files import ImportOutcome, digest, import_orders
from bff.orders.progress import Progress
from bff.storage.database import Database
from tests.orders.an_order import an_order_json

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def write_lines(path: Path, *orders: Any) -> Path:
    texts = [order if isinstance(order, str) else json.dumps(order) for order in orders]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def flat(order: dict[str, Any]) -> list[dict[str, Any]]:
    """The order as rows of a table."""
    head = {name: order.get(name) for name in ("number", "market", "currency", "status", "shippingFee")}
    head |= {name: order[name] for name in ("placedAt", "deliveredAt", "updatedAt")}
    head |= {
        f"customer{name[0].upper()}{name[1:]}": order["customer"][name] for name in ("externalId", "displayName")
    }
    head |= {"segments": "; ".join(order["customer"]["segments"])}
    (tender,) = order["payments"]
    head |= {
        "paymentMethod": tender["method"],
        "paymentCaptured": tender["captured"],
        "paymentLabel": tender["label"],
    }
    return [
        head | {"lineExternalId": line["externalId"], "lineAttributes": '{"finalSale": true}'} | own
        for line in order["lines"]
        for own in [{key: value for key, value in line.items() if key not in {"externalId", "productExternalId"}}]
    ]


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    for row in rows:
        for name in ("shippingFee", "unitPrice", "discount", "tax", "paid"):
            row[name] = Decimal(row[name])
        for name in ("placedAt", "deliveredAt", "updatedAt"):
            row[name] = datetime.fromisoformat(row[name])
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def write(path: Path, *orders: dict[str, Any]) -> Path:
    if path.suffix == ".jsonl":
        return write_lines(path, *orders)
    rows = [row for order in orders for row in flat(order)]
    return write_csv(path, rows) if path.suffix == ".csv" else write_parquet(path, rows)


def rejects_of(outcome: ImportOutcome) -> list[tuple[int, str, str]]:
    assert outcome.rejects is not None
    read = [json.loads(line) for line in outcome.rejects.read_text(encoding="utf-8").splitlines()]
    return [(one["line"], one["field"], one["reason"]) for one in read]


async def sums(database: Database) -> tuple[int, ...]:
    (row,) = await database.rows(
        "SELECT count(*) AS n, sum(quantity) AS q, CAST(sum(paid_minor) AS BIGINT) AS p FROM order_lines"
    )
    return tuple(int(value) for value in row.values())


FORMATS = ["orders.jsonl", "orders.csv", "orders.parquet"]


@pytest.mark.parametrize("name", FORMATS)
async def test_every_format_brings_the_same_orders(database: Database, tmp_path: Path, name: str) -> None:
    file = write(tmp_path / name, an_order_json("A"), an_order_json("B"))

    outcome = await import_orders(database, file, NOW)

    assert outcome == ImportOutcome(created=2, lines=4)
    assert await sums(database) == (4, 8, 20_000)
    placed = await database.rows(
        "SELECT count(*) AS n FROM orders WHERE placed_at = ?", datetime(2026, 5, 1, 2, tzinfo=UTC)
    )
    assert placed == [{"n": 2}]
    assert outcome.rejects is None
    assert not file.with_name(f"{name}.rejects.jsonl").exists()


@pytest.mark.parametrize("name", FORMATS)
async def test_a_second_import_changes_nothing(database: Database, tmp_path: Path, name: str) -> None:
    file = write(tmp_path / name, an_order_json("A"), an_order_json("B"))
    await import_orders(database, file, NOW)

    assert await import_orders(database, file, NOW) == ImportOutcome(unchanged=2, lines=4)


@pytest.mark.parametrize("name", FORMATS)
async def test_bad_orders_are_set_aside_with_line_and_reason(
    database: Database, tmp_path: Path, name: str
) -> None:
    bad = an_order_json("B", shippingFee="5.01")
    file = write(tmp_path / name, an_order_json("A"), bad, an_order_json("C"))

    outcome = await import_orders(database, file, NOW)

    assert (outcome.created, outcome.rejected, outcome.lines) == (2, 1, 4)
    reason = "add up to 105.00, not to the 105.01 that the lines and shipping cost"
    line = {"orders.jsonl": 2, "orders.csv": 4, "orders.parquet": 3}[name]
    assert rejects_of(outcome) == [(line, "payments", reason)]


async def test_lines_that_are_no_orders_are_set_aside(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    good = json.dumps(an_order_json("A")).encode()
    file.write_bytes(
        b'{"number": \n\n[]\n' + good + b"\n\xff\xfe\n" + json.dumps(an_order_json("B", lines=1)).encode()
    )

    outcome = await import_orders(database, file, NOW)

    assert (outcome.created, outcome.rejected) == (1, 4)
    assert [(line, field) for line, field, _ in rejects_of(outcome)] == [(1, ""), (3, ""), (5, ""), (6, "lines")]


async def test_rows_that_disagree_about_their_order_are_set_aside(database: Database, tmp_path: Path) -> None:
    rows = flat(an_order_json("A")) + flat(an_order_json("B"))
    rows[1]["shippingFee"] = "6.00"
    rows[2]["quantity"] = "two"
    rows[3]["lineAttributes"] = "{"

    outcome = await import_orders(database, write_csv(tmp_path / "orders.csv", rows), NOW)

    assert [(line, field) for line, field, _ in rejects_of(outcome)] == [(2, "shippingFee"), (4, "lineAttributes")]


@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet"])
async def test_rows_of_an_order_that_stand_apart_are_set_aside(
    database: Database, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bff.orders.files.LINES_A_BATCH", 2)  # told across transactions too
    whole, other, apart = (
        an_order_json("A"),
        an_order_json("B"),
        an_order_json("A", updatedAt="2026-06-01T00:00:00Z"),
    )
    file = write(tmp_path / name, whole, other, apart)

    outcome = await import_orders(database, file, NOW)

    assert (outcome.created, outcome.updated, outcome.rejected) == (2, 0, 1)
    reason = "stands in earlier rows too, and the rows of an order stand together"
    line = {"orders.csv": 6, "orders.parquet": 5}[name]
    assert rejects_of(outcome) == [(line, "number", reason)]


async def test_a_number_twice_in_json_lines_is_an_update(database: Database, tmp_path: Path) -> None:
    later = an_order_json("A", updatedAt="2026-06-01T00:00:00Z", status="COMPLETED")
    file = write(tmp_path / "orders.jsonl", an_order_json("A"), later)

    assert await import_orders(database, file, NOW) == ImportOutcome(created=1, updated=1, lines=4)


async def test_a_float_in_parquet_is_no_amount(database: Database, tmp_path: Path) -> None:
    rows = [row | {"paid": float(row["paid"])} for row in flat(an_order_json("A"))]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "orders.parquet")

    outcome = await import_orders(database, tmp_path / "orders.parquet", NOW)

    assert rejects_of(outcome) == [(1, "paid", "is a float; write amounts as text or decimals")]


async def test_an_interrupted_import_goes_on_where_it_stopped(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bff.orders.files.LINES_A_BATCH", 4)
    bad = an_order_json("BAD", market="XX")
    file = write_lines(tmp_path / "orders.jsonl", bad, *[an_order_json(f"N{i}") for i in range(9)])

    def pull_the_plug(now: Progress) -> None:
        if now.orders >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_orders(database, file, NOW, pull_the_plug)
    stopped = await progress.position(database, digest(file))
    outcome = await import_orders(database, file, NOW)

    assert 0 < stopped < 10
    assert (outcome.skipped, outcome.created, outcome.unchanged) == (stopped, 10 - stopped, 0)
    assert (await sums(database))[0] == 18
    assert [line for line, _, _ in rejects_of(outcome)] == [1]
    assert await progress.position(database, digest(file)) == 0


async def test_progress_is_told_to_the_end(database: Database, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "orders.jsonl", an_order_json("A"), "{}")
    told: list[Progress] = []

    await import_orders(database, file, NOW, told.append)

    size = file.stat().st_size
    assert told == [Progress(size, size, "bytes", orders=1, lines=2, rejected=1)]


async def test_a_line_that_never_ends_costs_no_memory(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bff.orders.readers.LONGEST_LINE", 2_000)
    file = write_lines(tmp_path / "orders.jsonl", "x" * 9_000, an_order_json("A"))

    outcome = await import_orders(database, file, NOW)

    assert outcome.created == 1
    assert rejects_of(outcome) == [(1, "", "is longer than 2000 bytes")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("orders.xml", b"<orders/>", "should end in .jsonl"),
        ("orders.csv", b"number,colour\n", "lacks category, currency.* and has unknown colour"),
        ("orders.csv", b"", "lacks"),
        ("orders.parquet", b"PAR1", "is not a Parquet file"),
    ],
)
async def test_a_file_without_orders_is_refused_at_once(
    database: Database, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(UnreadableFileError, match=message):
        await import_orders(database, tmp_path / name, NOW)


async def test_an_empty_file_brings_nothing(database: Database, tmp_path: Path) -> None:
    assert await import_orders(database, write_lines(tmp_path / "orders.jsonl"), NOW) == ImportOutcome()

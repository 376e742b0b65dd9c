"""Does the benchmark arrive whole? Its lines, units and cents, against DuckDB's own sums over the same files."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bff.markets import markets
from bff.orders.columns import UnreadableFileError
from bff.orders.progress import Progress
from bff.orders.tpcds import import_tpcds
from bff.orders.tpcds_mapping import CATEGORY_OF, MARKET_OF, REASON_OF, category_path
from bff.storage.database import Database
from bff.vocabulary import ReturnReason

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TABLES = "web_sales,web_returns,customer,item,date_dim,time_dim,reason"
GENERATOR = shutil.which("tpcgen-cli", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
generated = pytest.mark.skipif(
    GENERATOR is None and not os.environ.get("CI"), reason="tpcgen-cli is not installed (extra `bench`)"
)


@pytest.fixture(scope="session")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest scale: about a thousand orders of twelve lines, in a second."""
    assert GENERATOR, "CI installs the extra `bench`"
    directory = tmp_path_factory.mktemp("tpcds")
    command = [GENERATOR, "tpcds", "parquet", "-s", "0.01", "-o", str(directory), f"--tables={TABLES}"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    return directory


def truth(benchmark: Path, sql: str) -> tuple[Any, ...]:
    with duckdb.connect() as connection:
        for table in TABLES.split(","):
            connection.execute(f"CREATE VIEW {table} AS FROM '{benchmark / table}.parquet'")
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row


async def one(database: Database, sql: str, *args: Any) -> tuple[int, ...]:
    (row,) = await database.rows(sql, *args)
    return tuple(int(value) for value in row.values())


@generated
async def test_lines_units_and_cents_equal_the_benchmarks_own_sums(database: Database, benchmark: Path) -> None:
    told: list[Progress] = []
    outcome = await import_tpcds(database, benchmark, NOW, told.append)

    orders, lines, customers = truth(
        benchmark,
        "SELECT count(DISTINCT ws_order_number), count(*), count(DISTINCT ws_bill_customer_sk) FROM web_sales",
    )
    assert (outcome.created, outcome.lines, outcome.rejected) == (orders, lines, 0)
    assert told[-1].done == told[-1].total == orders
    assert await one(database, "SELECT count(*) AS n FROM orders") == (orders,)
    assert await one(database, "SELECT count(*) AS n FROM customers") == (customers,)
    # Where the benchmark leaves a value out, what the others imply was taken: those lines are summed apart.
    complete = "ws_quantity IS NOT NULL AND ws_net_paid_inc_tax IS NOT NULL"
    whole = truth(
        benchmark,
        "SELECT count(*), sum(ws_quantity), CAST(100 * sum(ws_net_paid_inc_tax) AS BIGINT)"
        f" FROM web_sales WHERE {complete}",
    )
    partial = truth(
        benchmark,
        f"SELECT coalesce(list((ws_order_number, ws_item_sk)), []) FROM web_sales WHERE NOT ({complete})",
    )[0]
    places = [f"TPCDS-{order}/{item}" for order, item in partial]
    sql, listed = database.among("o.number || '/' || l.external_id", places)
    assert (
        await one(
            database,
            "SELECT count(*) AS n, sum(l.quantity) AS q, CAST(sum(l.paid_minor) AS BIGINT) AS p FROM order_lines l"
            f" JOIN orders o ON o.id = l.order_id WHERE NOT ({sql})",
            listed,
        )
        == whole
    )
    assert len(places) < lines / 100


@generated
async def test_returns_become_completed_cases_within_what_was_paid(database: Database, benchmark: Path) -> None:
    await import_tpcds(database, benchmark, NOW)

    returns, units = truth(benchmark, "SELECT count(*), sum(coalesce(wr_return_quantity, 1)) FROM web_returns")
    assert await one(database, "SELECT count(*) AS n FROM cases WHERE status = 'COMPLETED'") == (returns,)
    assert await one(database, "SELECT sum(quantity_held) AS n FROM order_lines") == (units,)
    paid_back = [
        await one(database, f"SELECT CAST(sum(refunded_minor) AS BIGINT) AS n FROM {table}")
        for table in ("orders", "order_lines", "payments", "case_lines")
    ]
    assert len(set(paid_back)) == 1
    assert paid_back[0] > (0,)


@generated
async def test_a_second_import_changes_nothing(database: Database, benchmark: Path) -> None:
    first = await import_tpcds(database, benchmark, NOW)
    before = await one(
        database, "SELECT count(*) AS n, sum(quantity) AS q, sum(quantity_held) AS h FROM order_lines"
    )

    second = await import_tpcds(database, benchmark, NOW)

    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    after = await one(
        database, "SELECT count(*) AS n, sum(quantity) AS q, sum(quantity_held) AS h FROM order_lines"
    )
    assert after == before


@generated
async def test_an_interrupted_import_goes_on_where_it_stopped(
    database: Database, benchmark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bff.orders.tpcds.ORDERS_A_BATCH", 100)

    def pull_the_plug(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_tpcds(database, benchmark, NOW, pull_the_plug)
    outcome = await import_tpcds(database, benchmark, NOW)

    (orders,) = truth(benchmark, "SELECT count(DISTINCT ws_order_number) FROM web_sales")
    assert (outcome.skipped, outcome.created, outcome.unchanged) == (100, orders - 100, 0)


@generated
async def test_preferred_customers_are_premium_and_all_live_in_a_market(
    database: Database, benchmark: Path
) -> None:
    await import_tpcds(database, benchmark, NOW)

    (preferred,) = truth(
        benchmark,
        "SELECT count(DISTINCT c_customer_sk) FROM customer JOIN web_sales ON ws_bill_customer_sk = c_customer_sk"
        " WHERE c_preferred_cust_flag = 'Y'",
    )
    premium = "SELECT count(*) AS n FROM segment_memberships WHERE segment = 'premium'"
    assert await one(database, premium) == (preferred,)
    found = await database.rows("SELECT DISTINCT market, currency FROM orders")
    assert all(markets()[row["market"]].currency == row["currency"] for row in found)
    assert len(found) > 5


async def test_a_directory_without_the_tables_is_refused_with_how_to_make_them(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableFileError, match=r"lacks web_sales, .*tpcgen-cli tpcds parquet"):
        await import_tpcds(database, tmp_path, NOW)


def test_every_market_is_somebodys_home() -> None:
    assert set(MARKET_OF.values()) == set(markets())


def test_the_named_reasons_are_twenty_two_and_mean_what_they_say() -> None:
    assert len(REASON_OF) == 22
    assert REASON_OF["Package was damaged"] is ReturnReason.DAMAGED_IN_TRANSIT
    assert REASON_OF["Wrong size"] is ReturnReason.SIZE_OR_FIT


@pytest.mark.parametrize(
    ("category", "kind", "path"),
    [
        ("Women", "dresses", "apparel/women/dresses"),
        ("Home", "bathroom rugs", "home/bathroom-rugs"),
        (None, None, "other"),
    ],
)
def test_categories_are_paths(category: str | None, kind: str | None, path: str) -> None:
    assert category_path(category, kind) == path
    assert all(value.count("/") == 1 for value in CATEGORY_OF.values())


@generated
async def test_lines_that_are_not_marked_as_derived_add_up_to_the_benchmarks_plain_sums(
    database: Database, benchmark: Path
) -> None:
    await import_tpcds(database, benchmark, NOW)
    plain = truth(
        benchmark, "SELECT sum(ws_quantity), CAST(100 * sum(ws_net_paid_inc_tax) AS BIGINT) FROM web_sales"
    )
    told = await one(
        database,
        """SELECT sum(CASE WHEN CAST(attributes AS TEXT) LIKE '%"quantity"%' THEN 0 ELSE quantity END) AS units,
        sum(CASE WHEN CAST(attributes AS TEXT) LIKE '%"paid"%' THEN 0 ELSE paid_minor END) AS paid
        FROM order_lines""",
    )
    assert told == plain

"""Are the invariants really there? The live catalogue of either server against the list that we promise."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from tests.storage.promised import CHECKS, FOREIGN_KEYS, INDEXES, UNIQUE

HISTORY = "tortoise_migrations"


async def sqlite_tables(database: Database) -> dict[str, str]:
    rows = await database.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return {row["name"]: row["sql"] for row in rows if row["name"] not in {HISTORY, "sqlite_sequence"}}


async def checks(database: Database) -> dict[str, set[str]]:
    if database.dialect == "sqlite":
        found = {
            table: set(re.findall(r'CONSTRAINT "(ck_\w+)" CHECK', sql))
            for table, sql in (await sqlite_tables(database)).items()
        }
    else:
        rows = await database.rows(
            "SELECT conrelid::regclass::text AS owner, conname::text AS name FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND convalidated"
        )
        found = {}
        for row in rows:
            found.setdefault(row["owner"], set()).add(row["name"])
    return {
        table: {name.removeprefix(f"ck_{table}_") for name in names} for table, names in found.items() if names
    }


async def foreign_keys(database: Database) -> set[tuple[str, str, str, str]]:
    if database.dialect == "sqlite":
        return {
            (table, row["from"], row["table"], row["on_delete"])
            for table in await sqlite_tables(database)
            for row in await database.rows(f'PRAGMA foreign_key_list("{table}")')
        }
    rows = await database.rows(
        "SELECT c.conrelid::regclass::text AS owner, a.attname::text AS col,"
        " c.confrelid::regclass::text AS target,"
        " CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' ELSE '?' END AS gone"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace"
    )
    return {(row["owner"], row["col"], row["target"], row["gone"]) for row in rows}


async def indexes(database: Database, *, unique: bool) -> set[tuple[str, str]]:
    """Table and columns, "?" for an expression, of every index but the primary keys'."""
    if database.dialect == "sqlite":
        return {
            (
                table,
                ",".join(
                    row["name"] or "?" for row in await database.rows(f'PRAGMA index_info("{index["name"]}")')
                ),
            )
            for table in await sqlite_tables(database)
            for index in await database.rows(f'PRAGMA index_list("{table}")')
            if bool(index["unique"]) is unique and index["origin"] != "pk"
        }
    rows = await database.rows(
        "SELECT i.indrelid::regclass::text AS owner, (SELECT string_agg(coalesce(a.attname, '?'), ','"
        " ORDER BY k.place)"
        " FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)"
        " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number) AS cols"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace"
        " AND NOT i.indisprimary AND i.indisvalid AND i.indisunique = ?",
        unique,
    )
    return {(row["owner"], row["cols"]) for row in rows if row["owner"] != HISTORY}


async def test_every_check_stands_in_the_live_database(database: Database) -> None:
    assert await checks(database) == CHECKS


async def test_every_foreign_key_stands_in_the_live_database(database: Database) -> None:
    assert await foreign_keys(database) == FOREIGN_KEYS


async def test_every_unique_key_and_index_stands_in_the_live_database(database: Database) -> None:
    assert await indexes(database, unique=True) == UNIQUE
    assert await indexes(database, unique=False) == INDEXES


def test_every_foreign_key_leads_an_index() -> None:
    leading = {(table, columns.split(",")[0]) for table, columns in UNIQUE | INDEXES}

    assert {(table, column) for table, column, _, _ in FOREIGN_KEYS} <= leading


async def test_keyset_pages_of_a_customers_orders_read_their_index(database: Database) -> None:
    sql = (
        "SELECT id FROM orders WHERE customer_id = ? AND (placed_at, id) < (?, ?) ORDER BY placed_at DESC, id DESC"
    )
    args = (new_id(), datetime(2026, 1, 1, tzinfo=UTC), new_id())
    if database.dialect == "sqlite":
        (plan,) = await database.rows(f"EXPLAIN QUERY PLAN {sql} LIMIT 20", *args)
        assert "idx_orders_custome" in plan["detail"]
    else:

        async def explain(connection: Connection) -> list[dict[str, Any]]:
            await connection.execute("SET LOCAL enable_seqscan = off")
            await connection.execute("SET LOCAL enable_sort = off")
            return await connection.rows(f"EXPLAIN {sql} LIMIT 20", *args)

        assert any("idx_orders_custome" in row["QUERY PLAN"] for row in await database.run_tx(explain))


BROKEN = [
    ("order_lines", "quantity_held = 4"),
    ("order_lines", "quantity_held = -1"),
    ("order_lines", "quantity = 0, quantity_held = 0"),
    ("order_lines", "refunded_minor = 600, held_minor = 401"),
    ("order_lines", "tax_minor = 1001"),
    ("order_lines", "paid_minor = -1, tax_minor = -1"),
    ("orders", "refunded_minor = 600, held_minor = 401"),
    ("orders", "captured_minor = 1001"),
    ("orders", "held_minor = -1"),
    ("orders", "currency = 'SG'"),
    ("orders", "delivered_at = '2025-12-31 00:00:00+00:00'"),
]


@pytest.mark.parametrize(("table", "change"), BROKEN)
async def test_a_row_that_breaks_an_invariant_is_refused(database: Database, table: str, change: str) -> None:
    await database.run_tx(an_order_of_three)

    with pytest.raises(IntegrityError):
        await database.run_tx(lambda tx: tx.execute(f"UPDATE {table} SET {change}"))


async def test_the_last_unit_and_the_last_cent_may_be_held(database: Database) -> None:
    await database.run_tx(an_order_of_three)

    taken = "UPDATE order_lines SET quantity_held = 3, refunded_minor = 600, held_minor = 400"
    assert await database.run_tx(lambda tx: tx.execute(taken)) == 1


async def an_order_of_three(connection: Connection) -> None:
    """Three units for 10.00, captured."""
    customer, merchant, order = new_id(), new_id(), new_id()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await insert(connection, "customers", id=customer, external_id="c", display_name="C", market="SG")
    await insert(connection, "merchants", id=merchant, external_id="m", name="M", markets="[]")
    sums = {"total_minor": 1000, "shipping_fee_minor": 0, "captured_minor": 1000}
    nothing = {"held_minor": 0, "refunded_minor": 0}
    words: dict[str, Any] = {
        "number_folded": "n",
        "market": "SG",
        "currency": "SGD",
        "channel": "web",
        "status": "PAID",
    }
    source: dict[str, Any] = {"source_updated_at": at, "source_digest": "d", "placed_at": at, "attributes": "{}"}
    await insert(
        connection, "orders", id=order, number="N", customer_id=customer, **words, **source, **sums, **nothing
    )
    money = {
        "unit_price_minor": 400,
        "discount_minor": 200,
        "tax_minor": 0,
        "paid_minor": 1000,
        "shipping_minor": 0,
    }
    goods: dict[str, Any] = {
        "external_id": "1",
        "sku": "S",
        "title": "T",
        "title_folded": "t",
        "category": "c",
        "attributes": "{}",
    }
    place = {"id": new_id(), "order_id": order, "merchant_id": merchant, "position": 0}
    await insert(connection, "order_lines", **place, **goods, quantity=3, quantity_held=0, **money, **nothing)


async def insert(connection: Connection, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    await connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())

"""Is ingest repeatable? The same changes nothing, the old never beats the new, the bad stay alone."""

import asyncio
import random
from typing import Any

import pytest

from bff.orders.records import OrderRecord, read_record
from bff.orders.upsert import Rejection, UpsertOutcome, check_all, upsert, upsert_in
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from tests.orders.an_order import an_order_json

TABLES = (
    "customers",
    "segment_memberships",
    "merchants",
    "products",
    "variants",
    "orders",
    "order_lines",
    "payments",
)


def an_order(number: str = "N-1", **changed: Any) -> OrderRecord:
    return read_record(an_order_json(number, **changed))


def line(i: int, **changed: Any) -> dict[str, Any]:
    lines: list[dict[str, Any]] = an_order_json()["lines"]
    return {**lines[i], **changed}


async def counts(database: Database) -> dict[str, int]:
    found = {table: await database.rows(f"SELECT count(*) AS n FROM {table}") for table in TABLES}
    return {table: rows[0]["n"] for table, rows in found.items()}


async def one(database: Database, sql: str) -> dict[str, Any]:
    (row,) = await database.rows(sql)
    return row


async def test_a_new_order_brings_all_who_take_part(database: Database) -> None:
    outcome = await upsert(database, [an_order()])

    assert outcome == UpsertOutcome(created=1)
    assert await counts(database) == dict(zip(TABLES, (1, 1, 1, 1, 1, 1, 2, 1), strict=True))
    order = await one(database, "SELECT total_minor, shipping_fee_minor, captured_minor, held_minor FROM orders")
    assert order == {"total_minor": 10_500, "shipping_fee_minor": 500, "captured_minor": 10_500, "held_minor": 0}
    lines = "SELECT sku, quantity, quantity_held, paid_minor, shipping_minor FROM order_lines ORDER BY position"
    assert [tuple(row.values()) for row in await database.rows(lines)] == [
        ("SOCK", 3, 0, 3_000, 150),
        ("SHOE", 1, 0, 7_000, 350),
    ]


async def test_the_same_order_again_changes_nothing(database: Database) -> None:
    await upsert(database, [an_order()])
    before = await database.rows("SELECT * FROM orders")

    assert await upsert(database, [an_order(), an_order()]) == UpsertOutcome(unchanged=2)
    assert await database.rows("SELECT * FROM orders") == before


async def test_a_newer_order_overwrites_and_what_it_no_longer_names_goes(database: Database) -> None:
    await upsert(database, [an_order()])
    shoes = [line(1, title="Better shoes")]
    payments = [{"externalId": "q", "method": "WALLET", "captured": "75.00", "label": "Pay"}]
    later = an_order(lines=shoes, payments=payments, updatedAt="2026-05-05T00:00:00Z")

    assert await upsert(database, [later]) == UpsertOutcome(updated=1)
    assert await database.rows("SELECT title, shipping_minor FROM order_lines") == [
        {"title": "Better shoes", "shipping_minor": 500}
    ]
    assert await database.rows("SELECT external_id, captured_minor FROM payments") == [
        {"external_id": "q", "captured_minor": 7_500}
    ]


@pytest.mark.parametrize("updated", ["2026-05-04T10:00:00Z", "2026-05-04T18:00:00.5+08:00"])
async def test_an_older_order_never_overwrites_a_newer_one(database: Database, updated: str) -> None:
    await upsert(database, [an_order()])

    outcome = await upsert(database, [an_order(status="COMPLETED", updatedAt=updated)])

    assert outcome == UpsertOutcome(unchanged=1)
    assert await one(database, "SELECT status FROM orders") == {"status": "DELIVERED"}


async def test_of_one_number_twice_in_a_batch_the_newest_stays(database: Database) -> None:
    newest = an_order(status="COMPLETED", updatedAt="2026-05-09T00:00:00Z")
    middle = an_order(updatedAt="2026-05-06T00:00:00Z")

    outcome = await upsert(database, [an_order(), newest, middle])

    assert outcome == UpsertOutcome(created=1, updated=1, unchanged=1)
    assert await one(database, "SELECT status FROM orders") == {"status": "COMPLETED"}


async def test_bad_orders_are_told_by_index_and_the_good_ones_apply(database: Database) -> None:
    batch = [
        an_order("A"),
        an_order("B", shippingFee="5.01"),
        an_order("C"),
        an_order("D", lines=[line(0, tax="x")]),
    ]

    outcome = await upsert(database, batch)

    assert (outcome.created, outcome.rejected_orders) == (2, 2)
    assert outcome.rejected == [
        Rejection(
            1,
            "orders[1].payments",
            "add up to 105.00, not to the 105.01 that the lines and shipping cost",
        ),
        Rejection(3, "orders[3].lines[0].tax", "'x' is not a plain decimal, such as \"199.90\""),
    ]
    assert {row["number"] for row in await database.rows("SELECT number FROM orders")} == {"A", "C"}


async def a_case_on_the_socks(connection: Connection) -> None:
    """Two of three socks in a case, 10.00 refunded and 5.00 held."""
    (row,) = await connection.rows(
        "SELECT l.id AS line, l.order_id, l.merchant_id, o.customer_id FROM order_lines l"
        " JOIN orders o ON o.id = l.order_id WHERE l.sku = 'SOCK'"
    )
    case = new_id()
    await connection.execute(
        "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution, liable_party,"
        " liability_basis, liability_final, requested_at, updated_at, currency, version)"
        " SELECT ?, 'K', ?, ?, ?, 'APPROVED',"
        " 'RETURN_AND_REFUND', 'CUSTOMER', 'x', 1 = 1, placed_at, placed_at, currency, 1 FROM orders",
        *(case, row["order_id"], row["customer_id"], row["merchant_id"]),
    )
    await connection.execute(
        "INSERT INTO case_lines (id, case_id, order_line_id, quantity, reason, refundable_minor, refunded_minor,"
        " units, worth_minor) VALUES (?, ?, ?, 2, 'CHANGE_OF_MIND', 1500, 1000, '[[0,2]]', 2000)",
        *(new_id(), case, row["line"]),
    )
    await connection.execute(
        "UPDATE order_lines SET quantity_held = 2, held_units = '[[0,2]]', refunded_minor = 1000, held_minor = 500"
        " WHERE sku = 'SOCK'"
    )
    await connection.execute("UPDATE orders SET refunded_minor = 1000, held_minor = 500")
    await connection.execute("UPDATE payments SET refunded_minor = 1000")


LATER = "2026-06-01T00:00:00Z"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"lines": [line(1)], "captured": "75.00"}, ["lines"]),
        (
            {"lines": [line(0, quantity=1, unitPrice="30.00", discount="0"), line(1)]},
            ["lines[0].quantity"],
        ),
        (
            {"lines": [line(0, unitPrice="4.00", discount="0", paid="12.00"), line(1)], "captured": "87.00"},
            ["lines[0].paid", "lines[0].paid"],
        ),
        ({"lines": [line(0, merchantExternalId="other"), line(1)]}, ["lines[0].merchantExternalId"]),
        ({"customer": {"externalId": "eve", "displayName": "Eve"}}, ["customer.externalId"]),
        ({"currency": "EUR"}, ["currency"]),
        ({"market": "DE"}, ["market"]),
        ({"shippingFee": "6.00", "captured": "106.00"}, ["lines[0].paid"]),
        ({"status": "CANCELLED", "captured": "9.99"}, ["payments", "payments[0].captured"]),
        ({"payments": [{"externalId": "q", "method": "CARD", "captured": "105.00", "label": "V"}]}, ["payments"]),
    ],
)
async def test_what_a_case_holds_an_update_does_not_take_away(
    database: Database, changed: dict[str, Any], fields: list[str]
) -> None:
    await upsert(database, [an_order()])
    await database.run_tx(a_case_on_the_socks)
    before = [await database.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES]
    captured = changed.pop("captured", "105.00")
    payments = [{"externalId": "p", "method": "CARD", "captured": captured, "label": "Visa"}]

    outcome = await upsert(database, [an_order(**{"payments": payments, "updatedAt": LATER, **changed})])

    assert [rejection.field for rejection in outcome.rejected] == [f"orders[0].{field}" for field in fields]
    assert [await database.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES] == before


async def test_an_update_beside_a_case_keeps_what_the_case_holds(database: Database) -> None:
    await upsert(database, [an_order()])
    await database.run_tx(a_case_on_the_socks)

    assert await upsert(database, [an_order(status="COMPLETED", updatedAt=LATER)]) == UpsertOutcome(updated=1)
    held = "SELECT quantity_held, refunded_minor, held_minor FROM order_lines WHERE sku = 'SOCK'"
    assert await one(database, held) == {"quantity_held": 2, "refunded_minor": 1_000, "held_minor": 500}


async def test_a_constraint_that_nobody_foresaw_costs_one_order_only(database: Database) -> None:
    await upsert(database, [an_order("A")])
    # Units held without a case's row: the checks see them, but not a second writer's in between.
    await database.run_tx(lambda tx: tx.execute("UPDATE orders SET status = 'PAID'"))
    trigger = {
        "sqlite": "CREATE TRIGGER no_b BEFORE INSERT ON orders WHEN new.number = 'B'"
        " BEGIN SELECT RAISE(ABORT, 'not B'); END",
        "postgres": "ALTER TABLE orders ADD CONSTRAINT no_b CHECK (number <> 'B')",
    }
    await database.run_tx(lambda tx: tx.execute(trigger[database.dialect]))

    outcome = await upsert(database, [an_order("C"), an_order("B"), an_order("D")])

    assert (outcome.created, [rejection.index for rejection in outcome.rejected]) == (2, [1])
    assert outcome.rejected[0].reason == "breaks a rule of the database that no check foresaw"


async def test_two_ingests_of_one_order_at_once_make_one_order(database: Database) -> None:
    outcomes = await asyncio.gather(*[upsert(database, [an_order("A"), an_order("B")]) for _ in range(6)])

    assert sum(outcome.created for outcome in outcomes) == 2
    assert sum(outcome.unchanged for outcome in outcomes) == 10
    assert (await counts(database))["order_lines"] == 4


async def test_twenty_callers_with_one_new_order_make_it_once_and_none_is_refused(database: Database) -> None:
    outcomes = await asyncio.gather(*[upsert(database, [an_order("A")]) for _ in range(20)])

    assert [outcome.rejected for outcome in outcomes] == [[]] * 20
    assert sum(outcome.created for outcome in outcomes) == 1
    assert sum(outcome.unchanged for outcome in outcomes) == 19


async def test_of_twenty_versions_at_once_the_newest_stays(database: Database) -> None:
    versions = [
        an_order("A", updatedAt=f"2026-05-05T00:00:{second:02}Z", externalId=f"v{second}") for second in range(20)
    ]

    outcomes = await asyncio.gather(*[upsert(database, [version]) for version in versions])

    assert [outcome.rejected for outcome in outcomes] == [[]] * 20
    assert sum(outcome.created for outcome in outcomes) == 1
    assert await one(database, "SELECT external_id FROM orders") == {"external_id": "v19"}


async def test_batches_of_the_same_new_orders_in_any_sequence_never_wait_in_a_circle(database: Database) -> None:
    orders = [
        an_order(f"N{i:02}", customer={"externalId": f"c{i}", "displayName": "Cy", "segments": ["new"]})
        for i in range(30)
    ]
    attempts = 0

    async def take(turn: int) -> UpsertOutcome:
        shuffled = random.Random(turn).sample(orders, k=30)  # noqa: S311 - a shuffle, no secret

        async def work(connection: Connection) -> UpsertOutcome:
            nonlocal attempts
            attempts += 1
            return await upsert_in(connection, check_all(shuffled))

        return await database.run_tx(work)

    outcomes = await asyncio.gather(*[take(turn) for turn in range(16)])

    assert attempts == 16  # a deadlock's victim would have run anew
    assert [outcome.rejected for outcome in outcomes] == [[]] * 16
    assert sum(outcome.created for outcome in outcomes) == 30
    assert sum(outcome.unchanged for outcome in outcomes) == 15 * 30


async def test_customers_are_renamed_by_their_newest_order_and_keep_their_segments(database: Database) -> None:
    await upsert(database, [an_order()])
    renamed = {"externalId": "ada", "displayName": "Ada L.", "segments": ["premium"]}
    await upsert(database, [an_order("N-2", customer=renamed, updatedAt=LATER)])

    assert await one(database, "SELECT display_name, email FROM customers") == {
        "display_name": "Ada L.",
        "email": "ada@example.com",
    }
    segments = await database.rows("SELECT segment FROM segment_memberships ORDER BY segment")
    assert segments == [{"segment": "new"}, {"segment": "premium"}]


async def test_a_page_of_orders_costs_a_fixed_number_of_statements(database: Database) -> None:
    await upsert(database, [an_order()])
    before = database.statements
    await upsert(database, [an_order(f"X{i}") for i in range(300)])
    many = database.statements - before
    before = database.statements
    await upsert(database, [an_order("Y")])

    assert many == database.statements - before


async def test_two_merchants_may_use_one_sku_for_different_goods(database: Database) -> None:
    shoe = line(1, sku="X-1", productExternalId="shoe")
    mug = line(0, sku="X-1", productExternalId="mug", merchantExternalId="other", merchantName="Other")
    outcome = await upsert(database, [an_order(lines=[mug, shoe])])

    assert outcome == UpsertOutcome(created=1)
    found = await database.rows(
        "SELECT p.external_id AS product, p.merchant_id = v.merchant_id AS own FROM variants v"
        " JOIN products p ON p.id = v.product_id WHERE v.sku = 'X-1' ORDER BY p.external_id"
    )
    assert [(row["product"], bool(row["own"])) for row in found] == [("mug", True), ("shoe", True)]

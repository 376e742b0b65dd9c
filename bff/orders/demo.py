"""How is the demo shop opened? Catalogue, customers, orders and one used quota, added where they lack."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.markets import market
from bff.money import parse_minor, units_share
from bff.orders.demo_shop import DemoCase, DemoShop, ago, read_shop, record_of
from bff.orders.parties import Named, add_products, add_variants, as_json, product_ids
from bff.orders.upsert import UpsertOutcome, check_all, upsert_in
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.vocabulary import CaseStatus, LiableParty, Resolution

DEMO_CUSTOMER = "alice-premium"  # whom the examples are asked for
USED_QUOTA = ("premium_tier.instant_refund", 1)


async def load_demo(database: Database, now: datetime) -> UpsertOutcome:
    """Adds what the demo shop lacks, dated from `now`; what is there stays as its users left it.

    Loading it a second time therefore adds nothing, whatever the clock says by then.
    """
    shop = read_shop()
    return await database.run_tx(lambda connection: _load(connection, shop, now))


async def _load(connection: Connection, shop: DemoShop, now: datetime) -> UpsertOutcome:
    await _add_catalogue(connection, shop)
    sql, listed = connection.among("number", [order.number for order in shop.orders])
    known = {row["number"] for row in await connection.rows(f"SELECT number FROM orders WHERE {sql}", listed)}
    fresh = [order for order in shop.orders if order.number not in known]
    outcome = await upsert_in(connection, check_all([record_of(shop, order, now) for order in fresh]))
    for order in fresh:
        if order.case is not None:
            await _add_case(connection, order.number, order.case, now)
    await _use_quota(connection, now)
    return outcome


async def _add_catalogue(connection: Connection, shop: DemoShop) -> None:
    merchants = await _add_merchants(connection, shop)
    await add_products(
        connection,
        [(new_id(), merchants[each.merchant], each.id, each.title, each.category) for each in shop.products],
    )
    ids = await product_ids(connection, [product.id for product in shop.products])
    rows: list[tuple[Any, ...]] = []
    for product in shop.products:
        key = ids[(merchants[product.merchant], product.id)]
        for currency, price in product.prices.items():
            minor = parse_minor(price, currency)
            rows += [(new_id(), key, sku, words, currency, minor, n, None) for sku, words, n in product.variants]
    await add_variants(connection, rows)


async def _add_merchants(connection: Connection, shop: DemoShop) -> dict[str, UUID]:
    await connection.execute_many(
        "INSERT INTO merchants (id, external_id, name, markets) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(new_id(), name, title, as_json([])) for name, title in sorted(shop.merchants.items())],
    )
    sql, listed = connection.among("external_id", list(shop.merchants))
    found = await connection.structs(Named, f"SELECT id, external_id FROM merchants WHERE {sql}", listed)
    return {one.external_id: one.id for one in found}


class _CaseLine(Struct, frozen=True):
    """What a case needs to know of the line that it is about."""

    id: UUID
    order_id: UUID
    customer_id: UUID
    merchant_id: UUID
    quantity: int
    paid: int
    shipping: int
    currency: str


async def _add_case(connection: Connection, number: str, case: DemoCase, now: datetime) -> None:
    (line,) = await connection.structs(
        _CaseLine,
        "SELECT l.id, o.id, o.customer_id, l.merchant_id, l.quantity, l.paid_minor, l.shipping_minor, o.currency"
        " FROM order_lines l"
        " JOIN orders o ON o.id = l.order_id WHERE o.number = ? AND l.external_id = ?",
        number,
        case.line,
    )
    done = case.status == CaseStatus.COMPLETED
    units = f"[[0,{case.quantity}]]"
    worth, shipping = (units_share(minor, line.quantity, 0, case.quantity) for minor in (line.paid, line.shipping))
    refunded = worth if done else 0
    key, at = new_id(), ago(now, case.requested)
    await connection.execute(
        "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution, liable_party,"
        " liability_basis, liability_final, requested_at, updated_at, currency, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        *(key, f"{number}-C1", line.order_id, line.customer_id, line.merchant_id, case.status),
        *(Resolution.RETURN_AND_REFUND, LiableParty.CUSTOMER, "no_reason_return", done, at, at, line.currency),
    )
    await connection.execute(
        "INSERT INTO case_lines (id, case_id, order_line_id, quantity, reason, refundable_minor, refunded_minor,"
        " units, worth_minor, shipping_minor, received_quantity, accepted_quantity)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(new_id(), key, line.id, case.quantity, case.reason, worth, refunded, units, worth, shipping),
        *([case.quantity if done else 0] * 2),
    )
    held = "UPDATE order_lines SET quantity_held = ?, held_units = ?, refunded_minor = refunded_minor + ?"
    await connection.execute(f"{held} WHERE id = ?", case.quantity, units, refunded, line.id)
    for table, column in (("orders", "id"), ("payments", "order_id")):
        booked = f"UPDATE {table} SET refunded_minor = refunded_minor + ? WHERE {column} = ?"
        await connection.execute(booked, refunded, line.order_id)


async def _use_quota(connection: Connection, now: datetime) -> None:
    """One of this month's instant refunds is used up, unless the quota was counted before."""
    (customer,) = await connection.structs(
        Named, "SELECT id, external_id FROM customers WHERE external_id = ?", DEMO_CUSTOMER
    )
    calendar = market("SG")
    first = calendar.local_day(now).replace(day=1)
    next_first = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    code, used = USED_QUOTA
    if await connection.rows("SELECT 1 FROM quota_usages WHERE customer_id = ? AND code = ?", customer.id, code):
        return
    await connection.execute(
        "INSERT INTO quota_usages (id, customer_id, code, period_start, resets_at, used)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        *(new_id(), customer.id, code, calendar.start_of_day(first), calendar.start_of_day(next_first), used),
    )

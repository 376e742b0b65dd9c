"""Who takes part in these orders? Merchants, customers, segments and catalogue entries, made where they lack."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.money import parse_minor
from bff.orders.records import CustomerRecord, OrderRecord
from bff.storage.database import Connection
from bff.storage.fields import new_id


class Parties(Struct, frozen=True):
    """Ids by external id."""

    merchants: dict[str, UUID]
    customers: dict[str, UUID]


class Named(Struct, frozen=True):
    """An id and the external name it stands for."""

    id: UUID
    external_id: str


class _KnownMerchant(Struct, frozen=True):
    id: UUID
    external_id: str
    name: str
    markets: list[str]


class _KnownCustomer(Struct, frozen=True):
    id: UUID
    external_id: str
    display_name: str
    email: str | None


async def take_part(connection: Connection, records: Sequence[OrderRecord]) -> Parties:
    """Everybody in the records, known or new, in a fixed number of statements."""
    merchants = await _merchants(connection, records)
    customers = await _customers(connection, records)
    await _segments(connection, records, customers)
    await _catalogue(connection, records, merchants)
    return Parties(merchants, customers)


async def _merchants(connection: Connection, records: Sequence[OrderRecord]) -> dict[str, UUID]:
    names: dict[str, str] = {}
    markets: dict[str, set[str]] = {}
    for record in records:
        for line in record.lines:
            names[line.merchant_external_id] = line.merchant_name
            markets.setdefault(line.merchant_external_id, set()).add(record.market)

    async def find(wanted: Iterable[str]) -> dict[str, _KnownMerchant]:
        sql, listed = connection.among("external_id", list(wanted))
        text = f"SELECT id, external_id, name, markets FROM merchants WHERE {sql}"
        return {one.external_id: one for one in await connection.structs(_KnownMerchant, text, listed)}

    known = await find(names)
    fresh = sorted(names.keys() - known.keys())
    if fresh:
        await connection.execute_many(
            "INSERT INTO merchants (id, external_id, name, markets) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(new_id(), name, names[name], as_json(sorted(markets[name]))) for name in fresh],
        )
        known |= await find(fresh)
    widened = [
        (as_json(sorted({*one.markets, *markets[one.external_id]})), one.id)
        for _, one in sorted(known.items())
        if not markets[one.external_id] <= set(one.markets)
    ]
    if widened:
        await connection.execute_many("UPDATE merchants SET markets = ? WHERE id = ?", widened)
    return {name: one.id for name, one in known.items()}


async def _customers(connection: Connection, records: Sequence[OrderRecord]) -> dict[str, UUID]:
    latest: dict[str, OrderRecord] = {}
    for record in sorted(records, key=lambda record: record.updated_at):
        latest[record.customer.external_id] = record

    async def find(wanted: Iterable[str]) -> dict[str, _KnownCustomer]:
        sql, listed = connection.among("external_id", list(wanted))
        text = f"SELECT id, external_id, display_name, email FROM customers WHERE {sql}"
        return {one.external_id: one for one in await connection.structs(_KnownCustomer, text, listed)}

    known = await find(latest)
    fresh = sorted(latest.keys() - known.keys())
    renamed = [
        (record.customer.display_name, record.customer.email or one.email, one.id)
        for name, one in sorted(known.items())
        if _differs(one, (record := latest[name]).customer)
    ]
    if renamed:
        await connection.execute_many("UPDATE customers SET display_name = ?, email = ? WHERE id = ?", renamed)
    if fresh:
        await connection.execute_many(
            "INSERT INTO customers (id, external_id, display_name, email, market) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [
                (new_id(), name, person.display_name, person.email, latest[name].market)
                for name in fresh
                for person in [latest[name].customer]
            ],
        )
        known |= await find(fresh)
    return {name: one.id for name, one in known.items()}


def _differs(known: _KnownCustomer, said: CustomerRecord) -> bool:
    return known.display_name != said.display_name or (said.email or known.email) != known.email


async def _segments(connection: Connection, records: Sequence[OrderRecord], customers: dict[str, UUID]) -> None:
    joined = {
        (customers[record.customer.external_id], segment)
        for record in records
        for segment in record.customer.segments
    }
    if joined:
        await connection.execute_many(
            "INSERT INTO segment_memberships (id, customer_id, segment) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(new_id(), customer, segment) for customer, segment in sorted(joined)],
        )


async def _catalogue(connection: Connection, records: Sequence[OrderRecord], merchants: dict[str, UUID]) -> None:
    """Products and variants that lines name, at the line's price and without stock; those known stay."""
    named = [
        (record, line, merchants[line.merchant_external_id], line.product_external_id)
        for record in records
        for line in record.lines
        if line.product_external_id is not None
    ]
    if not named:
        return
    products = {
        (merchant, product): (new_id(), merchant, product, line.title, line.category)
        for _, line, merchant, product in named
    }
    await add_products(connection, products.values())
    ids = await product_ids(connection, {product for _, product in products})
    variants = {
        (merchant, line.sku, record.currency): (
            new_id(),
            ids[(merchant, product)],
            line.sku,
            line.variant,
            record.currency,
            parse_minor(line.unit_price, record.currency),
            0,
            line.image_url,
        )
        for record, line, merchant, product in named
    }
    await add_variants(connection, variants.values())


async def add_products(connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Products as (id, merchant id, external id, title, category); those known stay as they are."""
    await connection.execute_many(
        "INSERT INTO products (id, merchant_id, external_id, title, category) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        sorted(rows, key=_by(1, 2)),
    )


async def add_variants(connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Variants as (id, product id, sku, variant, currency, price, stock, image); those known stay as they are."""
    await connection.execute_many(
        "INSERT INTO variants (id, product_id, merchant_id, sku, variant, currency, price_minor, stock, reserved,"
        " image_url) VALUES (?, ?, (SELECT merchant_id FROM products WHERE id = ?), ?, ?, ?, ?, ?, 0, ?)"
        " ON CONFLICT DO NOTHING",
        [(key, product, product, *rest) for key, product, *rest in sorted(rows, key=_by(2, 4, 1))],
    )


def _by(*columns: int) -> Callable[[Sequence[Any]], list[str]]:
    """Rows go in by their keys, so that two ingests never wait for each other in a circle."""
    return lambda row: [str(row[column]) for column in columns]


class _Product(Struct, frozen=True):
    id: UUID
    merchant_id: UUID
    external_id: str


async def product_ids(connection: Connection, names: Iterable[str]) -> dict[tuple[UUID, str], UUID]:
    """(merchant id, external id) -> product id."""
    sql, listed = connection.among("external_id", sorted(names))
    found = await connection.structs(
        _Product,
        f"SELECT id, merchant_id, external_id FROM products WHERE {sql}",
        listed,
    )
    return {(one.merchant_id, one.external_id): one.id for one in found}


def as_json(value: Any) -> str:
    """A JSON column's text, the same for the same value."""
    if value == {}:
        return "{}"  # as most attributes are
    return msgspec.json.encode(value, order="deterministic").decode()

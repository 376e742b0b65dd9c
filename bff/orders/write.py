"""How is an order laid out in rows? Orders, lines, payments and parcels, each kind in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bff.orders.check import OrderAmounts
from bff.orders.parties import Parties, as_json
from bff.orders.records import OrderRecord
from bff.orders.stored import StoredOrder
from bff.storage.database import Connection
from bff.storage.fields import new_id_text
from bff.storage.folding import folded


class Checked(Protocol):
    """A record with its amounts and digest."""

    @property
    def record(self) -> OrderRecord: ...
    @property
    def amounts(self) -> OrderAmounts: ...
    @property
    def digest(self) -> str: ...


# In each statement the row's id and order_id come last, and are set once.
ORDER_COLUMNS = (
    "external_id, customer_id, market, currency, channel, status, placed_at, delivered_at, total_minor,"
    " shipping_fee_minor, captured_minor, attributes, source_updated_at, source_digest, number_folded"
)
LINE_COLUMNS = (
    "merchant_id, position, sku, title, title_folded, variant, category, image_url, quantity, unit_price_minor,"
    " discount_minor, tax_minor, paid_minor, shipping_minor, attributes"
)
PAYMENT_COLUMNS = "method, captured_minor, label"
SHIPMENT_COLUMNS = "carrier, tracking_number, status, shipped_at, delivered_at, line_external_ids"

NEW_ORDERS = (
    f"INSERT INTO orders ({ORDER_COLUMNS}, held_minor, refunded_minor, number, id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)"
)
CHANGED_ORDERS = (
    "UPDATE orders SET external_id = ?, customer_id = ?, market = ?, currency = ?, channel = ?, status = ?,"
    " placed_at = ?, delivered_at = ?, total_minor = ?, shipping_fee_minor = ?, captured_minor = ?,"
    " attributes = ?, source_updated_at = ?, source_digest = ?, number_folded = ? WHERE number = ? AND id = ?"
)


def _upserting(table: str, columns: str, zeroes: str = "") -> str:
    """INSERT by (order, external id), or an UPDATE of what the source may change."""
    names = columns.split(", ")
    marks = ", ".join("?" * len(names))
    also = "".join(f", {name}" for name in zeroes.split())
    none = ", 0" * len(zeroes.split())
    news = ", ".join(f"{name} = excluded.{name}" for name in names)
    return (
        f"INSERT INTO {table} ({columns}{also}, external_id, order_id, id) VALUES ({marks}{none}, ?, ?, ?)"
        f" ON CONFLICT (order_id, external_id) DO UPDATE SET {news}"
    )


LINES = _upserting("order_lines", LINE_COLUMNS, "quantity_held held_minor refunded_minor")
PAYMENTS = _upserting("payments", PAYMENT_COLUMNS, "refunded_minor")
SHIPMENTS = _upserting("shipments", SHIPMENT_COLUMNS)


async def write_orders(
    connection: Connection, orders: Sequence[tuple[Checked, StoredOrder | None]], parties: Parties
) -> None:
    """Writes new orders, and old ones over what is stored of them; the checks have all been made."""
    merchants = {name: str(key) for name, key in parties.merchants.items()}
    customers = {name: str(key) for name, key in parties.customers.items()}
    fresh = [(one, new_id_text()) for one, old in orders if old is None]
    changed = [(one, str(old.head.id)) for one, old in orders if old is not None]
    taken = fresh + changed
    await _many(connection, NEW_ORDERS, [_order(one, key, customers) for one, key in fresh])
    await _many(connection, CHANGED_ORDERS, [_order(one, key, customers) for one, key in changed])
    await _forget_parts(connection, changed)
    await _many(connection, LINES, [row for one, key in taken for row in _lines(one, key, merchants)])
    await _many(connection, PAYMENTS, [row for one, key in taken for row in _payments(one, key)])
    await _many(connection, SHIPMENTS, [row for one, key in taken for row in _shipments(one, key)])


async def _many(connection: Connection, sql: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        await connection.execute_many(sql, rows)


async def _forget_parts(connection: Connection, changed: Sequence[tuple[Checked, str]]) -> None:
    """Lines, payments and parcels that the source no longer names go; `stored.problems` kept what is bound."""
    for table, part in (("order_lines", "lines"), ("payments", "payments"), ("shipments", "shipments")):
        sql, _ = connection.among("external_id", [])
        kept = [[each.external_id for each in getattr(one.record, part)] for one, _ in changed]
        rows = [
            (key, connection.among("external_id", names)[1]) for (_, key), names in zip(changed, kept, strict=True)
        ]
        await _many(connection, f"DELETE FROM {table} WHERE order_id = ? AND NOT ({sql})", rows)


def _order(one: Checked, key: str, customers: Mapping[str, str]) -> tuple[Any, ...]:
    record, amounts = one.record, one.amounts
    return (
        record.external_id,
        customers[record.customer.external_id],
        record.market,
        record.currency,
        record.channel,
        record.status.value,
        record.placed_at,
        record.delivered_at,
        amounts.total,
        amounts.shipping_fee,
        sum(amounts.captured),
        as_json(record.attributes or {}),
        record.updated_at,
        one.digest,
        folded(record.number),
        record.number,
        key,
    )


def _lines(one: Checked, key: str, merchants: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [
        (
            merchants[line.merchant_external_id],
            position,
            line.sku,
            line.title,
            folded(line.title),
            line.variant,
            line.category,
            line.image_url,
            line.quantity,
            money.unit_price,
            money.discount,
            money.tax,
            money.paid,
            money.shipping,
            as_json(line.attributes or {}),
            line.external_id,
            key,
            new_id_text(),
        )
        for position, (line, money) in enumerate(zip(one.record.lines, one.amounts.lines, strict=True))
    ]


def _payments(one: Checked, key: str) -> list[tuple[Any, ...]]:
    return [
        (payment.method.value, captured, payment.label, payment.external_id, key, new_id_text())
        for payment, captured in zip(one.record.payments, one.amounts.captured, strict=True)
    ]


def _shipments(one: Checked, key: str) -> list[tuple[Any, ...]]:
    every = [line.external_id for line in one.record.lines]
    return [
        (
            parcel.carrier,
            parcel.tracking_number,
            parcel.status.value,
            parcel.shipped_at,
            parcel.delivered_at,
            as_json(parcel.lines or every),
            parcel.external_id,
            key,
            new_id_text(),
        )
        for parcel in one.record.shipments
    ]

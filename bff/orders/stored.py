"""What do the tables know of an order already, and may it become what its source says now?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.money import decimal_text
from bff.orders.check import OrderAmounts, Problem
from bff.orders.records import OrderRecord
from bff.storage.database import Connection


class StoredLine(Struct, frozen=True):
    """A line as kept. `bound` are the minor units that refunds hold or have paid."""

    order_id: UUID
    id: UUID
    external_id: str
    merchant: str
    quantity_held: int
    bound: int
    shipping: int
    cases: int


class StoredHead(Struct, frozen=True):
    """An order's own columns that matter to ingest. `bound` as for a line; `cases` counts them."""

    id: UUID
    number: str
    customer: str
    market: str
    currency: str
    source_updated_at: datetime
    source_digest: str
    bound: int
    cases: int


class StoredOrder(Struct, frozen=True):
    """An order as kept: its lines by external id, and what went, or is promised, back to each payment."""

    head: StoredHead
    lines: dict[str, StoredLine]
    refunded: dict[str, int]


class _Payment(Struct, frozen=True):
    order_id: UUID
    external_id: str
    refunded: int


async def find(connection: Connection, numbers: Sequence[str]) -> dict[str, StoredOrder]:
    """The orders of those numbers, locked for the rest of the transaction."""
    sql, listed = connection.among("o.number", numbers)
    # SQLite has locked the whole database already and does not know FOR UPDATE.
    lock = " FOR UPDATE OF o" if connection.dialect == "postgres" else ""
    heads = await connection.structs(
        StoredHead,
        "SELECT o.id, o.number, c.external_id, o.market, o.currency, o.source_updated_at, o.source_digest,"
        " o.held_minor + o.refunded_minor,"
        " (SELECT count(*) FROM cases WHERE cases.order_id = o.id)"
        f" FROM orders o JOIN customers c ON c.id = o.customer_id WHERE {sql} ORDER BY o.number{lock}",
        listed,
    )
    if not heads:
        return {}
    found = {head.id: StoredOrder(head, {}, {}) for head in heads}
    await _add_lines_and_payments(connection, found)
    return {order.head.number: order for order in found.values()}


async def _add_lines_and_payments(connection: Connection, found: dict[UUID, StoredOrder]) -> None:
    sql, listed = connection.among("l.order_id", list(found))
    lines = await connection.structs(
        StoredLine,
        "SELECT l.order_id, l.id, l.external_id, m.external_id, l.quantity_held, l.held_minor + l.refunded_minor,"
        " l.shipping_minor, (SELECT count(*) FROM case_lines WHERE case_lines.order_line_id = l.id)"
        f" FROM order_lines l JOIN merchants m ON m.id = l.merchant_id WHERE {sql}",
        listed,
    )
    for line in lines:
        found[line.order_id].lines[line.external_id] = line
    sql, listed = connection.among("order_id", list(found))
    payments = await connection.structs(
        _Payment,
        f"SELECT order_id, external_id, held_minor + refunded_minor FROM payments WHERE {sql}",
        listed,
    )
    for payment in payments:
        found[payment.order_id].refunded[payment.external_id] = payment.refunded


def problems(old: StoredOrder, record: OrderRecord, amounts: OrderAmounts) -> Iterator[Problem]:
    """Why the stored order cannot become the record: what cases hold and refunds have paid stands."""
    head = old.head
    if head.cases or head.bound:
        if record.market != head.market:
            yield Problem("market", f"was {head.market} when its cases began, whose law and calendar they follow")
        if record.currency != head.currency:
            yield Problem("currency", f"was {head.currency} when money moved, and stays it")
        if record.customer.external_id != head.customer:
            yield Problem("customer.externalId", "is another than the one who has cases on this order")
    if sum(amounts.captured) < head.bound:
        least = decimal_text(head.bound, head.currency)
        yield Problem("payments", f"captured less than the {least} that refunds hold or have paid")
    yield from _payment_problems(old, record, amounts)
    yield from _line_problems(old, record, amounts)


def _payment_problems(old: StoredOrder, record: OrderRecord, amounts: OrderAmounts) -> Iterator[Problem]:
    places = {payment.external_id: i for i, payment in enumerate(record.payments)}
    for name, refunded in old.refunded.items():
        if not refunded:
            continue
        if name not in places:
            yield Problem("payments", f"lacks {name!r}, to which money goes back")
        elif amounts.captured[places[name]] < refunded:
            least = decimal_text(refunded, old.head.currency)
            yield Problem(f"payments[{places[name]}].captured", f"is less than the {least} that goes back to it")


def _line_problems(old: StoredOrder, record: OrderRecord, amounts: OrderAmounts) -> Iterator[Problem]:
    places = {line.external_id: i for i, line in enumerate(record.lines)}
    for name, kept in old.lines.items():
        if not (kept.cases or kept.quantity_held or kept.bound):
            continue
        if name not in places:
            yield Problem("lines", f"lacks {name!r}, which a case is about")
            continue
        i = places[name]
        line, money, place = record.lines[i], amounts.lines[i], f"lines[{i}]"
        if line.merchant_external_id != kept.merchant:
            yield Problem(f"{place}.merchantExternalId", "is another than the one that the case is with")
        if line.quantity < kept.quantity_held:
            yield Problem(f"{place}.quantity", f"is below the {kept.quantity_held} units that cases hold")
        if money.paid < kept.bound:
            least = decimal_text(kept.bound, old.head.currency)
            yield Problem(f"{place}.paid", f"is below the {least} that refunds hold or have paid")
        if money.shipping != kept.shipping:
            yield Problem(f"{place}.paid", "would change the share of shippingFee that a case rests on")

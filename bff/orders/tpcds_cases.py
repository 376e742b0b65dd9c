"""What came back? Each web return as a completed case, its units and money booked on the order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.money import units_share
from bff.orders.tpcds_mapping import OTHER_REASON, REASON_OF
from bff.orders.tpcds_source import Return
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import BASIS_OF, Basis, CaseStatus, LiableParty, Resolution, ReturnReason

LIABLE = {
    Basis.NO_REASON: LiableParty.CUSTOMER,
    Basis.QUALITY: LiableParty.MERCHANT,
    Basis.LOGISTICS: LiableParty.CARRIER,
}
LIABILITY_BASIS = "tpcds.reason"
AFTER_DELIVERY = timedelta(days=7)  # for returns whose date the benchmark leaves out


class SoldLine(Struct, frozen=True):
    """A line that something came back of, as kept."""

    number: str
    item: str
    id: UUID
    order_id: UUID
    customer_id: UUID
    merchant_id: UUID
    quantity: int
    paid: int
    shipping: int
    currency: str
    placed_at: datetime
    delivered_at: datetime | None


class Filed(Struct, frozen=True):
    """A return on its line, with what of it can be booked."""

    line: SoldLine
    case_id: UUID
    number: str
    quantity: int
    worth: int
    refunded: int
    reason: ReturnReason
    at: datetime


async def add_cases(connection: Connection, returns: Sequence[Return]) -> int:
    """Files the returns that are not filed yet; returns of orders that were rejected are left out.

    A refund is bounded by what was paid for the units that came back, and is booked on the line, the order and
    its one payment, so that later cases find only what is left.
    """
    lines = await _lines(connection, returns)
    filed = [file(one, line) for one in returns if (line := lines.get(_place(one)))]
    known = await _known(connection, [one.number for one in filed])
    # By order, as ingest takes them: nobody waits for anybody in a circle.
    fresh = sorted((one for one in filed if one.number not in known), key=lambda one: one.number)
    if fresh:
        await _book(connection, fresh)
    return len(fresh)


def file(one: Return, line: SoldLine) -> Filed:
    """The return as a case of that line."""
    quantity = max(1, min(one.quantity, line.quantity))
    reason = REASON_OF.get(one.reason or "", OTHER_REASON)
    at = (line.delivered_at or line.placed_at) + AFTER_DELIVERY
    if one.returned_at is not None:
        at = max(line.placed_at, one.returned_at.replace(tzinfo=UTC))
    worth = units_share(line.paid, line.quantity, 0, quantity)
    refunded = min(max(0, one.refunded), worth)
    return Filed(line, new_id(), f"TPCDS-{one.order_number}-{one.item_sk}", quantity, worth, refunded, reason, at)


def _place(one: Return) -> tuple[str, str]:
    return f"TPCDS-{one.order_number}", str(one.item_sk)


async def _lines(connection: Connection, returns: Sequence[Return]) -> dict[tuple[str, str], SoldLine]:
    places = [_place(one) for one in returns]
    orders, numbers = connection.among("o.number", sorted({number for number, _ in places}))
    items, keys = connection.among("l.external_id", sorted({item for _, item in places}))
    found = await connection.structs(
        SoldLine,
        "SELECT o.number, l.external_id, l.id, o.id, o.customer_id, l.merchant_id, l.quantity, l.paid_minor,"
        " l.shipping_minor, o.currency, o.placed_at, o.delivered_at FROM orders o"
        f" JOIN order_lines l ON l.order_id = o.id WHERE {orders} AND {items}",
        numbers,
        keys,
    )
    return {(line.number, line.item): line for line in found}


async def _known(connection: Connection, numbers: Sequence[str]) -> set[str]:
    sql, listed = connection.among("number", numbers)
    return {row["number"] for row in await connection.rows(f"SELECT number FROM cases WHERE {sql}", listed)}


async def _book(connection: Connection, fresh: Sequence[Filed]) -> None:
    await connection.execute_many(
        "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution, liable_party,"
        " liability_basis, liability_final, requested_at, updated_at, currency, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        [_case(one) for one in fresh],
    )
    await connection.execute_many(
        "INSERT INTO case_lines (id, case_id, order_line_id, quantity, reason, refundable_minor, refunded_minor,"
        " units, worth_minor, shipping_minor, received_quantity, accepted_quantity)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_case_line(one) for one in fresh],
    )
    await connection.execute_many(
        "UPDATE order_lines SET quantity_held = ?, held_units = ?, refunded_minor = refunded_minor + ?"
        " WHERE id = ?",
        [(one.quantity, _units(one), one.refunded, one.line.id) for one in fresh],
    )
    for table, key in (("orders", "id"), ("payments", "order_id")):
        await connection.execute_many(
            f"UPDATE {table} SET refunded_minor = refunded_minor + ? WHERE {key} = ?",
            [(one.refunded, one.line.order_id) for one in fresh],
        )


def _units(one: Filed) -> str:
    """The earliest units: the benchmark returns a line at most once."""
    return f"[[0,{one.quantity}]]"


def _case_line(one: Filed) -> tuple[Any, ...]:
    line, back = one.line, 0 if one.reason is ReturnReason.NOT_RECEIVED else one.quantity
    return (
        *(new_id(), one.case_id, line.id, one.quantity, one.reason, one.refunded, one.refunded),
        *(_units(one), one.worth, units_share(line.shipping, line.quantity, 0, one.quantity)),
        *(back, back),
    )


def _case(one: Filed) -> tuple[Any, ...]:
    lost = one.reason is ReturnReason.NOT_RECEIVED
    return (
        one.case_id,
        one.number,
        one.line.order_id,
        one.line.customer_id,
        one.line.merchant_id,
        CaseStatus.COMPLETED,
        Resolution.REFUND_ONLY if lost else Resolution.RETURN_AND_REFUND,
        LIABLE[BASIS_OF[one.reason]],
        LIABILITY_BASIS,
        True,
        one.at,
        one.at,
        one.line.currency,
    )

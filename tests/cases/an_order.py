"""What do money tests start from? One order with its tenders, and cases on its units, as rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases.money.held_units import Held, hold_units
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Bought(Struct, frozen=True):
    """One line: so many units, paid for together, with their part of the shipping fee."""

    quantity: int = 3
    paid: int = 1000
    shipping: int = 0


class AnOrder(Struct, frozen=True):
    """The keys of an order and its parts."""

    id: UUID
    customer: UUID
    merchant: UUID
    lines: tuple[UUID, ...]
    payments: tuple[UUID, ...]


async def an_order(
    database: Database, lines: Sequence[Bought] = (Bought(),), tenders: Sequence[tuple[str, int]] | None = None
) -> AnOrder:
    """An order of those lines, captured by those tenders; without any, all of it by card."""
    total = sum(line.paid + line.shipping for line in lines)
    paid_with = [("CARD", total)] if tenders is None else tenders
    order = AnOrder(new_id(), new_id(), new_id(), _ids(lines), _ids(paid_with))
    captured = sum(amount for _, amount in paid_with)

    async def write(tx: Connection) -> None:
        await _write_order(tx, order, total, captured, sum(line.shipping for line in lines))
        for place, line in enumerate(lines):
            await _write_line(tx, order, place, line)
        for key, (method, amount) in zip(order.payments, paid_with, strict=True):
            row = {"id": key, "order_id": order.id, "external_id": str(key), "method": method, "label": "L"}
            await insert(tx, "payments", **row, captured_minor=amount, refunded_minor=0)

    await database.run_tx(write)
    return order


def _ids(things: Sequence[Any]) -> tuple[UUID, ...]:
    return tuple(new_id() for _ in things)


async def _write_order(tx: Connection, order: AnOrder, total: int, captured: int, fee: int) -> None:
    await insert(
        tx, "customers", id=order.customer, external_id=str(order.customer), display_name="C", market="SG"
    )
    await insert(tx, "merchants", id=order.merchant, external_id=str(order.merchant), name="M", markets="[]")
    words = {"market": "SG", "currency": "SGD", "channel": "web", "status": "DELIVERED", "source_digest": "d"}
    sums = {"total_minor": total, "captured_minor": captured, "shipping_fee_minor": fee}
    number = str(order.id)
    key = {"id": order.id, "number": number, "customer_id": order.customer, "attributes": "{}"}
    times = {"placed_at": AT, "source_updated_at": AT}
    await insert(
        tx, "orders", **key, **words, **sums, **times, number_folded=number, held_minor=0, refunded_minor=0
    )


async def _write_line(tx: Connection, order: AnOrder, place: int, line: Bought) -> None:
    key = {"id": order.lines[place], "order_id": order.id, "merchant_id": order.merchant, "position": place}
    goods = {"external_id": str(place), "sku": "S", "title": "T", "title_folded": "t", "category": "c"}
    sums = {"paid_minor": line.paid, "shipping_minor": line.shipping, "unit_price_minor": 0, "discount_minor": 0}
    none = {"tax_minor": 0, "held_minor": 0, "refunded_minor": 0, "quantity_held": 0}
    await insert(tx, "order_lines", **key, **goods, **sums, **none, quantity=line.quantity, attributes="{}")


async def insert(tx: Connection, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    await tx.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


class ACase(Struct, frozen=True):
    """A case on some units of one line."""

    id: UUID
    line: UUID
    held: Held


async def open_case(tx: Connection, order: AnOrder, quantity: int, line: int = 0) -> ACase:
    """A case that holds so many units of a line, inside a transaction. Raises QuantityExceeded."""
    held = await hold_units(tx, order.lines[line], quantity)
    case = ACase(new_id(), new_id(), held)
    parties = {"order_id": order.id, "customer_id": order.customer, "merchant_id": order.merchant}
    words = {
        "status": "REQUESTED",
        "resolution": "RETURN_AND_REFUND",
        "liable_party": "CUSTOMER",
        "currency": "SGD",
    }
    basis = {"liability_basis": "x", "liability_final": False, "version": 1}
    times = {"requested_at": AT, "updated_at": AT}
    await insert(tx, "cases", id=case.id, number=str(case.id), **parties, **words, **basis, **times)
    sums = {"worth_minor": held.worth, "shipping_minor": held.shipping, "refundable_minor": held.worth}
    of = {"id": case.line, "case_id": case.id, "order_line_id": held.line, "reason": "CHANGE_OF_MIND"}
    await insert(tx, "case_lines", **of, **sums, quantity=quantity, units=held.text, refunded_minor=0)
    return case


async def a_case(database: Database, order: AnOrder, quantity: int = 1, line: int = 0) -> ACase:
    """The same in a transaction of its own."""
    return await database.run_tx(lambda tx: open_case(tx, order, quantity, line))


async def sums(database: Database, table: str, key: UUID) -> tuple[int, int]:
    """What is held and what is refunded on a row."""
    (row,) = await database.rows(f"SELECT held_minor, refunded_minor FROM {table} WHERE id = ?", key)
    return row["held_minor"], row["refunded_minor"]

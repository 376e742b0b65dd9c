"""Do the books agree? What is held and refunded, rebuilt from refunds, and held units from case lines."""

from uuid import UUID

from msgspec import Struct

from bff import units
from bff.cases import ledger
from bff.cases.ledger import Discrepancy
from bff.storage.database import Connection, Database
from bff.units import Runs

# What stands on a row, and what its refunds say of it. Orders that were brought in may have been refunded before,
# so no row is compared for having refunded more than its refunds tell.
OPEN, DONE = "r.status IN ('PENDING', 'PROCESSING')", "r.status = 'SUCCEEDED'"
OF_LINES = "refund_lines p JOIN refunds r ON r.id = p.refund_id JOIN case_lines y ON y.id = p.case_line_id"
BOOKS = {
    "orders": (
        "p.goods_minor + p.shipping_minor",
        "y.order_line_id IN (SELECT id FROM order_lines WHERE order_id = x.id)",
        OF_LINES,
        "held_minor",
        "refunded_minor",
    ),
    "order_lines": ("p.goods_minor", "y.order_line_id = x.id", OF_LINES, "held_minor", "refunded_minor"),
    "case_lines": ("p.goods_minor", "y.id = x.id", OF_LINES, "held_minor", "refunded_minor"),
    "order_lines shipping": (
        "p.shipping_minor",
        "y.order_line_id = x.id",
        OF_LINES,
        "shipping_held_minor",
        "shipping_refunded_minor",
    ),
    "case_lines shipping": (
        "p.shipping_minor",
        "y.id = x.id",
        OF_LINES,
        "shipping_held_minor",
        "shipping_refunded_minor",
    ),
    "payments": ("r.amount_minor", "r.payment_id = x.id", "refund_tenders r", "held_minor", "refunded_minor"),
}


class _Book(Struct, frozen=True):
    id: UUID
    held: int
    promised: int
    refunded: int
    paid: int


async def verify(source: Connection | Database) -> list[Discrepancy]:
    """Every book that disagrees with what it follows from; empty when all is well. Reads whole tables."""
    found = await ledger.verify(source)
    for book, (amount, belongs, tables, held, refunded) in BOOKS.items():
        sums = [
            f"(SELECT CAST(coalesce(sum({amount}), 0) AS BIGINT) FROM {tables} WHERE {belongs} AND {state})"
            for state in (OPEN, DONE)
        ]
        rows = await source.structs(
            _Book,
            f"SELECT x.id, x.{held}, {sums[0]}, x.{refunded}, {sums[1]} FROM {book.split()[0]} x",
        )
        found += [
            Discrepancy(f"{book} {row.id} held", row.held, row.promised)
            for row in rows
            if row.held != row.promised
        ]
        found += [
            Discrepancy(f"{book} {row.id} refunded", row.refunded, row.paid)
            for row in rows
            if row.refunded < row.paid
        ]
    return found + await _units(source)


class _Line(Struct, frozen=True):
    id: UUID
    count: int
    held: Runs


class _Taken(Struct, frozen=True):
    line: UUID
    units: Runs


async def _units(source: Connection | Database) -> list[Discrepancy]:
    """Positions that two cases hold, and lines whose held units are not those of their cases."""
    held: dict[UUID, Runs] = {}
    found = []
    for taken in await source.structs(_Taken, "SELECT order_line_id, units FROM case_lines WHERE holding"):
        try:
            held[taken.line] = units.joined(held.get(taken.line, units.NONE), taken.units)
        except ValueError:
            found.append(Discrepancy(f"order_lines {taken.line} unit held twice", 2, 1))
    for line in await source.structs(_Line, "SELECT id, quantity_held, held_units FROM order_lines"):
        derived = held.get(line.id, units.NONE)
        if line.held != derived or line.count != units.counted(derived):
            found.append(Discrepancy(f"order_lines {line.id} units", line.count, units.counted(derived)))
    return found

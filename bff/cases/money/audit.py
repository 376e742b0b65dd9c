"""Do the books agree? What is held and refunded, rebuilt from refunds, held units from case lines, and what each
customer is still owed, rebuilt from the ledger.
"""

from uuid import UUID

from msgspec import Struct

from bff import units
from bff.cases.money import ledger
from bff.cases.money.ledger import Discrepancy
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
}
# A tender keeps its payment's money as long as its refund can still be paid whole: see `tenders.kept`.
PAYMENTS = """
    SELECT x.id, x.held_minor, CAST(coalesce(sum(CASE WHEN t.status <> 'SUCCEEDED'
            AND r.status IN ('PENDING', 'PROCESSING') THEN t.amount_minor ELSE 0 END), 0) AS BIGINT),
        x.refunded_minor, CAST(coalesce(sum(CASE WHEN t.status = 'SUCCEEDED' THEN t.amount_minor ELSE 0 END), 0)
            AS BIGINT)
    FROM payments x LEFT JOIN refund_tenders t ON t.payment_id = x.id LEFT JOIN refunds r ON r.id = t.refund_id
    GROUP BY x.id, x.held_minor, x.refunded_minor
"""
# What the ledger owes to the customer for a refund that was granted, and what of it was not paid yet.
OWED = """
    SELECT r.id, CAST((SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_transactions t
            JOIN ledger_entries e ON e.transaction_id = t.id
            WHERE t.refund_id = r.id AND e.account = 'CUSTOMER') AS BIGINT) AS kept,
        CAST(CASE WHEN r.status = 'SUCCEEDED' THEN 0 ELSE r.amount_minor - (SELECT coalesce(sum(p.amount_minor), 0)
            FROM refund_tenders p WHERE p.refund_id = r.id AND p.status = 'SUCCEEDED') END AS BIGINT) AS derived
    FROM refunds r
    WHERE EXISTS (SELECT 1 FROM ledger_transactions g WHERE g.refund_id = r.id AND g.kind = 'REFUND')
"""
CLAIMED = """
    SELECT c.id, c.clawed_back_minor AS kept, CAST(-(SELECT coalesce(sum(e.amount_minor), 0)
            FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
            WHERE t.case_id = c.id AND t.kind = 'CLAW_BACK' AND e.account = 'CUSTOMER') AS BIGINT) AS derived
    FROM cases c
"""


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
        select = f"SELECT x.id, x.{held}, {sums[0]}, x.{refunded}, {sums[1]} FROM {book.split()[0]} x"
        found += _compared(book, await source.structs(_Book, select))
    found += _compared("payments", await source.structs(_Book, PAYMENTS))
    for what, statement in (("refund owed", OWED), ("case claimed back", CLAIMED)):
        for owed in await source.structs(_Owed, statement):
            if owed.kept != owed.derived:
                found.append(Discrepancy(f"{what} {owed.id}", owed.kept, owed.derived))
    return found + await _units(source)


def _compared(book: str, rows: list[_Book]) -> list[Discrepancy]:
    """Held is exactly what refunds promise; orders that were brought in may have been refunded before."""
    held = [
        Discrepancy(f"{book} {row.id} held", row.held, row.promised) for row in rows if row.held != row.promised
    ]
    short = [
        Discrepancy(f"{book} {row.id} refunded", row.refunded, row.paid) for row in rows if row.refunded < row.paid
    ]
    return held + short


class _Owed(Struct, frozen=True):
    id: UUID
    kept: int
    derived: int


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

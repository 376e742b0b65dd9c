"""What did the warehouse see? Its findings as they are kept, and the units that go back on the shelf."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.standing import Author, Standing
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import Disposition, Grade

NOT_THERE = frozenset({Grade.NOT_OURS, Grade.MISSING})  # nothing of ours that could be kept
KEPT = frozenset({Disposition.RESTOCK, Disposition.REFURBISH, Disposition.LIQUIDATE})


class Found(Struct, frozen=True, kw_only=True):
    """Some units of an order line in one state; None: of a line that there is not. Deductions are minor units."""

    order_line: UUID | None
    quantity: int
    grade: Grade
    disposition: Disposition
    defect_confirmed: bool | None = None
    deduction: int = 0

    @property
    def is_rejected(self) -> bool:
        """Whether it is clear from the state alone that nothing is paid for them."""
        return self.grade in NOT_THERE or self.disposition is Disposition.RETURN_TO_CUSTOMER


def contradiction(grade: Grade, disposition: Disposition) -> str | None:
    """Why both cannot be true of a unit; None where they can."""
    if grade in NOT_THERE and disposition in KEPT:
        return f"what is {grade} cannot be kept: `disposition` is {disposition}"
    if grade is Grade.DAMAGED and disposition is Disposition.RESTOCK:
        return "what is DAMAGED is not sold as new: `disposition` is RESTOCK"
    return None


async def keep(
    tx: Connection,
    now: Standing,
    findings: Sequence[tuple[UUID, Found]],
    note: str | None,
    author: Author,
    at: datetime,
) -> None:
    """Writes what was found by case line, and counts what is sold again. An earlier look gives way to this one."""
    await _forget(tx, now)
    key = new_id()
    await tx.execute(
        "INSERT INTO inspections (id, case_id, inspected_at, inspected_by, note) VALUES (?, ?, ?, ?, ?)",
        *(key, now.id, at, author.subject, note),
    )
    if findings:
        await tx.execute_many(
            "INSERT INTO inspection_lines (id, inspection_id, case_line_id, quantity, grade, disposition,"
            " deduction_minor, defect_confirmed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    new_id(),
                    key,
                    line,
                    one.quantity,
                    one.grade,
                    one.disposition,
                    one.deduction,
                    one.defect_confirmed,
                )
                for line, one in findings
            ],
        )
    for sold in await _sold_again(tx, now):
        await tx.execute(
            "UPDATE variants SET stock = stock + ? WHERE merchant_id = ? AND sku = ? AND currency = ?",
            *(sold.quantity, now.merchant_id, sold.sku, now.currency),
        )


class _Sold(Struct, frozen=True):
    sku: str
    quantity: int


async def _sold_again(tx: Connection, now: Standing) -> list[_Sold]:
    """By variant, what the case's inspection put back on the shelf; in the order in which locks are taken."""
    return await tx.structs(
        _Sold,
        "SELECT l.sku, CAST(sum(s.quantity) AS BIGINT) FROM inspection_lines s"
        " JOIN inspections i ON i.id = s.inspection_id JOIN case_lines x ON x.id = s.case_line_id"
        " JOIN order_lines l ON l.id = x.order_line_id"
        " WHERE i.case_id = ? AND s.disposition = 'RESTOCK' GROUP BY l.sku ORDER BY l.sku",
        now.id,
    )


async def _forget(tx: Connection, now: Standing) -> None:
    """What an agent has moved back is looked at anew; units that were sold meanwhile stay sold."""
    for sold in await _sold_again(tx, now):
        await tx.execute(
            "UPDATE variants SET stock = CASE WHEN stock - ? < reserved THEN reserved ELSE stock - ? END"
            " WHERE merchant_id = ? AND sku = ? AND currency = ?",
            *(sold.quantity, sold.quantity, now.merchant_id, sold.sku, now.currency),
        )
    await tx.execute(
        "DELETE FROM inspection_lines WHERE inspection_id IN (SELECT id FROM inspections WHERE case_id = ?)",
        now.id,
    )
    await tx.execute("DELETE FROM inspections WHERE case_id = ?", now.id)

"""What is each line of a case to get? As agreed for all its units, and what is left of that by what came back.

Whoever settles anew what lines get (an accepted offer, a ruling, money instead of goods) calls `agree`. A receipt
and an inspection call `reduce`, which keeps what was agreed: the next one begins from there, so that nothing is
taken off twice. What is agreed after the goods have come is agreed for those that came.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases.money import holds
from bff.cases.money.agreement import Agreement
from bff.money import split
from bff.storage.database import Connection
from bff.units import Runs
from bff.vocabulary import ReturnReason


class LineOfCase(Struct, frozen=True):
    """One line of a case, in minor units. `asked` is what its refunds stand for, whatever became of them; `goods`
    and `shipping` are what they hold and have paid of each.
    """

    id: UUID
    order_line: UUID
    sku: str
    quantity: int
    reason: ReturnReason
    units: Runs
    received: int
    short: int
    refundable: int
    asked: int
    worth: int
    goods: int
    shipping: int
    breakdown: list[dict[str, Any]] | None
    before: dict[str, Any] | None

    @property
    def current(self) -> Agreement:
        """What it is to get as things stand."""
        return Agreement.read(self.breakdown).paying(self.refundable)

    @property
    def agreed(self) -> Agreement:
        """What it is to get if `agreed_units` of its units come back as they should."""
        return self.current if self.before is None else Agreement.read(self.before["components"])

    @property
    def agreed_units(self) -> int:
        """All of them, or those that had come when it was agreed."""
        return self.quantity - self.short if self.before is None else int(self.before["units"])

    @property
    def failed(self) -> int:
        """What refunds stand for that have failed: it is not held, and they are tried again."""
        return max(0, self.asked - self.goods - self.shipping)

    def first(self, count: int) -> Agreement:
        """What the first `count` of its units are to get of what was agreed, by one fixed split."""
        whole = self.agreed_units
        return self.agreed.of_units(whole, min(count, whole)) if whole else self.agreed


SELECT = """
    SELECT x.id, x.order_line_id, l.sku, x.quantity, x.reason, x.units, x.received_quantity, x.short_quantity,
        x.refundable_minor, CAST(coalesce((SELECT sum(p.goods_minor + p.shipping_minor) FROM refund_lines p
            WHERE p.case_line_id = x.id), 0) AS BIGINT),
        x.worth_minor, x.refunded_minor + x.held_minor, x.shipping_refunded_minor + x.shipping_held_minor,
        x.breakdown, x.agreed
    FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id WHERE x.case_id = ? ORDER BY x.id
"""


async def lines_of(tx: Connection, case: UUID) -> list[LineOfCase]:
    """The lines of a case, by id."""
    return await tx.structs(LineOfCase, SELECT, case)


async def agree(tx: Connection, line: UUID, agreement: Agreement) -> None:
    """From now on the line is to get that, whatever was said before."""
    await tx.execute(
        "UPDATE case_lines SET refundable_minor = ?, breakdown = ?, agreed = NULL WHERE id = ?",
        *(agreement.total, agreement.text, line),
    )


async def reduce(tx: Connection, line: LineOfCase, agreement: Agreement) -> None:
    """The line is to get that much of what was agreed, which stays known."""
    if line.before is None and agreement == line.current:
        return
    before = {"units": line.agreed_units, "components": line.agreed.stored()}
    await tx.execute(
        "UPDATE case_lines SET refundable_minor = ?, breakdown = ?, agreed = ? WHERE id = ?",
        *(agreement.total, agreement.text, before, line.id),
    )


async def left_of(tx: Connection, order: UUID, lines: Sequence[LineOfCase]) -> list[int]:
    """What may still be refunded for each line, goods and shipping together; for all no more than the order has.

    What refunds stand for is not left, those that failed among them; what is agreed and not asked for yet is.
    """
    each = []
    for line in lines:
        left = await holds.left_of(tx, line.id)
        each.append(max(0, max(0, left.goods) + max(0, left.shipping) - line.failed))
    (row,) = await tx.rows(
        "SELECT captured_minor - charged_back_minor - refunded_minor - held_minor AS over"
        " FROM orders WHERE id = ?",
        order,
    )
    return each if sum(each) <= row["over"] else split(max(0, row["over"]), each)

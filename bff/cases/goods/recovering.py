"""What if goods come back after all? A claim for money that was refunded for them in advance is given up.

A case that was refunded before its goods were back, and expired, claims the money back and lets its units go. When
those come back in a later case, that one has nothing more to pay: what it would have paid is taken off the claim.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases.money import settling
from bff.cases.money.agreement import Agreement
from bff.cases.standing import SYSTEM, Standing, standing
from bff.policy.ledger import PAID_BACK
from bff.storage.database import Connection


class _Returned(Struct, frozen=True):
    """A line of a case, and what was agreed for it when it was opened."""

    order_line: UUID
    accepted: int
    breakdown: list[dict[str, Any]] | None


class _Claim(Struct, frozen=True):
    case: UUID
    line: UUID
    refunded: int


CLAIMS = """
    SELECT c.id, x.id, x.refunded_minor + x.shipping_refunded_minor - x.refundable_minor
    FROM case_lines x JOIN cases c ON c.id = x.case_id
    WHERE x.order_line_id = ? AND c.id <> ? AND c.clawed_back_minor > 0 AND c.status = 'EXPIRED'
        AND x.refunded_minor + x.shipping_refunded_minor > x.refundable_minor
    ORDER BY c.requested_at, x.id
"""


async def give_up_claims(tx: Connection, now: Standing, at: datetime) -> None:
    """Takes what this case would have paid for the goods that came off the claims of earlier ones."""
    rows = await tx.structs(
        _Returned,
        "SELECT order_line_id, received_quantity - rejected_quantity, breakdown FROM case_lines WHERE case_id = ?",
        now.id,
    )
    for row in rows:
        paid_before = sum(one.amount for one in Agreement.read(row.breakdown).components if one.cost == PAID_BACK)
        if row.accepted and paid_before:
            await _give_up(tx, now, row.order_line, paid_before, at)


async def _give_up(tx: Connection, now: Standing, order_line: UUID, amount: int, at: datetime) -> None:
    for claim in await tx.structs(_Claim, CLAIMS, order_line, now.id):
        other = await standing(tx, claim.case, at)
        part = min(amount, claim.refunded, other.clawed_back)
        if part <= 0:
            continue
        amount -= part
        await tx.execute(
            "UPDATE case_lines SET refundable_minor = refundable_minor + ? WHERE id = ?", part, claim.line
        )
        await settling.claim_back(tx, other, -part, at, SYSTEM)
        await tx.execute("UPDATE cases SET version = version + 1 WHERE id = ?", claim.case)

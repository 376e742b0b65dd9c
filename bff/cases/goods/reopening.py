"""Was it us who were late? A case that expired though its goods were on their way goes on where it would be."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases.goods import exchanges
from bff.cases.goods.rehold import hold_again
from bff.cases.money.agreed_lines import agree
from bff.cases.money.agreement import Agreement
from bff.cases.money.settling import event
from bff.cases.refusal import Refusal
from bff.cases.standing import SYSTEM, Standing
from bff.cases.timeline import record
from bff.storage.database import Connection
from bff.vocabulary import DeadlineKind, ExchangeStatus, Priority

ESCALATIONS = "escalations"  # the queue of those who look at what nobody has ruled in time

EXPIRED, OVERRIDDEN = "case_expired", "case_overridden"


class _Due(Struct, frozen=True):
    due_at: datetime


class _Line(Struct, frozen=True):
    id: UUID
    most: int
    breakdown: list[dict[str, Any]] | None


async def was_in_time(tx: Connection, case: UUID, handed_over: datetime) -> bool:
    """Whether that was before the goods were due on their way, and the case expired because nobody knew it.

    Where an agent let it expire, it stays so.
    """
    due = await tx.structs(
        _Due,
        "SELECT due_at FROM deadlines WHERE case_id = ? AND kind = ? ORDER BY due_at DESC LIMIT 1",
        *(case, DeadlineKind.CUSTOMER_SHIPMENT),
    )
    ends = await tx.rows(
        "SELECT type FROM case_events WHERE case_id = ? AND type IN (?, ?) ORDER BY sequence DESC LIMIT 1",
        *(case, EXPIRED, OVERRIDDEN),
    )
    by_clock = bool(ends) and ends[0]["type"] == EXPIRED
    return by_clock and bool(due) and handed_over < due[0].due_at


async def restore(tx: Connection, before: Standing, at: datetime) -> None:
    """Holds its units again, and lets its lines get what they were to get. What is sent instead is put aside
    again, or paid for. Raises a Refusal, QUANTITY_EXCEEDED, where the units went elsewhere meanwhile.
    """
    await hold_again(tx, before.id)
    lines = await tx.structs(
        _Line,
        "SELECT id, worth_minor + shipping_minor, breakdown FROM case_lines WHERE case_id = ? ORDER BY id",
        before.id,
    )
    for line in lines:
        agreed = Agreement.read(line.breakdown)
        await agree(tx, line.id, agreed.paying(min(agreed.total, line.most)))
    offers = await tx.rows("SELECT 1 FROM offers WHERE case_id = ? AND status = 'ACCEPTED'", before.id)
    if before.state.exchange is ExchangeStatus.CANCELLED and not offers:
        await exchanges.reserve_or_pay(tx, before, at)


async def ask_agents(tx: Connection, case: UUID, refusal: Refusal, at: datetime) -> None:
    """It stays expired though its goods come: somebody has to look."""
    await escalate(tx, case)
    await record(tx, event(case, "late_hand_over", at, SYSTEM, {"why": refusal.message}))


async def escalate(tx: Connection, case: UUID) -> None:
    """Agents are to look at it, soon."""
    await tx.execute("UPDATE cases SET priority = ?, queue = ? WHERE id = ?", Priority.URGENT, ESCALATIONS, case)

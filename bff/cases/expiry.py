"""What if nobody does anything? Deadlines that have passed are fired: each once, in a transaction of its own.

The table of transitions says where each leads. One that finds its case moved on is settled and does nothing, so it
may fire late, twice, and in several workers at once.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import structlog
from msgspec import Struct

from bff.cases.change import Change, Write, carry_out, lock
from bff.cases.conditions import parcel_was_never_seen
from bff.cases.deciding import approving
from bff.cases.goods import exchanges, parcels
from bff.cases.goods.reopening import EXPIRED, escalate
from bff.cases.money import refunds
from bff.cases.money.holds import AmountExceeded
from bff.cases.money.settling import end_offers, event
from bff.cases.standing import SYSTEM, Standing, standing
from bff.cases.state import Automaton
from bff.cases.timeline import record
from bff.cases.transitions import is_allowed
from bff.storage.database import Connection, Database
from bff.vocabulary import DeadlineKind, ReverseShipmentStatus

log = structlog.get_logger("bff.deadlines")
WITH_THE_CARRIER = (ReverseShipmentStatus.PICKED_UP, ReverseShipmentStatus.IN_TRANSIT)
NO_KEY = UUID(int=0)
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


class Due(Struct, frozen=True):
    """A deadline that has passed and was not fired."""

    id: UUID
    case: UUID
    kind: DeadlineKind
    due_at: datetime


DUE = """
    SELECT id, case_id, kind, due_at FROM deadlines
    WHERE settled_at IS NULL AND due_at <= ? AND (due_at > ? OR (due_at = ? AND id > ?))
    ORDER BY due_at, id LIMIT ?
"""


async def fire_due(database: Database, at: datetime, most: int = 100) -> int:
    """Fires what is due at that instant, the oldest first; how many were fired, at most `most`.

    One that fails is logged and left for the next sweep, and holds up no other.
    """
    fired, after = 0, (LONG_AGO, NO_KEY)
    while fired < most:
        found = await database.structs(Due, DUE, at, after[0], *after, most - fired)
        if not found:
            break
        for due in found:
            fired += await _tried(database, due, at)
        after = (found[-1].due_at, found[-1].id)
    return fired


async def _tried(database: Database, due: Due, at: datetime) -> bool:
    try:
        return await database.run_tx(lambda tx: fire(tx, due, at))
    except Exception:  # a fault in one case must not stop the clocks of all others
        log.exception("deadline failed", deadline=str(due.id), case=str(due.case), kind=due.kind.value)
        return False


async def fire(tx: Connection, due: Due, at: datetime) -> bool:
    """Settles it, and does what its passing does; False where it was settled, or its case has moved on."""
    await lock(tx, due.case)
    if not await tx.execute("UPDATE deadlines SET settled_at = ? WHERE id = ? AND settled_at IS NULL", at, due.id):
        return False
    now = await standing(tx, due.case, at)
    if not is_allowed(now.state, due.kind, Automaton.DEADLINE):
        return False
    if due.kind is DeadlineKind.MERCHANT_RESPONSE:
        await approving.approve_unasked(tx, due.case, approving.BY_SILENCE, at)
        return True
    never_sent = due.kind is DeadlineKind.RETURN_TRANSIT and parcel_was_never_seen(now.state)
    name, work = (EXPIRED, None) if never_sent else PASSED[due.kind]
    data = {"kind": due.kind.value} if name == CLOSED else {}
    change = Change(on=due.kind, by=Automaton.DEADLINE, event=name, data=data)
    write: Write | None = partial(work, tx, at) if work else None
    await carry_out(tx, due.case, change, SYSTEM, at, write=write)
    return True


# ---- what each changes, beside what the table says -------------------------------------------------


async def _offer_ends(tx: Connection, at: datetime, now: Standing) -> None:
    await end_offers(tx, now.id, at)


async def _goods_are_lost(tx: Connection, at: datetime, now: Standing) -> None:
    """What a carrier had is the carrier's loss. Where no way back was ever booked here, as after an override,
    nothing is waited for any more.
    """
    lost = await tx.execute("UPDATE reverse_shipments SET status = 'LOST' WHERE case_id = ?", now.id)
    if not lost:
        await tx.execute("UPDATE cases SET goods_travel = (1 = 0) WHERE id = ?", now.id)
    if now.state.parcel in WITH_THE_CARRIER:
        await parcels.note_loss(tx, now, now.state.parcel, ReverseShipmentStatus.LOST, SYSTEM, at)
        return
    await tx.execute(
        "UPDATE case_lines SET lost_quantity = quantity - received_quantity - short_quantity WHERE case_id = ?",
        now.id,
    )
    await record(tx, event(now.id, "parcel_lost", at, SYSTEM))


async def _goods_are_good(tx: Connection, _: datetime, now: Standing) -> None:
    """What nobody has looked at in time counts as received as it was sent, unless it was counted before."""
    await tx.execute("UPDATE cases SET requires_inspection = (1 = 0) WHERE id = ?", now.id)
    await tx.execute(
        "UPDATE case_lines SET received_quantity = quantity - short_quantity - lost_quantity WHERE case_id = ?",
        now.id,
    )


async def _all_is_paid(tx: Connection, at: datetime, now: Standing) -> None:
    """What failed is tried again, what was never sent is paid for; a refund under way stays with its provider."""
    failed = await tx.structs(
        exchanges.Key,
        "SELECT id FROM refunds r WHERE case_id = ? AND (status = 'FAILED' OR (status = 'PROCESSING' AND EXISTS"
        " (SELECT 1 FROM refund_tenders t WHERE t.refund_id = r.id AND t.status = 'FAILED'))) ORDER BY id",
        now.id,
    )
    for one in failed:
        await _try_again(tx, one.id, at, now)
    if await exchanges.cancel(tx, now, at):
        await exchanges.pay_instead(tx, now.id)


async def _goods_are_there(tx: Connection, at: datetime, now: Standing) -> None:
    """What was sent and of which nothing was heard counts as delivered; who did not get it disputes the case."""
    await exchanges.delivered(tx, now, at)


async def _try_again(tx: Connection, refund: UUID, at: datetime, now: Standing) -> None:
    """Where its money has gone elsewhere meanwhile it stays as it is, for people to look at."""
    try:
        tried = await refunds.retry(tx, refund, at)
    except AmountExceeded as exceeded:
        log.warning("refund cannot be tried again", refund=str(refund), asked=exceeded.asked, left=exceeded.left)
        await escalate(tx, now.id)
        return
    if tried:
        (row,) = await tx.rows("SELECT amount_minor FROM refunds WHERE id = ?", refund)
        data: dict[str, object] = {
            "refund": str(refund),
            "amount": row["amount_minor"],
            "currency": now.currency,
        }
        await record(tx, event(now.id, "refund_retried", at, SYSTEM, data))


async def _others_look(tx: Connection, _: datetime, now: Standing) -> None:
    await escalate(tx, now.id)


CLOSED = "window_closed"
Work = Callable[[Connection, datetime, Standing], Awaitable[None]]
PASSED: dict[DeadlineKind, tuple[str, Work | None]] = {
    DeadlineKind.OFFER_RESPONSE: ("offer_expired", _offer_ends),
    DeadlineKind.CUSTOMER_SHIPMENT: (EXPIRED, None),
    DeadlineKind.RETURN_TRANSIT: ("", _goods_are_lost),
    DeadlineKind.WAREHOUSE_INSPECTION: ("inspection_overdue", _goods_are_good),
    DeadlineKind.REFUND: ("refund_overdue", _all_is_paid),
    DeadlineKind.EXCHANGE_ARRIVAL: ("exchange_presumed", _goods_are_there),
    DeadlineKind.DISPUTE_WINDOW: (CLOSED, None),
    DeadlineKind.APPEAL_WINDOW: (CLOSED, None),
    DeadlineKind.RULING: ("ruling_overdue", _others_look),
}

"""What does an end end? Offers, reservations and held units; and when is a case at its end by itself?"""

from datetime import datetime
from uuid import UUID

from bff.cases.goods import exchanges
from bff.cases.goods.recovering import give_up_claims
from bff.cases.money.agreed_lines import lines_of
from bff.cases.money.held_units import release_units
from bff.cases.money.settling import end_offers, event
from bff.cases.standing import SYSTEM, Standing
from bff.cases.state import Automaton, CaseStep
from bff.cases.timeline import record
from bff.cases.transitions import is_allowed
from bff.storage.database import Connection
from bff.vocabulary import CASE_RELEASES_UNITS, CaseStatus

FINAL = CASE_RELEASES_UNITS | {CaseStatus.COMPLETED}
# Where too much that was paid is claimed back: what is agreed is known, and will not rise by itself.
SETTLES = FINAL | {CaseStatus.RECEIVED, CaseStatus.INSPECTED}


async def tidy(tx: Connection, now: Standing, at: datetime) -> bool:
    """Ends what cannot outlive a case that has just come to an end; whether there was anything to do."""
    if now.status not in FINAL:
        return False
    await end_offers(tx, now.id, at)
    await exchanges.cancel(tx, now, at)
    if now.status in CASE_RELEASES_UNITS:
        await _agree_on_nothing(tx, now)
        await tx.execute(
            "UPDATE reverse_shipments SET status = 'CANCELLED' WHERE case_id = ? AND status = 'BOOKED'", now.id
        )
        for row in await tx.structs(
            exchanges.Key, "SELECT id FROM case_lines WHERE case_id = ? ORDER BY id", now.id
        ):
            await release_units(tx, row.id)
    return True


async def _agree_on_nothing(tx: Connection, now: Standing) -> None:
    """The lines are to get nothing. What they were to get stays known where a parcel may yet prove to have set off
    in time: see `reopening`.
    """
    if now.status is CaseStatus.EXPIRED:
        for line in await lines_of(tx, now.id):
            await tx.execute(
                "UPDATE case_lines SET refundable_minor = 0, breakdown = ?, agreed = NULL WHERE id = ?",
                *(line.current.text, line.id),
            )
    else:
        await tx.execute("UPDATE case_lines SET refundable_minor = 0, breakdown = NULL WHERE case_id = ?", now.id)


async def goods_left(tx: Connection, case: UUID, at: datetime) -> None:
    """The goods have left the customer: an offer that lets them be kept has nothing to offer any more."""
    ended = await tx.execute(
        "UPDATE offers SET status = 'EXPIRED', answered_at = ?"
        " WHERE case_id = ? AND status = 'OPEN' AND keeps_goods",
        *(at, case),
    )
    if ended:
        await record(tx, event(case, "offer_expired", at, SYSTEM))


async def complete(tx: Connection, now: Standing, at: datetime) -> bool:
    """Completes a case in which nothing is waited for; whether it was one."""
    if not is_allowed(now.state, CaseStep.COMPLETE, Automaton.SYSTEM):
        return False
    await tx.execute("UPDATE cases SET status = ? WHERE id = ?", CaseStatus.COMPLETED, now.id)
    await give_up_claims(tx, now, at)
    await record(tx, event(now.id, "case_completed", at, SYSTEM))
    return True

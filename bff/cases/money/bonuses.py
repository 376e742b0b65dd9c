"""What comes beside a refund? The bonuses that the policies promised, as store credit, once a case."""

from datetime import datetime

from bff.cases.asking.terms import terms_of
from bff.cases.money import books
from bff.cases.standing import SYSTEM, Standing
from bff.cases.timeline import Event, record
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import CompensationKind

KIND = CompensationKind.STORE_CREDIT


async def grant(tx: Connection, now: Standing, at: datetime) -> None:
    """Gives each bonus of the case's terms of its funder's money, with the first refund and never again."""
    bonuses = (await terms_of(tx, now.id)).bonuses
    if not bonuses or await _were_granted(tx, now):
        return
    for bonus in bonuses:
        key = new_id()
        await tx.execute(
            "INSERT INTO compensations (id, case_id, kind, amount_minor, currency, born_by, reason, granted_by,"
            " granted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(key, now.id, KIND, bonus.amount, now.currency, bonus.funder, bonus.code, SYSTEM.subject, at),
        )
        await books.compensated(tx, now.id, key, (KIND, bonus.funder, bonus.amount), at)
        data: dict[str, object] = {"kind": KIND.value, "amount": bonus.amount, "currency": now.currency}
        await record(tx, _event(now, data, at))


async def _were_granted(tx: Connection, now: Standing) -> bool:
    return bool(
        await tx.rows(
            "SELECT 1 FROM compensations WHERE case_id = ? AND granted_by = ? LIMIT 1", now.id, SYSTEM.subject
        )
    )


def _event(now: Standing, data: dict[str, object], at: datetime) -> Event:
    return Event(
        case_id=now.id,
        type="compensation_granted",
        at=at,
        actor=SYSTEM.role,
        subject=SYSTEM.subject,
        data=data,
    )

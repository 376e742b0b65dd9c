"""What happened to a case? Its timeline, written with the message that tells the world of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import Role

CASE_CHANGED = "case_changed"  # the outbox topic of every entry


class Event(Struct, frozen=True, kw_only=True):
    """Something that became true of a case. `subject` names who of that role; the system is OPS "system"."""

    case_id: UUID
    type: str  # "case_approved"
    at: datetime
    actor: Role
    subject: str
    data: dict[str, Any] = {}


class Recorded(Struct, frozen=True):
    """Where an event stands: its id, by which receivers know it again, and its place in the timeline, from 1."""

    id: UUID
    sequence: int


async def record(tx: Connection, event: Event) -> Recorded:
    """Writes the event at the end of its case's timeline, and the message about it, due at once.

    Counting up the case's row orders writers: sequences have no gap and no double, and come in order of commit.
    Raises LookupError for a case that is not there.
    """
    counted = await tx.rows("UPDATE cases SET events = events + 1 WHERE id = ? RETURNING events", event.case_id)
    if not counted:
        raise LookupError(f"there is no case {event.case_id}")
    recorded = Recorded(new_id(), counted[0]["events"])
    await tx.execute(
        "INSERT INTO case_events (id, case_id, sequence, type, at, actor, subject, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(recorded.id, event.case_id, recorded.sequence, event.type, event.at),
        *(event.actor, event.subject, event.data),
    )
    await _post(tx, event, recorded)
    return recorded


async def _post(tx: Connection, event: Event, recorded: Recorded) -> None:
    payload = {
        "case": str(event.case_id),
        "sequence": recorded.sequence,
        "type": event.type,
        "at": event.at,
        "actor": event.actor,
    }
    await tx.execute(
        "INSERT INTO outbox (id, topic, subject_id, sequence, payload, next_at) VALUES (?, ?, ?, ?, ?, ?)",
        *(recorded.id, CASE_CHANGED, event.case_id, recorded.sequence),
        *(msgspec.json.encode(payload).decode(), event.at),
    )

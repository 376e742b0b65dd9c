"""How is something said? As the next message of its ticket, with what is shown, and the news of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.cases.asking.evidence import Evidence, keep
from bff.cases.standing import Author
from bff.storage.database import Connection
from bff.storage.fields import new_id

TICKET_MESSAGE_ADDED = "ticket_message_added"  # the outbox topic of every message
LONGEST_BODY = 10_000


class Said(Struct, frozen=True):
    """What is said, and shown with it."""

    body: str
    attachments: Sequence[Evidence] = ()


async def add(tx: Connection, ticket: UUID, sequence: int, said: Said, author: Author, at: datetime) -> None:
    """Writes the message, its attachments and the message about it, due at once."""
    message = new_id()
    await tx.execute(
        "INSERT INTO ticket_messages (id, ticket_id, sequence, author, author_subject, body, sent_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(message, ticket, sequence, author.role, author.subject, said.body, at),
    )
    await keep(tx, said.attachments, author, at, message=message)
    payload = {"ticket": str(ticket), "message": str(message), "sequence": sequence}
    await tx.execute(
        "INSERT INTO outbox (id, topic, subject_id, sequence, payload, next_at) VALUES (?, ?, ?, ?, ?, ?)",
        *(message, TICKET_MESSAGE_ADDED, ticket, sequence, msgspec.json.encode(payload).decode(), at),
    )

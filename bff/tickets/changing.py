"""How does a conversation go on? Under the lock of its ticket: the guard, the change, the message."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.storage.database import Connection, Database
from bff.tickets.messages import Said, add
from bff.tickets.transitions import (
    ANSWERING,
    REOPENS_FOR,
    TicketStep,
    may_ever,
    sources_of,
    state_of,
    target,
)
from bff.user_errors import UserErrorCode
from bff.vocabulary import TicketStatus


class _Locked(Struct, frozen=True):
    """A ticket that nobody else changes before this transaction ends."""

    status: TicketStatus
    merchant_id: UUID | None
    resolved_at: datetime | None
    first_responded_at: datetime | None
    updated_at: datetime
    messages: int


async def reply(tx: Connection, ticket: UUID, said: Said, author: Author, at: datetime) -> None:
    """Adds a message. Raises a Refusal: FORBIDDEN, or INVALID_STATE where only a new ticket helps."""
    must_be_theirs(TicketStep.REPLY, author)
    before = await _lock(tx, ticket, messages=1)
    status = _moved(before, TicketStep.REPLY, author, at)
    answers = author.role in ANSWERING and before.first_responded_at is None
    await tx.execute(
        "UPDATE tickets SET status = ?, updated_at = ?, first_responded_at = ?, resolved_at = ? WHERE id = ?",
        *(status, max(at, before.updated_at), at if answers else before.first_responded_at),
        *(before.resolved_at if status is TicketStatus.RESOLVED else None, ticket),
    )
    await add(tx, ticket, before.messages, said, author, at)


async def resolve(tx: Connection, ticket: UUID, author: Author, at: datetime) -> None:
    """Says that the question is settled. Raises a Refusal: FORBIDDEN or INVALID_STATE."""
    must_be_theirs(TicketStep.RESOLVE, author)
    before = await _lock(tx, ticket, messages=0)
    status = _moved(before, TicketStep.RESOLVE, author, at)
    late = max(at, before.updated_at)
    await tx.execute(
        "UPDATE tickets SET status = ?, updated_at = ?, resolved_at = ? WHERE id = ?", status, late, late, ticket
    )


async def close_resolved(database: Database, at: datetime) -> int:
    """Closes for good what was resolved a week before `at` or earlier, and says how many. Twice does no harm."""

    async def work(tx: Connection) -> int:
        condition, statuses = tx.among("status", sources_of(TicketStep.CLOSE))
        return await tx.execute(
            f"UPDATE tickets SET status = ?, updated_at = ?, version = version + 1 WHERE {condition}"
            " AND resolved_at <= ?",
            *(TicketStatus.CLOSED, at, statuses, at - REOPENS_FOR),
        )

    return await database.run_tx(work)


def must_be_theirs(step: TicketStep, author: Author) -> None:
    """Raises FORBIDDEN for what that role never does, whatever the ticket."""
    if not may_ever(step, author.role):
        raise Refusal(UserErrorCode.FORBIDDEN, f"{author.role} may not {step.lower()} a ticket")


async def _lock(tx: Connection, ticket: UUID, *, messages: int) -> _Locked:
    """Counts the version up, and the messages, which orders writers: sequences have no gap and no double."""
    (locked,) = await tx.structs(
        _Locked,
        "UPDATE tickets SET version = version + 1, messages_count = messages_count + ? WHERE id = ?"
        " RETURNING status, merchant_id, resolved_at, first_responded_at, updated_at, messages_count",
        messages,
        ticket,
    )
    return locked


def _moved(before: _Locked, step: TicketStep, author: Author, at: datetime) -> TicketStatus:
    state = state_of(before.status, before.resolved_at, at, is_a_merchants=before.merchant_id is not None)
    status = target(state, step, author.role)
    if status is not None:
        return status
    if step is TicketStep.RESOLVE and before.status is TicketStatus.RESOLVED:
        raise Refusal(UserErrorCode.INVALID_STATE, "This ticket is resolved already")
    raise Refusal(UserErrorCode.INVALID_STATE, "This ticket is closed: open a new one")

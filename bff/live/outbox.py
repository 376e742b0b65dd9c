"""How does the world hear of what was committed? From the outbox: at least once, and in order for each subject.

Who takes the first waiting message of a subject takes the subject: its later messages are nobody else's until
those before them are done. A claim is a conditional UPDATE that moves `next_at` ahead, so that two workers never
hold the same message, and one that dies in between leaves it to be sent again, under the same id.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct

from bff.cases.timeline import CASE_CHANGED
from bff.live.bus import ALL_CASES, Away, Bus, Message, of_case, of_merchant, of_ticket
from bff.policy.registry import Plugin
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id

log = structlog.get_logger("bff.live")
TICKET_MESSAGE_ADDED = "ticket_message_added"
SUBJECTS = 100  # taken at once
LEASE = timedelta(seconds=30)  # how long a claim keeps others away
SENDING_SECONDS = 20.0  # of the lease; what has not been sent by then is given back
LONGEST_PAUSE = 60.0  # seconds between two tries
KEPT = timedelta(days=7)
BATCH = 500  # rows deleted by one statement

HEADS = """
SELECT o.id FROM outbox o WHERE o.done_at IS NULL AND o.next_at <= ? AND o.topic IN ('case_changed',
 'ticket_message_added') AND NOT EXISTS (SELECT 1 FROM outbox before WHERE before.topic = o.topic
 AND before.subject_id = o.subject_id AND before.sequence < o.sequence AND before.done_at IS NULL)
 ORDER BY o.next_at, o.id LIMIT ?
"""
MINE = "UPDATE outbox SET next_at = ? WHERE {} AND done_at IS NULL AND next_at <= ? RETURNING subject_id"
THEIRS = "UPDATE outbox SET next_at = ?, attempts = attempts + 1 WHERE {} AND done_at IS NULL RETURNING "


class Due(Struct, frozen=True):
    """A claimed message."""

    id: UUID
    topic: str
    subject_id: UUID
    sequence: int
    payload: dict[str, Any]
    attempts: int


class Owner(Struct, frozen=True):
    """Whom a case is against, and where."""

    case: UUID
    merchant: UUID
    market: str


async def publish_due(database: Database, bus: Bus, plugins: Sequence[Plugin], now: datetime) -> int:
    """Publishes what is due and notes for which plugins it is news; the number of messages that went out.

    What the bus does not take is tried again later.
    """
    heads = await database.rows(HEADS, now, SUBJECTS)
    if not heads:
        return 0
    began = time.monotonic()
    due = await database.run_tx(lambda tx: claim(tx, [row["id"] for row in heads], now))
    owners = {owner.case: owner for owner in await owners_of(database, due)}
    sent: list[Due] = []
    for message in due:
        if time.monotonic() - began > SENDING_SECONDS or not await published(bus, message, owners):
            break
        sent.append(message)
    await database.run_tx(lambda tx: settle(tx, sent, owners, plugins, now))
    if len(sent) < len(due):
        await database.run_tx(lambda tx: release(tx, due[len(sent) :], now))
    return len(sent)


async def claim(tx: Connection, heads: Sequence[UUID], now: datetime) -> list[Due]:
    """Takes the subjects whose first messages these are, and all that is waiting of them, in order."""
    until = now + LEASE
    which, keys = tx.among("id", heads)
    mine = await tx.rows(MINE.format(which), until, keys, now)
    if not mine:
        return []
    which, keys = tx.among("subject_id", {row["subject_id"] for row in mine})
    taken = await tx.structs(Due, THEIRS.format(which) + ", ".join(Due.__struct_fields__), until, keys)
    return sorted(taken, key=lambda message: (message.subject_id, message.sequence))


async def owners_of(database: Database, due: Sequence[Due]) -> list[Owner]:
    """The merchants and markets of the cases among the subjects."""
    keys = {message.subject_id for message in due if message.topic == CASE_CHANGED}
    which, keys_of = database.among("c.id", keys)
    sql = f"SELECT c.id, c.merchant_id, o.market FROM cases c JOIN orders o ON o.id = c.order_id WHERE {which}"
    return await database.structs(Owner, sql, keys_of) if keys else []


async def published(bus: Bus, due: Due, owners: Mapping[UUID, Owner]) -> bool:
    """Whether the bus took it."""
    message = Message(id=due.id, topic=due.topic, subject=due.subject_id, sequence=due.sequence, part=part_of(due))
    try:
        await bus.publish(channels(due, owners), message)
    except Away:
        log.warning("not_published", message=str(due.id), attempts=due.attempts)
        return False
    return True


def part_of(due: Due) -> UUID | None:
    """What was added. One that cannot be read must not keep everything else from being sent."""
    part = due.payload.get("message")
    try:
        return None if part is None else UUID(part)
    except (ValueError, AttributeError):
        log.error("payload_not_understood", message=str(due.id))  # noqa: TRY400 - its text may hold data
        return None


def channels(due: Due, owners: Mapping[UUID, Owner]) -> list[str]:
    """Who may want to hear of it."""
    if due.topic == TICKET_MESSAGE_ADDED:
        return [of_ticket(due.subject_id)]
    owner = owners.get(due.subject_id)
    return [of_case(due.subject_id), ALL_CASES, *([of_merchant(owner.merchant)] if owner else [])]


async def settle(
    tx: Connection, sent: Sequence[Due], owners: Mapping[UUID, Owner], plugins: Sequence[Plugin], now: datetime
) -> None:
    """Notes that messages went out, and which plugins have yet to be told; of a message sent twice only once."""
    which, keys = tx.among("id", [message.id for message in sent])
    await tx.execute(f"UPDATE outbox SET done_at = ? WHERE {which}", now, keys)
    await tx.execute_many(
        "INSERT INTO notices (id, event_id, plugin, next_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (new_id(), message.id, plugin.name, now)
            for message in sent
            if message.topic == CASE_CHANGED and message.subject_id in owners
            for plugin in plugins
            if plugin.serves(owners[message.subject_id].market, None)
        ],
    )


async def release(tx: Connection, left: Sequence[Due], now: datetime) -> None:
    """Gives back what could not be sent; the longer it fails, the later it is tried again."""
    pause = min(2.0 ** min(left[0].attempts - 1, 10), LONGEST_PAUSE)
    which, keys = tx.among("id", [message.id for message in left])
    await tx.execute(f"UPDATE outbox SET next_at = ? WHERE {which}", now + timedelta(seconds=pause), keys)


async def forget_old(database: Database, now: datetime) -> int:
    """Deletes what was done more than a week ago, some rows at a time; the number of rows that went."""
    return sum([await emptied(database, table, now - KEPT) for table in ("outbox", "notices")])


async def emptied(database: Database, table: str, before: datetime) -> int:
    """Deletes the rows of one table that were done before; the number of rows that went."""
    old = f"SELECT id FROM {table} WHERE done_at < ? ORDER BY done_at LIMIT ?"

    async def delete(tx: Connection) -> int:
        return await tx.execute(f"DELETE FROM {table} WHERE id IN ({old})", before, BATCH)

    gone = last = await database.run_tx(delete)
    while last == BATCH:
        last = await database.run_tx(delete)
        gone += last
    return gone

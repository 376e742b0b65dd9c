"""Which tickets, and what was said in them? Within the viewer's scope; messages in the order they were sent."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads import keyset
from bff.storage.reads.children import Children
from bff.storage.reads.fragment import TRUE, Fragment, among
from bff.storage.reads.keyset import Listing, Page, Slice, Sorting
from bff.storage.reads.orders import like
from bff.storage.reads.scope import Scope
from bff.vocabulary import EvidenceKind, Priority, Role, TicketStatus


class TicketRow(Struct, frozen=True):
    """One conversation. Without a merchant it is the platform's own to answer."""

    id: UUID
    number: str
    customer_id: UUID
    merchant_id: UUID | None
    order_id: UUID | None
    case_id: UUID | None
    subject: str
    status: TicketStatus
    priority: Priority
    queue: str
    channel: str
    created_at: datetime
    first_response_due_at: datetime | None
    first_responded_at: datetime | None


class MessageRow(Struct, frozen=True):
    """One thing said; `sequence` counts from one in its ticket."""

    id: UUID
    ticket_id: UUID
    sequence: int
    author: Role
    body: str
    sent_at: datetime


class AttachmentRow(Struct, frozen=True):
    """One thing shown with a message."""

    id: UUID
    message_id: UUID
    kind: EvidenceKind
    url: str | None
    text: str | None
    added_by: Role
    added_at: datetime


class OrderSubject(Struct, frozen=True):
    """An order that a ticket may be about. `merchant_id` sold all its lines; None where several did."""

    order_id: UUID
    customer_id: UUID
    market: str
    merchant_id: UUID | None


class CaseSubject(OrderSubject, frozen=True):
    """A case that a ticket may be about, with its merchant, its routing and its terms."""

    case_id: UUID
    queue: str
    priority: Priority
    channel: str
    terms: dict[str, Any] | None


class TicketFilter(Struct, frozen=True):
    """Which tickets are wanted; None asks nothing."""

    status: tuple[TicketStatus, ...] | None = None
    priority: tuple[Priority, ...] | None = None
    queue: tuple[str, ...] | None = None
    search: str | None = None


class Owner(StrEnum):
    """Whose tickets a nested connection lists."""

    CUSTOMER = "t.customer_id"
    ORDER = "t.order_id"
    CASE = "t.case_id"


NEWEST = Sorting(("t.created_at", "t.id"), ("created_at", "id"), tuple[datetime, UUID])
AS_SENT = Sorting(("x.sequence", "x.id"), ("sequence", "id"), tuple[int, UUID], descending=False)
COLUMNS = {name: Fragment(f"t.{name}") for name in TicketRow.__struct_fields__}
MESSAGES = Listing(
    "ticket_messages x",
    {name: Fragment(f"x.{name}") for name in MessageRow.__struct_fields__},
    parent="x.ticket_id",
)
ATTACHMENTS = Children(AttachmentRow, "evidence e", "e.message_id", "e.message_id, e.added_at, e.id")
OF_CASES = Children(TicketRow, "tickets t", "t.case_id", "t.created_at, t.id")


def listing(owner: Owner | None) -> Listing:
    """Tickets, by their owner where they have one."""
    return Listing("tickets t", COLUMNS, parent=owner)


def condition(database: Database, scope: Scope, wanted: TicketFilter) -> Fragment:
    """The viewer's scope and, inside it, the filter."""
    found = scope.tickets()
    for column in ("status", "priority", "queue"):
        values = getattr(wanted, column)
        if values is not None:
            found &= among(database.among(f"t.{column}", values))
    if wanted.search:
        prefix = f"{like(wanted.search)}%"
        # A number is made by us, of ASCII alone: both databases lower it alike.
        text = "(lower(t.number) LIKE ? ESCAPE '!' OR t.subject_folded LIKE ? ESCAPE '!')"
        found &= Fragment(text, (prefix, prefix))
    return found


async def page(
    database: Database,
    scope: Scope,
    wanted: TicketFilter,
    asked: Slice,
    owner: Owner | None = None,
    owners: Sequence[UUID] | None = None,
) -> list[Page[TicketRow]]:
    """A page of all tickets, or one for each owner, those opened last first."""
    where = condition(database, scope, wanted)
    return await keyset.pages(database, TicketRow, listing(owner), where, NEWEST, asked, owners)


async def count(
    database: Database, scope: Scope, wanted: TicketFilter, owner: Owner | None, owners: Sequence[UUID] | None
) -> list[int]:
    """How many tickets there are, or how many each owner has."""
    return await keyset.counts(database, listing(owner), condition(database, scope, wanted), owners)


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, TicketRow]:
    """The tickets of those ids that the viewer may see."""
    select, where = listing(None).select(), among(database.among("t.id", ids)) & scope.tickets()
    rows = await database.structs(TicketRow, f"SELECT {select.text} FROM tickets t{where.where}", *where.args)
    return {row.id: row for row in rows}


async def of_cases(database: Database, scope: Scope, cases: Sequence[UUID]) -> dict[UUID, list[TicketRow]]:
    """The tickets about each case that the viewer may see, the oldest first."""
    found: dict[UUID, list[TicketRow]] = {case: [] for case in cases}
    where = among(database.among("t.case_id", cases)) & scope.tickets()
    for row in await OF_CASES.where(database, where):
        if row.case_id is not None:
            found[row.case_id].append(row)
    return found


async def messages(database: Database, asked: Slice, tickets: Sequence[UUID]) -> list[Page[MessageRow]]:
    """A page of each ticket's messages, the oldest first, of tickets that the viewer sees already."""
    return await keyset.pages(database, MessageRow, MESSAGES, TRUE, AS_SENT, asked, tickets)


async def messages_by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, MessageRow]:
    """The messages of those ids in tickets that the viewer may see."""
    select, where = MESSAGES.select(), among(database.among("x.id", ids)) & scope.tickets()
    rows = await database.structs(
        MessageRow,
        f"SELECT {select.text} FROM ticket_messages x JOIN tickets t ON t.id = x.ticket_id{where.where}",
        *where.args,
    )
    return {row.id: row for row in rows}


async def about_order(database: Database, scope: Scope, order: UUID) -> OrderSubject | None:
    """An order that the viewer may see, as what a ticket is about."""
    where = Fragment("o.id = ?", (order,)) & scope.orders()
    sold = "FROM order_lines l WHERE l.order_id = o.id"
    found = await database.structs(
        OrderSubject,
        f"SELECT o.id, o.customer_id, o.market, CASE WHEN (SELECT count(DISTINCT l.merchant_id) {sold}) = 1"
        f" THEN (SELECT l.merchant_id {sold} LIMIT 1) END FROM orders o{where.where}",
        *where.args,
    )
    return found[0] if found else None


async def about_case(database: Database, scope: Scope, case: UUID) -> CaseSubject | None:
    """A case that the viewer may see, as what a ticket is about."""
    where = Fragment("c.id = ?", (case,)) & scope.cases()
    found = await database.structs(
        CaseSubject,
        "SELECT c.order_id, c.customer_id, o.market, c.merchant_id, c.id, c.queue, c.priority, c.channel, c.terms"
        f" FROM cases c JOIN orders o ON o.id = c.order_id{where.where}",
        *where.args,
    )
    return found[0] if found else None

"""Which cases, in which order, and what is in them?"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from bff.storage.database import Database
from bff.storage.reads import keyset
from bff.storage.reads.fragment import Fragment, among
from bff.storage.reads.keyset import Listing, Page, Slice, Sorting
from bff.storage.reads.orders import like
from bff.storage.reads.scope import Scope
from bff.vocabulary import CaseStatus, LiableParty, Priority, Resolution, ReturnReason


class CaseRow(Struct, frozen=True):
    """One case. `due_at` is its earliest open deadline, FOREVER where none is open."""

    id: UUID
    number: str
    order_id: UUID
    customer_id: UUID
    merchant_id: UUID
    status: CaseStatus
    resolution: Resolution
    liable_party: LiableParty
    liability_basis: str
    liability_final: bool
    requested_at: datetime
    updated_at: datetime
    version: int
    queue: str
    priority: Priority
    channel: str
    warehouse: str | None
    carrier: str | None
    requires_inspection: bool
    due_at: datetime
    priority_rank: int


class CaseLineRow(Struct, frozen=True):
    """Some units of an order line in a case, in minor units of `currency`."""

    case_id: UUID
    order_line_id: UUID
    quantity: int
    reason: ReturnReason
    note: str | None
    refundable_minor: int
    refunded_minor: int
    currency: str


class CaseSort(StrEnum):
    """In which order cases are listed."""

    DEADLINE = "DEADLINE"
    PRIORITY = "PRIORITY"
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"


# As the indexes of the migration spell it, or they are not used.
PRIORITY_RANK = "(CASE c.priority WHEN 'URGENT' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'NORMAL' THEN 2 ELSE 3 END)"
DERIVED = {"priority_rank": PRIORITY_RANK}
COLUMNS = {name: Fragment(DERIVED.get(name, f"c.{name}")) for name in CaseRow.__struct_fields__}

LINE_COLUMNS = {"currency": "o.currency", "refunded_minor": "x.refunded_minor + x.shipping_refunded_minor"}

BY_TIME = ("c.requested_at", "c.id")
TIME = ("requested_at", "id")
SORTINGS = {
    CaseSort.NEWEST: Sorting(BY_TIME, TIME, tuple[datetime, UUID]),
    CaseSort.OLDEST: Sorting(BY_TIME, TIME, tuple[datetime, UUID], descending=False),
    CaseSort.DEADLINE: Sorting(("c.due_at", "c.id"), ("due_at", "id"), tuple[datetime, UUID], descending=False),
    CaseSort.PRIORITY: Sorting(
        (PRIORITY_RANK, *BY_TIME), ("priority_rank", *TIME), tuple[int, datetime, UUID], descending=False
    ),
}


class CaseFilter(Struct, frozen=True):
    """Which cases are wanted; None asks nothing. The time bounds are UTC and half-open.

    `overdue` is told by `now`, which is no part of the question: a cursor outlives the instant it was made at.
    """

    status: tuple[CaseStatus, ...] | None = None
    resolution: tuple[Resolution, ...] | None = None
    reason: tuple[ReturnReason, ...] | None = None
    search: str | None = None
    requested_from: datetime | None = None
    requested_until: datetime | None = None
    queue: tuple[str, ...] | None = None
    priority: tuple[Priority, ...] | None = None
    overdue: bool | None = None
    now: datetime | None = None

    def at(self, now: datetime) -> "CaseFilter":
        """The same question, to be answered for that instant."""
        return replace(self, now=now)


class Owner(StrEnum):
    """Whose cases a nested connection lists."""

    CUSTOMER = "c.customer_id"
    MERCHANT = "c.merchant_id"
    ORDER = "c.order_id"


def listing(owner: Owner | None) -> Listing:
    """Cases, by whom they are listed for."""
    return Listing("cases c", COLUMNS, parent=owner.value if owner else None)


def condition(database: Database, scope: Scope, wanted: CaseFilter) -> Fragment:
    """The viewer's scope and, inside it, the filter."""
    found = scope.cases()
    for column, values in (
        ("c.status", wanted.status),
        ("c.resolution", wanted.resolution),
        ("c.queue", wanted.queue),
        ("c.priority", wanted.priority),
    ):
        if values is not None:
            found &= among(database.among(column, values))
    if wanted.reason is not None:
        reasons = among(database.among("asked.reason", wanted.reason))
        text = f"EXISTS (SELECT 1 FROM case_lines asked WHERE asked.case_id = c.id AND {reasons.text})"
        found &= Fragment(text, reasons.args)
    if wanted.requested_from is not None:
        found &= Fragment("c.requested_at >= ?", (wanted.requested_from,))
    if wanted.requested_until is not None:
        found &= Fragment("c.requested_at < ?", (wanted.requested_until,))
    if wanted.overdue is not None:
        found &= Fragment("c.due_at <= ?" if wanted.overdue else "c.due_at > ?", (wanted.now,))
    return found & _matching(wanted.search) if wanted.search else found


def _matching(text: str) -> Fragment:
    prefix = f"{like(text)}%"
    return Fragment(
        # A case's number is made by us, of ASCII alone: both databases lower it alike.
        "(lower(c.number) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM orders named"
        " WHERE named.id = c.order_id AND named.number_folded LIKE ? ESCAPE '!'))",
        (prefix, prefix),
    )


async def page(
    database: Database,
    scope: Scope,
    wanted: CaseFilter,
    sort: CaseSort,
    asked: Slice,
    owner: Owner | None = None,
    owners: Sequence[UUID] | None = None,
) -> list[Page[CaseRow]]:
    """A page of all cases, or one for each owner."""
    where = condition(database, scope, wanted)
    return await keyset.pages(database, CaseRow, listing(owner), where, SORTINGS[sort], asked, owners)


async def count(
    database: Database, scope: Scope, wanted: CaseFilter, owner: Owner | None, owners: Sequence[UUID] | None
) -> list[int]:
    """How many cases there are, or how many each owner has."""
    return await keyset.counts(database, listing(owner), condition(database, scope, wanted), owners)


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, CaseRow]:
    """The cases of those ids that the viewer may see."""
    return {row.id: row for row in await _rows(database, among(database.among("c.id", ids)) & scope.cases())}


async def _rows(database: Database, where: Fragment) -> list[CaseRow]:
    select = listing(None).select()
    return await database.structs(CaseRow, f"SELECT {select.text} FROM cases c{where.where}", *where.args)


async def lines_of(database: Database, cases: Sequence[UUID]) -> dict[UUID, list[CaseLineRow]]:
    """What stands in cases that the viewer sees already."""
    which = among(database.among("x.case_id", cases))
    columns = ", ".join(LINE_COLUMNS.get(name, f"x.{name}") for name in CaseLineRow.__struct_fields__)
    found: dict[UUID, list[CaseLineRow]] = {case: [] for case in cases}
    for row in await database.structs(
        CaseLineRow,
        f"SELECT {columns} FROM case_lines x JOIN cases c ON c.id = x.case_id"
        f" JOIN orders o ON o.id = c.order_id{which.where} ORDER BY x.case_id, x.id",
        *which.args,
    ):
        found[row.case_id].append(row)
    return found


class LatestRow(CaseRow, frozen=True):
    """The case that was requested last among those that hold units of a line."""

    line_id: UUID


async def latest_of_lines(database: Database, scope: Scope, lines: Sequence[UUID]) -> dict[UUID, LatestRow]:
    """The latest case of each line that has one and that the viewer may see."""
    where = among(database.among("x.order_line_id", lines)) & scope.cases()
    select = listing(None).select()
    ranked = (
        f"SELECT {select.text}, x.order_line_id AS line_id, row_number() OVER"
        " (PARTITION BY x.order_line_id ORDER BY c.requested_at DESC, c.id DESC) AS place"
        f" FROM case_lines x JOIN cases c ON c.id = x.case_id{where.where}"
    )
    names = ", ".join(LatestRow.__struct_fields__)
    statement = f"SELECT {names} FROM ({ranked}) AS ranked WHERE place = 1"
    rows = await database.structs(LatestRow, statement, *where.args)
    return {row.line_id: row for row in rows}

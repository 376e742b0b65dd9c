"""Which rulings do merchants contest? Appeals, one by one or page by page."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads import keyset
from bff.storage.reads.children import Children
from bff.storage.reads.fragment import Fragment, among
from bff.storage.reads.keyset import Listing, Page, Slice, Sorting
from bff.storage.reads.scope import Scope
from bff.vocabulary import AppealStatus


class AppealRow(Struct, frozen=True):
    """One appeal against the ruling of one dispute."""

    id: UUID
    dispute_id: UUID
    case_id: UUID
    merchant_id: UUID
    status: AppealStatus
    grounds: str
    opened_at: datetime
    resolved_at: datetime | None
    rationale: str | None


FROM = "appeals a JOIN disputes d ON d.id = a.dispute_id JOIN cases c ON c.id = d.case_id"
OTHERS = {"case_id": "d.case_id"}
OF_DISPUTES = Children(AppealRow, FROM, "a.dispute_id", "a.id", OTHERS)
LISTING = Listing(FROM, {name: Fragment(OTHERS.get(name, f"a.{name}")) for name in AppealRow.__struct_fields__})
NEWEST = Sorting(("a.opened_at", "a.id"), ("opened_at", "id"), tuple[datetime, UUID])


class AppealFilter(Struct, frozen=True):
    """Which appeals are wanted; None asks nothing."""

    status: tuple[AppealStatus, ...] | None = None


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, AppealRow]:
    """The appeals of those ids against whose cases the viewer may look."""
    rows = await OF_DISPUTES.where(database, among(database.among("a.id", ids)) & scope.cases())
    return {row.id: row for row in rows}


def condition(database: Database, scope: Scope, wanted: AppealFilter) -> Fragment:
    """The viewer's scope, and inside it the filter. A merchant's own column leads the index that is read."""
    found = scope.cases() & (Fragment("a.merchant_id = ?", (scope.merchant,)) if scope.merchant else Fragment(""))
    return found if wanted.status is None else found & among(database.among("a.status", wanted.status))


async def page(database: Database, scope: Scope, wanted: AppealFilter, asked: Slice) -> list[Page[AppealRow]]:
    """A page of appeals, those opened last first."""
    return await keyset.pages(database, AppealRow, LISTING, condition(database, scope, wanted), NEWEST, asked)


async def count(database: Database, scope: Scope, wanted: AppealFilter) -> list[int]:
    """How many appeals there are."""
    return await keyset.counts(database, LISTING, condition(database, scope, wanted), None)

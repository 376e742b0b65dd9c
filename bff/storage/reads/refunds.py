"""Which money goes back, and what is it made of?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.children import Children
from bff.storage.reads.fragment import among
from bff.storage.reads.scope import Scope
from bff.vocabulary import RefundComponentKind, RefundMethod, RefundStatus


class Part(Struct, frozen=True):
    """A component of a refund, as it is stored."""

    kind: RefundComponentKind
    amount: int
    plugin: str = "kernel"


class RefundRow(Struct, frozen=True):
    """One payment back, in minor units of `currency`. `breakdown` None: nobody wrote down what it is made of."""

    id: UUID
    case_id: UUID
    status: RefundStatus
    amount_minor: int
    currency: str
    method: RefundMethod
    breakdown: list[Part] | None
    requested_at: datetime
    settled_at: datetime | None
    expected_by: datetime | None
    failure: str | None


OF_CASES = Children(RefundRow, "refunds r JOIN cases c ON c.id = r.case_id", "r.case_id", "r.requested_at, r.id")


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, RefundRow]:
    """The refunds of those ids whose cases the viewer may see."""
    rows = await OF_CASES.where(database, among(database.among("r.id", ids)) & scope.cases())
    return {row.id: row for row in rows}

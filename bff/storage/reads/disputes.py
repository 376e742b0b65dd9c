"""Who is right? Disputes with their rulings."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.children import Children
from bff.storage.reads.fragment import among
from bff.storage.reads.scope import Scope
from bff.vocabulary import DisputeStatus, LiableParty


class DisputeRow(Struct, frozen=True):
    """One dispute; what follows `opened_at` is its ruling, in minor units of `currency`."""

    id: UUID
    case_id: UUID
    status: DisputeStatus
    claim: str
    opened_at: datetime
    ruled_at: datetime | None
    liable_party: LiableParty | None
    refund_minor: int | None
    rationale: str | None
    currency: str


OF_CASES = Children(
    DisputeRow, "disputes d JOIN cases c ON c.id = d.case_id", "d.case_id", "d.id", {"currency": "c.currency"}
)


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, DisputeRow]:
    """The disputes of those ids whose cases the viewer may see."""
    rows = await OF_CASES.where(database, among(database.among("d.id", ids)) & scope.cases())
    return {row.id: row for row in rows}

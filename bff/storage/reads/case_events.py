"""What happened to a case, page by page?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads import keyset
from bff.storage.reads.fragment import TRUE, Fragment
from bff.storage.reads.keyset import Listing, Page, Slice, Sorting
from bff.vocabulary import Role


class CaseEventRow(Struct, frozen=True):
    """One entry of a timeline; who of the role it was stays in the database."""

    id: UUID
    case_id: UUID
    sequence: int
    type: str
    at: datetime
    actor: Role
    data: dict[str, Any]


LISTING = Listing(
    "case_events e", {name: Fragment(f"e.{name}") for name in CaseEventRow.__struct_fields__}, "e.case_id"
)
# A sequence has no doubles inside of its case, and a page never leaves one.
AS_IT_HAPPENED = Sorting(("e.sequence",), ("sequence",), tuple[int], descending=False)


async def page(database: Database, asked: Slice, cases: Sequence[UUID]) -> list[Page[CaseEventRow]]:
    """A page of each case that the viewer sees already."""
    return await keyset.pages(database, CaseEventRow, LISTING, TRUE, AS_IT_HAPPENED, asked, cases)

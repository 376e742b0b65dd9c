"""What was a customer given beside a refund, and how content are they with a case?"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import CompensationKind, LiableParty


class CompensationRow(Struct, frozen=True):
    """Something given for the trouble, in minor units of `currency`."""

    case_id: UUID
    kind: CompensationKind
    amount_minor: int
    currency: str
    reason: str
    granted_at: datetime
    born_by: LiableParty


class RatingRow(Struct, frozen=True):
    """What the customer says of a case."""

    case_id: UUID
    satisfaction: int
    recommend: int | None
    comment: str | None
    rated_at: datetime


OF_CASES = Children(CompensationRow, "compensations p", "p.case_id", "p.granted_at, p.id")
RATINGS = Children(RatingRow, "ratings g", "g.case_id", "g.id")

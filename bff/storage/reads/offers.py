"""What did the merchant offer instead?"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import OfferStatus


class OfferRow(Struct, frozen=True):
    """One offer, in minor units of `currency`."""

    id: UUID
    case_id: UUID
    amount_minor: int
    keeps_goods: bool
    message: str | None
    status: OfferStatus
    expires_at: datetime
    currency: str


OF_CASES = Children(
    OfferRow, "offers f JOIN cases c ON c.id = f.case_id", "f.case_id", "f.round", {"currency": "c.currency"}
)

"""What is sent instead of a case's goods?"""

from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import ExchangeStatus


class ExchangeRow(Struct, frozen=True):
    """The goods that a case sends, the difference in minor units of `currency`. A repair has no variant."""

    case_id: UUID
    sku: str
    variant: str | None
    quantity: int
    status: ExchangeStatus
    difference_minor: int
    tracking_number: str | None
    currency: str


OF_CASES = Children(
    ExchangeRow,
    "exchanges x JOIN cases c ON c.id = x.case_id LEFT JOIN variants v ON v.id = x.variant_id",
    "x.case_id",
    "x.id",
    {"variant": "v.variant", "currency": "c.currency"},
)

"""How do a case's goods travel back, and where were they seen?"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import ReturnMethod, ReverseShipmentStatus


class ReverseShipmentRow(Struct, frozen=True):
    """The parcel of a case."""

    id: UUID
    case_id: UUID
    method: ReturnMethod
    status: ReverseShipmentStatus
    carrier: str
    tracking_number: str | None
    pickup_from: datetime | None
    pickup_until: datetime | None
    label_url: str | None


class ScanRow(Struct, frozen=True):
    """One event of a parcel."""

    shipment_id: UUID
    status: ReverseShipmentStatus
    at: datetime
    place: str | None
    description: str | None


OF_CASES = Children(ReverseShipmentRow, "reverse_shipments s", "s.case_id", "s.id")
SCANS = Children(ScanRow, "reverse_shipment_events s", "s.shipment_id", "s.at, s.id")

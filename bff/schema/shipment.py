"""Where are the goods? One outbound parcel."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from msgspec import Struct

from bff.schema.enums import ShipmentStatus
from bff.schema.fields import attribute
from bff.storage.reads.lines import LineRow
from bff.storage.reads.payments import ShipmentRow

if TYPE_CHECKING:
    from bff.schema.order_line import OrderLine


class ParcelSource(Struct, frozen=True, eq=False):
    """A parcel with those of its lines that the viewer may see."""

    carrier: str
    tracking_number: str | None
    status: ShipmentStatus
    shipped_at: datetime | None
    delivered_at: datetime | None
    lines: list[LineRow]

    @classmethod
    def of(cls, row: ShipmentRow, seen: list[LineRow]) -> "ParcelSource":
        """The parcel with the lines that it names, among those seen."""
        inside = [line for line in seen if line.external_id in row.line_external_ids]
        return cls(row.carrier, row.tracking_number, row.status, row.shipped_at, row.delivered_at, inside)


@strawberry.type(description="One outbound parcel. A line travels in at most one.")
class Shipment:
    carrier: str = attribute("Who carries it.")
    tracking_number: str | None = attribute("The carrier's number; null until the carrier has given one.")
    status: ShipmentStatus = attribute("As the logistics system last said.")
    shipped_at: datetime | None = attribute("When the carrier took it; null until then.")
    delivered_at: datetime | None = attribute(
        "When it was handed over: windows of its lines are counted from here."
    )
    lines: list[Annotated["OrderLine", strawberry.lazy("bff.schema.order_line")]] = attribute(
        "The lines in the parcel that the viewer may see."
    )

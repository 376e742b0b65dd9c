"""How do the goods travel back? The parcel of a case, and where it was seen."""

from datetime import datetime

import strawberry

from bff.schema.enums import ReturnMethod, ReverseShipmentStatus
from bff.schema.fields import attribute, resolved
from bff.schema.owned import listed
from bff.storage.reads import reverse_shipments


@strawberry.type(description="Something that a carrier told about a parcel.")
class ReverseShipmentEvent:
    status: ReverseShipmentStatus = attribute("How far it had come.")
    at: datetime = attribute("When that was so, by the carrier's clock.")
    place: str | None = attribute("Where; null where the carrier does not say.")
    description: str | None = attribute("The carrier's own words, in whatever language it speaks.")


@strawberry.type(description="The parcel in which a case's goods come back; one a case.")
class ReverseShipment:
    method: ReturnMethod = attribute("How it is handed over.")
    status: ReverseShipmentStatus = attribute("As far as its carrier has told.")
    carrier: str = attribute("Who carries it.")
    tracking_number: str | None = attribute("The carrier's number; null until there is one.")
    pickup_from: datetime | None = attribute("When the courier may come at the earliest; null without a pickup.")
    pickup_until: datetime | None = attribute("When the courier has come at the latest; null without a pickup.")
    label_url: str | None = attribute("The label to print; null where none is needed.")
    events: list[ReverseShipmentEvent] = resolved(
        listed(reverse_shipments.SCANS), "Everything that its carrier told, the oldest first."
    )

"""How do carriers tell of parcels? A batch of scans, and what became of it."""

from datetime import datetime

import strawberry
from msgspec import Struct

from bff.schema.case_inputs import ABOUT_KEYS
from bff.schema.enums import ReverseShipmentStatus
from bff.schema.fields import attribute
from bff.schema.upsert_orders import given, optional
from bff.schema.user_error import Payload, UserErrorSource


@strawberry.input(description="Something that a carrier tells of a parcel.")
class ShipmentEventInput:
    event_id: str = given("The carrier's own name for it, up to 200 characters: told again, it is a duplicate.")
    tracking_number: str = given("Of goods that come back, or that were sent in exchange.")
    status: ReverseShipmentStatus = given("How far the parcel had come.")
    at: datetime = given("When that was so, by the carrier's clock; it may be told late, and out of order.")
    place: str | None = optional("Where, up to 200 characters.")
    description: str | None = optional("The carrier's own words, up to 1,000 characters.")


@strawberry.input(description="A batch of scans.")
class RecordShipmentEventsInput:
    events: list[ShipmentEventInput] = given("1 to 100 events; each is taken or refused on its own.")
    idempotency_key: str = given(ABOUT_KEYS)


class RecordEventsSource(Struct, frozen=True, eq=False):
    """What became of a batch."""

    applied: int
    duplicates: int
    user_errors: list[UserErrorSource]


@strawberry.type(description="What became of a batch of events; refused ones are in none of the counts.")
class RecordEventsPayload(Payload):
    applied: int = attribute("Events that were news.")
    duplicates: int = attribute("Events that were known before.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, RecordEventsSource)

"""How is a way back booked? By pickup, drop-off or mail, with the slot or the number that it has."""

from datetime import datetime

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS
from bff.schema.enums import ReturnMethod
from bff.schema.upsert_orders import given, optional


@strawberry.input(description="How approved goods travel back. Booking again replaces what was booked before.")
class ScheduleReturnInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    method: ReturnMethod = given("One of the way's `returnMethods`.")
    pickup_from: datetime | None = optional("For a PICKUP, and only there: when somebody may come, in the future.")
    pickup_until: datetime | None = optional(
        "Until when they may come: at most 24 hours later, and before the goods are due on their way."
    )
    carrier: str | None = optional("Who carries it, where the customer chose; up to 100 characters.")
    tracking_number: str | None = optional(
        "The carrier's number, up to 100 characters, that no other parcel has. By MAIL it says that the goods were"
        " handed over. Left out, the shop gives one."
    )
    idempotency_key: str = given(ABOUT_KEYS)

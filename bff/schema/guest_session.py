"""How does somebody get in without an account? With an order's number and the e-mail address of its buyer."""

from datetime import datetime

import strawberry
from msgspec import Struct

from bff.schema.fields import attribute
from bff.schema.upsert_orders import given
from bff.schema.user_error import Payload, UserErrorSource


@strawberry.input(description="What a guest knows of an order.")
class OpenGuestSessionInput:
    order_number: str = given("The whole number, exactly as it was given out.")
    email: str = given("The address that the order was placed with; case does not matter.")


class GuestSessionSource(Struct, frozen=True, eq=False):
    """A token and its end, or why there is none."""

    token: str | None
    expires_at: datetime | None
    user_errors: list[UserErrorSource]


@strawberry.type(description="A guest's way in.")
class GuestSessionPayload(Payload):
    token: str | None = attribute(
        "A bearer token with the role CUSTOMER that opens this one order: its lines, cases and tickets. Send it as"
        " any other token. Null when nothing was opened."
    )
    expires_at: datetime | None = attribute("When the token ends, 15 minutes from now; null without one.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, GuestSessionSource)

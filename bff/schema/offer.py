"""What does a merchant offer instead? An amount, with or without the goods coming back."""

from datetime import datetime

import strawberry

from bff.schema.enums import OfferStatus
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.money import Money, amount_of


@strawberry.type(description="What a merchant offers to settle a case otherwise. At most one of a case is open.")
class Offer:
    id: strawberry.ID = resolved(id_of("Offer"), "Opaque; `node` does not fetch it.")
    amount: Money = resolved(
        amount_of("amount_minor"), "What would be refunded to settle the case, beside what was refunded before."
    )
    keeps_goods: bool = attribute("Whether the customer may keep the goods.")
    message: str | None = attribute("What the merchant says to it; null where nothing.")
    status: OfferStatus = attribute("What became of it.")
    expires_at: datetime = attribute("The first instant at which it can no longer be accepted.")

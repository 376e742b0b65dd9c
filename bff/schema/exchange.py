"""What is sent instead? The goods that replace those of a case, or these themselves, repaired."""

import strawberry

from bff.schema.enums import ExchangeStatus
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money, amount_of


@strawberry.type(description="Goods that are sent to the customer: other ones, or repaired the same; one a case.")
class Exchange:
    sku: str = attribute("The variant that is sent.")
    variant: str | None = attribute(
        'Size, colour and the like, "Blue / XL"; null for a repair or an only variant.'
    )
    quantity: int = attribute("How many units.")
    status: ExchangeStatus = attribute("Where they are.")
    price_difference: Money = resolved(
        amount_of("difference_minor"), "Positive: the customer pays; negative: the customer gets it back."
    )
    tracking_number: str | None = attribute("The carrier's number; null until they are sent.")

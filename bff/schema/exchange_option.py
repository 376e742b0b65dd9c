"""What can be had instead? One other variant."""

import strawberry
from msgspec import Struct

from bff.money import Money as Amount
from bff.policy.decision import ExchangeOffer
from bff.schema.fields import attribute
from bff.schema.money import Money


class ExchangeSource(Struct, frozen=True, eq=False):
    """A variant on offer, with its difference in the order's currency."""

    sku: str
    title: str
    variant: str | None
    available_quantity: int
    price_difference: Amount
    image_url: str | None

    @classmethod
    def of(cls, offer: ExchangeOffer, currency: str) -> "ExchangeSource":
        """What the kernel offers, for a client."""
        difference = Amount(offer.difference, currency)
        return cls(offer.sku, offer.title, offer.variant, offer.available, difference, offer.image_url)


@strawberry.type(description="A variant that one unit may be exchanged for.")
class ExchangeOption:
    sku: str = attribute("What would be sent.")
    title: str = attribute("What it is called.")
    variant: str | None = attribute("Size, colour and the like.")
    available_quantity: int = attribute("Units in stock that nobody has reserved.")
    price_difference: Money = attribute("For one unit. Positive: the customer pays it; negative: it is refunded.")
    image_url: str | None = attribute("A picture, where the catalogue has one.")

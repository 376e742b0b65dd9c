"""How does money look? An exact decimal string and its currency."""

from collections.abc import Callable
from typing import Any

import strawberry

from bff.money import Money as Amount
from bff.schema.fields import attribute
from bff.schema.scalars import CurrencyCode, DecimalText


def amount_of(minor: str) -> Callable[..., Amount]:
    """A resolver for rows that keep minor units in that attribute and their `currency` beside it."""

    def resolve(root: Any) -> Amount:
        return Amount(getattr(root, minor), root.currency)

    return resolve


@strawberry.type(description="An exact amount of one currency.")
class Money:
    amount: DecimalText = attribute(
        'With as many decimal places as the currency has: "199.90" SGD, "45000" VND, "1.250" KWD. Negative only'
        " for differences."
    )
    currency: CurrencyCode = attribute("The currency of the order that it belongs to; nothing is ever converted.")

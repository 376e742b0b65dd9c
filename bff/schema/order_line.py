"""What can come back? One line of an order, with the policies' answers about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET

from bff.execution.batched import batched
from bff.schema.context import Info
from bff.schema.eligibility import ReturnEligibility
from bff.schema.enums import ReturnReason
from bff.schema.exchange_option import ExchangeOption
from bff.schema.fields import attribute, resolved
from bff.schema.found import found
from bff.schema.ids import id_of
from bff.schema.judged import exchanges_of_lines, judged_lines, reasons_of_lines
from bff.schema.money import Money, amount_of
from bff.schema.node import Node
from bff.schema.return_reason import ReturnReasonOption
from bff.storage.reads import cases
from bff.storage.reads.lines import LineRow

if TYPE_CHECKING:
    from bff.schema.case import Case
    from bff.schema.merchant import Merchant
    from bff.schema.order import Order

Reason = Annotated[
    ReturnReason,
    strawberry.argument(description="Why it would come back; windows, fees and liability depend on it."),
]
Quantity = Annotated[
    int | None,
    strawberry.argument(
        description="How many units, at least 1. Left out: all that are left, or 1 where none is. More than that"
        " is INELIGIBLE, with the explanation."
    ),
]


@batched
async def order(parents: Sequence[LineRow], info: Info) -> list[Any]:
    """The orders of lines."""
    return await found(info.context, "Order", [line.order_id for line in parents])


@batched
async def merchant(parents: Sequence[LineRow], info: Info) -> list[Any]:
    """The sellers of lines."""
    return await found(info.context, "Merchant", [line.merchant_id for line in parents])


@batched
async def latest_case(parents: Sequence[LineRow], info: Info) -> list[Any]:
    """The latest case of each line."""
    context = info.context
    latest = await cases.latest_of_lines(context.database, context.scope, [line.id for line in parents])
    return [latest.get(line.id) for line in parents]


@batched
async def return_reasons(parents: Sequence[LineRow], info: Info) -> list[Any]:
    """The reasons that the policies would listen to."""
    return await reasons_of_lines(info.context, parents)


@batched
async def return_eligibility(
    parents: Sequence[LineRow],
    info: Info,
    reason: Reason = ReturnReason.CHANGE_OF_MIND,
    quantity: Quantity = UNSET,
) -> list[Any]:
    """One decision a line: the answer for a line never depends on the others of the page."""
    return await judged_lines(info.context, parents, reason, quantity)


@batched
async def exchange_options(
    parents: Sequence[LineRow], info: Info, reason: Reason = ReturnReason.SIZE_OR_FIT
) -> list[Any]:
    """What one unit may be exchanged for."""
    return await exchanges_of_lines(info.context, parents, reason)


@strawberry.type(description="Some units of one variant in one order, bought at one price from one merchant.")
class OrderLine(Node):
    id: strawberry.ID = resolved(id_of("OrderLine"), "Global and opaque.")
    order: Annotated["Order", strawberry.lazy("bff.schema.order")] = resolved(
        order, "The order that it stands on."
    )
    merchant: Annotated["Merchant", strawberry.lazy("bff.schema.merchant")] = resolved(merchant, "Who sold it.")
    sku: str = attribute("The seller's stock keeping unit: one variant.")
    title: str = attribute("As it was called when it was sold.")
    variant: str | None = attribute('Size, colour and the like, "Blue / XL"; null where there is only one.')
    image_url: str | None = attribute("A picture of the variant, where the catalogue had one.")
    category: str = attribute(
        'A path from general to special, "apparel/shoes"; rules may hold for any part of it.'
    )
    quantity: int = attribute("Units bought.")
    unit_price: Money = resolved(amount_of("unit_price_minor"), "List price of one unit, before any discount.")
    discount: Money = resolved(
        amount_of("discount_minor"), "This line's share of all discounts, those on the whole order included."
    )
    tax: Money = resolved(amount_of("tax_minor"), "The tax in `paid`.")
    paid: Money = resolved(
        amount_of("paid_minor"),
        "What the customer paid for all its units: after discounts, tax included, without shipping. No refund of"
        " the goods ever passes it.",
    )
    refunded: Money = resolved(amount_of("refunded_minor"), "Refunded on this line so far.")
    quantity_returnable: int = attribute(
        "Units bought, less those that open and completed cases hold. Says nothing about windows."
    )
    return_reasons: list[ReturnReasonOption] = resolved(
        return_reasons,
        "The reasons for which the policies would now accept a request for what is left, or let a person decide;"
        " the others are not listed.",
    )
    return_eligibility: ReturnEligibility = resolved(
        return_eligibility, "May it come back, until when, for how much, and why? Asked of every policy, now."
    )
    exchange_options: list[ExchangeOption] = resolved(
        exchange_options,
        "The variants that one unit may be exchanged for now; empty where no exchange is possible.",
    )
    latest_case: Annotated["Case", strawberry.lazy("bff.schema.case")] | None = resolved(
        latest_case, "The case requested last that holds or held units of this line; null where there is none."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, LineRow)

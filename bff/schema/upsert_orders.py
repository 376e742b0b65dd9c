"""How do order systems tell of their orders? The input of `upsertOrders`, and what became of it."""

from datetime import datetime
from typing import Any

import strawberry
from msgspec import Struct
from strawberry import UNSET

from bff.schema.enums import OrderStatus, PaymentMethod, ShipmentStatus
from bff.schema.fields import attribute
from bff.schema.scalars import JSON, CurrencyCode, DecimalText, MarketCode
from bff.schema.user_error import Payload, UserErrorSource


def given(description: str) -> Any:
    """An input field that must be there."""
    return strawberry.field(description=description)


def optional(description: str) -> Any:
    """An input field that may be left out; null means the same."""
    return strawberry.field(default=UNSET, description=description)


def listed(description: str) -> Any:
    """A list that is empty when it is left out."""
    return strawberry.field(default_factory=list, description=description)


@strawberry.input(description="Who bought.")
class OrderCustomerInput:
    external_id: str = given("The shop's own key of the customer; the same key is the same customer.")
    display_name: str = given("How the customer wants to be called.")
    email: str | None = optional("Never shown by the graph; left out, the known one stays.")
    segments: list[str] = listed("Groups to join; ingest never takes anybody out of one.")


@strawberry.input(description="Some units of one variant, bought at one price from one merchant.")
class OrderLineInput:
    external_id: str = given("The line's own key, unique in its order.")
    merchant_external_id: str = given("The shop's own key of the seller, which policy records name.")
    merchant_name: str = given("As customers know it.")
    sku: str = given("One variant.")
    title: str = given("As it was called when it was sold.")
    variant: str | None = optional("Size, colour and the like.")
    category: str = given('A path from general to special, "apparel/shoes".')
    quantity: int = given("Units bought, at least 1.")
    unit_price: DecimalText = given("List price of one unit, before any discount.")
    discount: DecimalText = given("The line's share of all discounts, those on the whole order included.")
    tax: DecimalText = given("The tax in `paid`.")
    paid: DecimalText = given(
        "For all its units: unitPrice x quantity - discount, tax included, to the minor unit."
    )
    image_url: str | None = optional("A picture.")
    attributes: JSON | None = optional('What plugins may ask for: {"finalSale": true, "brand": "..."}.')
    product_external_id: str | None = optional(
        "Puts the variant into the catalogue beside its siblings, so that exchanges can be offered."
    )


@strawberry.input(description="One tender of the order.")
class PaymentInput:
    external_id: str = given("The tender's own key, unique in its order.")
    method: PaymentMethod = given("How it was paid.")
    captured: DecimalText = given("What was really taken.")
    label: str = given('What the customer would recognise: "Visa, ends in 4242".')


@strawberry.input(description="One outbound parcel.")
class ShipmentInput:
    external_id: str = given("The parcel's own key, unique in its order.")
    carrier: str = given("Who carries it.")
    tracking_number: str | None = optional("The carrier's number.")
    status: ShipmentStatus = given("Where it is.")
    shipped_at: datetime | None = optional("When the carrier took it.")
    delivered_at: datetime | None = optional("When it was handed over: windows are counted from here.")
    lines: list[str] = listed("The external ids of the lines in it; all of them when empty.")


@strawberry.input(description="One order as its source knows it at `updatedAt`; amounts are in `currency`.")
class OrderInput:
    number: str = given("Unique in the shop; the same number is the same order.")
    external_id: str | None = optional("The source's own key.")
    market: MarketCode = given("Where it was sold.")
    currency: CurrencyCode = given("One for the whole order.")
    status: OrderStatus = given("How far it has come.")
    placed_at: datetime = given("When the customer ordered.")
    delivered_at: datetime | None = optional("When the last parcel arrived.")
    updated_at: datetime = given("When the source changed it; an older one never overwrites a newer one.")
    customer: OrderCustomerInput = given("Who bought it.")
    lines: list[OrderLineInput] = given("At least one.")
    shipping_fee: DecimalText = given("What the customer paid for sending it all.")
    payments: list[PaymentInput] = given("Add up to the lines' paid and the shipping fee, unless it is unpaid.")
    shipments: list[ShipmentInput] = listed("The parcels; without any, `deliveredAt` speaks for every line.")
    channel: str = strawberry.field(default="web", description="Where it was sold: rules may differ by it.")
    attributes: JSON | None = optional("What plugins may ask for about the whole order.")


@strawberry.input(description="A batch of orders.")
class UpsertOrdersInput:
    orders: list[OrderInput] = given("1 to 100 orders; each is taken or refused on its own.")
    idempotency_key: str = given(
        "1 to 255 characters that name this batch. Orders are idempotent by themselves: the same batch again"
        " changes nothing and counts as unchanged."
    )


class UpsertSource(Struct, frozen=True, eq=False):
    """What became of a batch."""

    created: int
    updated: int
    unchanged: int
    user_errors: list[UserErrorSource]


@strawberry.type(description="What became of a batch of orders; refused ones are in none of the counts.")
class UpsertOrdersPayload(Payload):
    created: int = attribute("Orders that were new.")
    updated: int = attribute("Orders that the input was newer than.")
    unchanged: int = attribute("Orders that said nothing new, or something older.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, UpsertSource)

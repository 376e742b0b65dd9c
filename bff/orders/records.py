"""What does a shop tell us of an order? The ingest record: the contract's OrderInput and a few things more."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from bff.vocabulary import OrderStatus, PaymentMethod, ShipmentStatus

Instant = Annotated[datetime, Meta(tz=True)]
Key = Annotated[str, Meta(min_length=1, max_length=100)]
Text200 = Annotated[str, Meta(min_length=1, max_length=200)]
Text300 = Annotated[str, Meta(min_length=1, max_length=300)]
Link = Annotated[str, Meta(max_length=1000)]
# A decimal string such as "199.90": a JSON number has been a float somewhere.
Amount = Annotated[str, Meta(max_length=40)]
Attributes = dict[str, Any]
LARGEST_QUANTITY = 1_000_000


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Written in camelCase; a field that nobody knows is a mistake worth hearing about."""


class CustomerRecord(Record, frozen=True, kw_only=True):
    """Who bought. Segments are joined, never left; a missing e-mail address changes nothing."""

    external_id: Key
    display_name: Text200
    email: Annotated[str, Meta(max_length=320)] | None = None
    segments: list[Annotated[str, Meta(min_length=1, max_length=50)]] = []


class LineRecord(Record, frozen=True, kw_only=True):
    """One variant. `discount` is the line's share of every discount, `paid` what was paid with tax.

    `product_external_id` puts the variant into the catalogue beside its siblings; without it only the line
    is kept.
    """

    external_id: Key
    merchant_external_id: Key
    merchant_name: Text200
    sku: Key
    title: Text300
    variant: Annotated[str, Meta(max_length=200)] | None = None
    category: Text200
    quantity: Annotated[int, Meta(ge=1, le=LARGEST_QUANTITY)]
    unit_price: Amount
    discount: Amount
    tax: Amount
    paid: Amount
    image_url: Link | None = None
    attributes: Attributes | None = None
    product_external_id: Key | None = None


class PaymentRecord(Record, frozen=True, kw_only=True):
    """One tender and how much of it was captured."""

    external_id: Key
    method: PaymentMethod
    captured: Amount
    label: Key


class ShipmentRecord(Record, frozen=True, kw_only=True):
    """One parcel; `lines` are the external ids of the lines in it, all of them when empty."""

    external_id: Key
    carrier: Key
    tracking_number: Annotated[str, Meta(max_length=100)] | None = None
    status: ShipmentStatus
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    lines: list[Key] = []


class OrderRecord(Record, frozen=True, kw_only=True):
    """One order as its source knows it at `updated_at`; amounts are decimal strings in `currency`."""

    number: Key
    external_id: Annotated[str, Meta(max_length=100)] | None = None
    market: Annotated[str, Meta(max_length=2)]
    currency: Annotated[str, Meta(max_length=3)]
    status: OrderStatus
    placed_at: Instant
    delivered_at: Instant | None = None
    updated_at: Instant
    customer: CustomerRecord
    lines: list[LineRecord]
    shipping_fee: Amount
    payments: list[PaymentRecord]
    channel: Annotated[str, Meta(min_length=1, max_length=30)] = "web"
    attributes: Attributes | None = None
    shipments: list[ShipmentRecord] = []


class UnreadableRecordError(ValueError):
    """Not an order record: `field` is the path of what is wrong, such as `lines[0].quantity`, or empty."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field, self.reason = field, reason


def read_record(value: Any) -> OrderRecord:
    """A record from parsed JSON. Raises UnreadableRecordError, which names the field."""
    try:
        return msgspec.convert(value, OrderRecord)
    except msgspec.ValidationError as error:
        raise unreadable(error) from None


def unreadable(error: msgspec.DecodeError) -> UnreadableRecordError:
    """A complaint like "Expected `int`, got `str` - at `$.lines[0].quantity`", as field and reason."""
    reason, _, place = str(error).partition(" - at `")
    return UnreadableRecordError(place.rstrip("`").removeprefix("$").removeprefix("."), reason)

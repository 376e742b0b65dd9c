"""What does the demo shop's table say? Its rows as ingest records, dated from the moment of loading."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from bff.markets import market
from bff.money import decimal_text, parse_minor
from bff.orders.records import (
    CustomerRecord,
    LineRecord,
    OrderRecord,
    PaymentRecord,
    ShipmentRecord,
)
from bff.vocabulary import OrderStatus, PaymentMethod, ReturnReason, ShipmentStatus

TABLE = Path(__file__).with_name("demo_shop.toml")
# Sales tax in basis points, as of 2026, for the demo only; in the United States it is added to the price.
TAX_BPS = {"SG": 900, "CN": 1300, "DE": 1900, "VN": 800, "US": 800}
TAX_ADDED = {"US"}
WHOLE = 10_000
ORDER_TO_SHIP, SHIP_TO_DOOR = timedelta(days=1), timedelta(days=2)


class DemoProduct(Struct, frozen=True):
    """A product with its variants as (sku, variant, stock)."""

    id: str
    merchant: str
    title: str
    category: str
    prices: dict[str, str]
    variants: list[tuple[str, str, int]]


class DemoCustomer(Struct, frozen=True):
    """Somebody who buys."""

    name: str
    market: str
    segments: list[str] = []


class DemoLine(Struct, frozen=True):
    """What was bought of one variant; `tax` None is the market's."""

    sku: str
    quantity: int = 1
    discount: str = "0"
    tax: str | None = None
    attributes: dict[str, Any] = {}


class DemoPayment(Struct, frozen=True):
    """A tender; without `captured` it covers what the others leave."""

    method: PaymentMethod
    label: str
    captured: str | None = None


class DemoCase(Struct, frozen=True):
    """A case on the order's line, with all of its units' money refunded when it is COMPLETED."""

    line: str
    quantity: int
    reason: ReturnReason
    status: str
    requested: float


class DemoOrder(Struct, frozen=True):
    """One order and the rule that it shows; instants are days before the moment of loading."""

    number: str
    shows: str
    customer: str
    lines: list[DemoLine]
    status: OrderStatus = OrderStatus.DELIVERED
    placed: float | None = None
    shipped: float | None = None
    delivered: float | None = None
    promised: float | None = None
    last_day_off_after: int | None = None
    currency: str | None = None
    channel: str = "web"
    shipping_fee: str = "0"
    parcel: ShipmentStatus | None = None
    second_parcel: list[str] = []
    attributes: dict[str, Any] = {}
    payments: list[DemoPayment] = []  # one card when empty
    case: DemoCase | None = None


class DemoShop(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    merchants: dict[str, str]
    customers: dict[str, DemoCustomer]
    products: list[DemoProduct]
    orders: list[DemoOrder]

    def product_of(self, sku: str) -> tuple[DemoProduct, str]:
        """The product and the variant's words. Raises KeyError for a sku that nobody sells."""
        for product in self.products:
            for each, words, _ in product.variants:
                if each == sku:
                    return product, words
        raise KeyError(sku)


def read_shop() -> DemoShop:
    """The table, checked against its shape."""
    return msgspec.convert(tomllib.loads(TABLE.read_text(encoding="utf-8")), DemoShop)


class Course(Struct, frozen=True):
    """When an order was placed, sent and handed over."""

    placed: datetime
    shipped: datetime | None
    delivered: datetime | None


def ago(now: datetime, days: float) -> datetime:
    """That many days before now: 0.2 is 4.8 hours."""
    return now - timedelta(days=days)


def course_of(order: DemoOrder, now: datetime, home: str) -> Course:
    """The order's instants; what the table leaves out follows from what it says."""
    delivered = ago(now, order.delivered) if order.delivered else None
    if order.last_day_off_after is not None:
        delivered = before_day_off(home, now, order.last_day_off_after)
    shipped = ago(now, order.shipped) if order.shipped else delivered and delivered - SHIP_TO_DOOR
    if order.promised:
        shipped = ago(now, order.promised) - SHIP_TO_DOOR
    placed = ago(now, order.placed) if order.placed else (shipped or now) - ORDER_TO_SHIP
    return Course(placed, shipped, delivered)


def before_day_off(home: str, now: datetime, days: int) -> datetime:
    """Noon of the market's day that lies `days` before its next day off, and so is in the past."""
    calendar = market(home)
    last = calendar.local_day(now) + timedelta(days=1)
    while calendar.is_working_day(last):
        last += timedelta(days=1)
    return calendar.start_of_day(last - timedelta(days=days)) + timedelta(hours=12)


def record_of(shop: DemoShop, order: DemoOrder, now: datetime) -> OrderRecord:
    """The order as ingest takes it."""
    buyer = shop.customers[order.customer]
    currency = order.currency or market(buyer.market).currency
    course = course_of(order, now, buyer.market)
    lines = [line_of(shop, line, str(i), buyer.market, currency) for i, line in enumerate(order.lines, start=1)]
    total = parse_minor(order.shipping_fee, currency) + sum(parse_minor(line.paid, currency) for line in lines)
    promised = {"promisedBy": ago(now, order.promised).isoformat()} if order.promised else {}
    return OrderRecord(
        number=order.number,
        market=buyer.market,
        currency=currency,
        status=order.status,
        placed_at=course.placed,
        delivered_at=None if order.second_parcel else course.delivered,
        updated_at=course.delivered or course.shipped or course.placed,
        customer=CustomerRecord(
            external_id=order.customer,
            display_name=buyer.name,
            email=f"{order.customer}@example.com",
            segments=buyer.segments,
        ),
        lines=lines,
        shipping_fee=decimal_text(parse_minor(order.shipping_fee, currency), currency),
        payments=payments_of(order, total, currency),
        channel=order.channel,
        attributes={**order.attributes, **promised, "shows": order.shows},
        shipments=parcels_of(order, course, [line.external_id for line in lines]),
    )


def line_of(shop: DemoShop, line: DemoLine, name: str, home: str, currency: str) -> LineRecord:
    """A line at its variant's price; tax is in the price, but for markets that add it."""
    product, variant = shop.product_of(line.sku)
    price = parse_minor(product.prices[currency], currency)
    discount = parse_minor(line.discount, currency)
    left = price * line.quantity - discount
    bps, added = TAX_BPS[home], home in TAX_ADDED
    if line.tax is not None:
        tax = parse_minor(line.tax, currency)
    else:
        tax = left * bps // (WHOLE if added else WHOLE + bps)
    return LineRecord(
        external_id=name,
        merchant_external_id=product.merchant,
        merchant_name=shop.merchants[product.merchant],
        sku=line.sku,
        title=product.title,
        variant=variant,
        category=product.category,
        quantity=line.quantity,
        unit_price=decimal_text(price, currency),
        discount=decimal_text(discount, currency),
        tax=decimal_text(tax, currency),
        paid=decimal_text(left + tax if added else left, currency),
        attributes=line.attributes,
    )


def payments_of(order: DemoOrder, total: int, currency: str) -> list[PaymentRecord]:
    """The tenders; an order that is placed or cancelled has captured nothing."""
    tenders = order.payments or [DemoPayment(PaymentMethod.CARD, "Visa 4242")]
    nothing = order.status in {OrderStatus.PLACED, OrderStatus.CANCELLED}
    told = sum(parse_minor(each.captured, currency) for each in tenders if each.captured is not None)
    rest = 0 if nothing else total - told
    return [
        PaymentRecord(
            external_id=f"P{i}",
            method=each.method,
            captured=decimal_text(
                rest if each.captured is None else parse_minor(each.captured, currency), currency
            ),
            label=each.label,
        )
        for i, each in enumerate(tenders, start=1)
    ]


def parcels_of(order: DemoOrder, course: Course, lines: list[str]) -> list[ShipmentRecord]:
    """One parcel for what was sent, and a second one, still on its way, for the lines that say so."""
    if course.shipped is None:
        return []
    status = order.parcel or (ShipmentStatus.DELIVERED if course.delivered else ShipmentStatus.IN_TRANSIT)
    first = ShipmentRecord(
        external_id="S1",
        carrier="Swift Parcel",
        tracking_number=f"SP{order.number.replace('-', '')}",
        status=status,
        shipped_at=course.shipped,
        delivered_at=course.delivered,
        lines=[name for name in lines if name not in order.second_parcel],
    )
    second = ShipmentRecord(
        external_id="S2",
        carrier="Slow Freight",
        tracking_number=f"SF{order.number.replace('-', '')}",
        status=ShipmentStatus.IN_TRANSIT,
        shipped_at=course.shipped,
        lines=order.second_parcel,
    )
    return [first, second] if order.second_parcel else [first]

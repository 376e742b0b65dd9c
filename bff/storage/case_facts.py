"""What is decided about? The facts of one request, built from rows: whole orders in, shares of units out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from bff import units
from bff.money import split
from bff.policy.facts import CaseFacts, Line, Purchase
from bff.policy.facts import Scope as FactScope
from bff.storage.database import Database
from bff.storage.reads import customers, lines, payments
from bff.storage.reads.fragment import among
from bff.storage.reads.lines import LineRow
from bff.storage.reads.payments import PaymentRow, ShipmentRow
from bff.storage.reads.scope import Scope
from bff.units import Runs
from bff.vocabulary import BASIS_OF, OrderStatus, PaymentMethod, ReturnReason, ShipmentStatus

EVERYTHING = Scope(everything=True)


class OrderFactsRow(Struct, frozen=True):
    """What rules may know of an order; amounts are minor units of `currency`."""

    id: UUID
    market: str
    currency: str
    channel: str
    customer_id: UUID
    status: OrderStatus
    placed_at: datetime
    delivered_at: datetime | None
    shipping_fee_minor: int
    captured_minor: int
    refunded_minor: int
    held_minor: int
    attributes: dict[str, Any]

    @property
    def left_minor(self) -> int:
        """What may still be paid back of all that was captured."""
        return max(0, self.captured_minor - self.refunded_minor - self.held_minor)


class OrderMaterial(Struct, frozen=True):
    """One whole order, whoever looks: a rule sees every line, the viewer only the answer for its own."""

    order: OrderFactsRow
    lines: Mapping[UUID, LineRow]
    purchases: tuple[Purchase, ...]  # the same lines, as every rule about this order sees them
    payment_methods: tuple[PaymentMethod, ...]
    journeys: Mapping[UUID, "Journey"]  # by line
    segments: tuple[str, ...]


class Journey(Struct, frozen=True):
    """Where a line is on its way to the customer."""

    status: ShipmentStatus | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


class Asked(Struct, frozen=True):
    """So many units of one line: those named, or else the lowest that no case holds."""

    line_id: UUID
    quantity: int
    units: Runs = ()


class Own(Struct, frozen=True, kw_only=True):
    """What one case has of a line: the units that it holds, and what its refunds hold and have paid."""

    line_id: UUID
    units: Runs
    goods: int
    shipping: int


async def materials(database: Database, orders: Sequence[UUID], at: datetime) -> list[OrderMaterial]:
    """Orders that the viewer sees already, in five statements however many; KeyError for one that is not there."""
    which = among(database.among("o.id", orders))
    columns = ", ".join(f"o.{name}" for name in OrderFactsRow.__struct_fields__)
    rows = await database.structs(OrderFactsRow, f"SELECT {columns} FROM orders o{which.where}", *which.args)
    bought = await lines.of_orders(database, EVERYTHING, orders)
    paid = await payments.payments_of(database, orders)
    sent = await payments.shipments_of(database, orders)
    segments = await customers.segments_of(database, list({row.customer_id for row in rows}), at)
    by_id = {row.id: row for row in rows}
    return [
        _material(by_id[order], bought[order], paid[order], sent[order], segments[by_id[order].customer_id])
        for order in orders
    ]


def _material(
    order: OrderFactsRow,
    bought: Sequence[LineRow],
    paid: Sequence[PaymentRow],
    sent: Sequence[ShipmentRow],
    segments: tuple[str, ...],
) -> OrderMaterial:
    parcels = {name: parcel for parcel in sent for name in parcel.line_external_ids}
    journeys = {line.id: _journey(order, parcels.get(line.external_id)) for line in bought}
    return OrderMaterial(
        order=order,
        lines={line.id: line for line in bought},
        purchases=tuple(_purchase(line, journeys[line.id].delivered_at) for line in bought),
        payment_methods=tuple(dict.fromkeys(payment.method for payment in paid)),
        journeys=journeys,
        segments=segments,
    )


def without(material: OrderMaterial, own: Sequence[Own]) -> OrderMaterial:
    """The order as it would stand had a case never been opened: to decide anew on the units that it holds."""
    taken = sum(one.goods + one.shipping for one in own)
    lines = dict(material.lines)
    for one in own:
        line = lines[one.line_id]
        lines[one.line_id] = replace(
            line,
            quantity_held=line.quantity_held - units.counted(one.units),
            held_units=units.without(line.held_units, one.units),
            refunded_minor=line.refunded_minor - one.goods - one.shipping,
            shipping_refunded_minor=line.shipping_refunded_minor - one.shipping,
        )
    return replace(
        material,
        order=replace(material.order, refunded_minor=material.order.refunded_minor - taken),
        lines=lines,
        purchases=tuple(_purchase(line, material.journeys[line.id].delivered_at) for line in lines.values()),
    )


def fact_keys(found: Sequence[OrderMaterial]) -> dict[FactScope, list[str]]:
    """The keys that facts about these orders are asked for: a sku's carries the currency, "SHOE-42|SGD"."""
    bought = [(material, line) for material in found for line in material.lines.values()]
    keys: dict[FactScope, list[str]] = {
        FactScope.CUSTOMER: [str(material.order.customer_id) for material in found],
        FactScope.ORDER: [str(material.order.id) for material in found],
        FactScope.LINE: [str(line.id) for _, line in bought],
        FactScope.MERCHANT: [line.merchant_external_id for _, line in bought],
    }
    return {scope: list(dict.fromkeys(named)) for scope, named in keys.items()}


def case_facts(
    material: OrderMaterial,
    asked: Sequence[Asked],
    reason: ReturnReason,
    at: datetime,
    known: Mapping[str, Mapping[str, Any]],
    together: Sequence[Asked] = (),
) -> CaseFacts:
    """The request to give these units back for this reason, now. KeyError for a line of another order.

    `together` are all units of the request where these are a part of it: they share what was captured.
    """
    order = material.order
    request = _request(material, together or asked)
    return CaseFacts(
        order=str(order.id),
        market=order.market,
        currency=order.currency,
        channel=order.channel,
        customer=str(order.customer_id),
        segments=material.segments,
        reason=reason,
        basis=BASIS_OF[reason],
        at=at,
        placed_at=order.placed_at,
        order_status=order.status,
        order_attributes=order.attributes,
        shipping_fee=order.shipping_fee_minor,
        payment_methods=material.payment_methods,
        purchases=material.purchases,
        captured=order.captured_minor,
        lines=tuple(request[one.line_id] for one in asked),
        request=tuple(request.values()),
        known=known,
    )


def _request(material: OrderMaterial, asked: Sequence[Asked]) -> dict[UUID, Line]:
    """The lines of a request, with ceilings that together do not pass what is left of the captured money."""
    lines = {one.line_id: _line(material, material.lines[one.line_id], one) for one in asked}
    ceilings = [line.ceiling or 0 for line in lines.values()]
    left = material.order.left_minor
    if sum(ceilings) > left:
        for key, ceiling in zip(lines, split(left, ceilings), strict=True):
            lines[key] = replace(lines[key], ceiling=ceiling)
    return lines


def _purchase(line: LineRow, delivered_at: datetime | None) -> Purchase:
    return Purchase(
        id=str(line.id),
        merchant=line.merchant_external_id,
        category=line.category,
        ordered=line.quantity,
        held=line.quantity_held,
        unit_price=line.unit_price_minor,
        paid=line.paid_minor,
        discount=line.discount_minor,
        attributes=line.attributes,
        delivered_at=delivered_at,
    )


def _line(material: OrderMaterial, line: LineRow, wanted: Asked) -> Line:
    """The share of the asked units, of the one split of the line.

    What was refunded on the line otherwise, or is promised, lowers the ceiling.
    """
    journey = material.journeys[line.id]
    asked = wanted.units or units.lowest_free(line.held_units, wanted.quantity)

    def share(minor: int) -> int:
        return units.share(minor, line.quantity, asked)

    return Line(
        id=str(line.id),
        sku=line.sku,
        merchant=line.merchant_external_id,
        category=line.category,
        ordered=line.quantity,
        held=line.quantity_held,
        quantity=wanted.quantity,
        units=asked,
        unit_price=line.unit_price_minor,
        paid=share(line.paid_minor),
        tax=share(line.tax_minor),
        discount=share(line.discount_minor),
        shipping=share(line.shipping_minor),
        ceiling=min(share(line.paid_minor), line.left_minor) + share(line.shipping_minor),
        attributes=line.attributes,
        shipment=journey.status,
        shipped_at=journey.shipped_at,
        delivered_at=journey.delivered_at,
    )


def _journey(order: OrderFactsRow, parcel: ShipmentRow | None) -> Journey:
    """What the line's parcel says; without one, what the order's own dates say."""
    if parcel is not None:
        return Journey(parcel.status, parcel.shipped_at, parcel.delivered_at)
    if order.delivered_at is not None:
        return Journey(ShipmentStatus.DELIVERED, None, order.delivered_at)
    return Journey()

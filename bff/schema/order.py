"""What was bought together? One order as its viewer may see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from bff.execution.batched import batched
from bff.schema.case_connection import CaseConnection, cases_of
from bff.schema.context import Info, RequestContext
from bff.schema.enums import OrderStatus
from bff.schema.fields import attribute, resolved
from bff.schema.found import found
from bff.schema.ids import id_of
from bff.schema.money import Money, amount_of
from bff.schema.node import Node
from bff.schema.paging import After, Before, First, Last, Paging
from bff.schema.payment import Payment
from bff.schema.scalars import MarketCode
from bff.schema.shipment import ParcelSource, Shipment
from bff.schema.ticket_connection import TicketConnection, tickets_of
from bff.storage.reads import lines, payments
from bff.storage.reads.lines import LineRow
from bff.storage.reads.orders import OrderRow
from bff.storage.reads.payments import PaymentRow

if TYPE_CHECKING:
    from bff.schema.customer import Customer
    from bff.schema.order_line import OrderLine


@batched
async def customer(parents: Sequence[OrderRow], info: Info) -> list[Any]:
    """The buyers of a page of orders."""
    return await found(info.context, "Customer", [order.customer_id for order in parents])


async def _seen_lines(context: RequestContext, orders: list[UUID]) -> list[list[LineRow]]:
    by_order = await lines.of_orders(context.database, context.scope, orders)
    return [by_order[order] for order in orders]


@batched
async def order_lines(parents: Sequence[OrderRow], info: Info) -> list[list[LineRow]]:
    """The lines of a page of orders."""
    context = info.context
    return await context.batches.remembered(_seen_lines, context, [order.id for order in parents])


@batched
async def order_payments(parents: Sequence[OrderRow], info: Info) -> list[list[PaymentRow]]:
    """The tenders of a page of orders; none for a merchant, whose share of them nobody can tell."""
    context = info.context
    if context.scope.merchant:
        return [[] for _ in parents]
    by_order = await payments.payments_of(context.database, [order.id for order in parents])
    return [by_order[order.id] for order in parents]


@batched
async def shipments(parents: Sequence[OrderRow], info: Info) -> list[list[ParcelSource]]:
    """The parcels of a page of orders; for a merchant those that carry a line of its own."""
    context, orders = info.context, [order.id for order in parents]
    by_order = await payments.shipments_of(context.database, orders)
    seen = await context.batches.remembered(_seen_lines, context, orders)
    parcels = [
        [ParcelSource.of(parcel, of_order) for parcel in by_order[order]]
        for order, of_order in zip(orders, seen, strict=True)
    ]
    return [[parcel for parcel in of_order if parcel.lines or not context.scope.merchant] for of_order in parcels]


@batched
async def order_cases(
    parents: Sequence[OrderRow],
    info: Info,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The cases of a page of orders."""
    paging = Paging.of(first, after, last, before)
    return await cases_of(info.context, "Order.cases", [row.id for row in parents], None, None, paging)


@batched
async def order_tickets(
    parents: Sequence[OrderRow],
    info: Info,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The tickets about a page of orders."""
    owners, paging = [row.id for row in parents], Paging.of(first, after, last, before)
    return await tickets_of(info.context, "Order.tickets", owners, None, paging)


@strawberry.type(description="One purchase by one customer, in one currency.")
class Order(Node):
    id: strawberry.ID = resolved(id_of("Order"), "Global and opaque.")
    number: str = attribute("The number that the customer was given; unique in the shop.")
    market: MarketCode = attribute("Where it was sold: the law and the calendar that its windows are counted by.")
    status: OrderStatus = attribute("As the order system last said; it may lag behind the parcels.")
    placed_at: datetime = attribute("When the customer ordered.")
    delivered_at: datetime | None = attribute("When the last parcel arrived; null until then.")
    customer: Annotated["Customer", strawberry.lazy("bff.schema.customer")] = resolved(customer, "Who bought it.")
    lines: list[Annotated["OrderLine", strawberry.lazy("bff.schema.order_line")]] = resolved(
        order_lines, "What was bought, in the order's own order. A merchant sees only its own lines."
    )
    total: Money = resolved(
        amount_of("total_minor"),
        "Everything paid: the lines after discounts, tax included, and the shipping fee. For a merchant: what was"
        " paid for its own lines, without shipping.",
    )
    shipping_fee: Money = resolved(
        amount_of("shipping_fee_minor"),
        "What the customer paid for sending it all. For a merchant: its own lines' shares of it.",
    )
    refunded_total: Money = resolved(
        amount_of("refunded_minor"), "Refunded so far. For a merchant: on its own lines."
    )
    payments: list[Payment] = resolved(
        order_payments, "Every tender. Empty for a merchant: a tender pays for all sellers' lines together."
    )
    shipments: list[Shipment] = resolved(
        shipments, "The outbound parcels. A merchant sees those that carry its lines, with only its lines in them."
    )
    cases: CaseConnection = resolved(order_cases, "The cases on this order that the viewer may see, newest first.")
    tickets: TicketConnection = resolved(
        order_tickets,
        "The tickets about this order, or about a case on it, that the viewer may see; newest first.",
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, OrderRow)

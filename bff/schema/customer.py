"""Who buys? A customer with the segments and benefits that hold now, and everything bought."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from bff.execution.batched import batched
from bff.money import Money as Amount
from bff.schema.case_connection import CaseConnection, cases_of
from bff.schema.context import Info
from bff.schema.entitlement import Entitlement, entitlements_of, segments_of
from bff.schema.fields import attribute, resolved
from bff.schema.filters import CaseFilter, OrderFilter
from bff.schema.ids import id_of
from bff.schema.money import Money
from bff.schema.node import Node
from bff.schema.order_connection import OrderConnection, orders_of
from bff.schema.paging import After, Before, First, Last, Paging
from bff.schema.scalars import MarketCode
from bff.schema.ticket_connection import TicketConnection, WantedTickets, tickets_of
from bff.storage.reads import store_credits
from bff.storage.reads.customers import CustomerRow

WantedOrders = Annotated[
    OrderFilter | None, strawberry.argument(name="filter", description="Which orders; all without one.")
]
WantedCases = Annotated[
    CaseFilter | None, strawberry.argument(name="filter", description="Which cases; all without one.")
]


@batched
async def segments(parents: Sequence[CustomerRow], info: Info) -> list[Any]:
    """The segments in force now."""
    return await segments_of(info.context, [row.id for row in parents])


@batched
async def entitlements(parents: Sequence[CustomerRow], info: Info) -> list[Any]:
    """What plugins grant each customer now."""
    return await entitlements_of(info.context, parents)


@batched
async def customer_orders(
    parents: Sequence[CustomerRow],
    info: Info,
    wanted: WantedOrders = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The orders of each customer."""
    owners, paging = [row.id for row in parents], Paging.of(first, after, last, before)
    return await orders_of(info.context, "Customer.orders", owners, wanted, paging)


@batched
async def customer_cases(
    parents: Sequence[CustomerRow],
    info: Info,
    wanted: WantedCases = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The cases of each customer."""
    owners, paging = [row.id for row in parents], Paging.of(first, after, last, before)
    return await cases_of(info.context, "Customer.cases", owners, wanted, None, paging)


@batched
async def customer_tickets(
    parents: Sequence[CustomerRow],
    info: Info,
    wanted: WantedTickets = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The tickets of each customer."""
    owners, paging = [row.id for row in parents], Paging.of(first, after, last, before)
    return await tickets_of(info.context, "Customer.tickets", owners, wanted, paging)


@batched
async def store_credit(parents: Sequence[CustomerRow], info: Info) -> list[list[Amount]]:
    """The balances of each customer; none for a guest, who knows an order and not the person."""
    context = info.context
    if context.scope.order is not None:
        return [[] for _ in parents]
    by_customer = await store_credits.OF_CUSTOMERS.of(context.database, [row.id for row in parents])
    return [[Amount(one.balance_minor, one.currency) for one in by_customer[row.id]] for row in parents]


@strawberry.type(description="A person or company that buys.")
class Customer(Node):
    id: strawberry.ID = resolved(id_of("Customer"), "Global and opaque.")
    display_name: str = attribute("How the customer wants to be called.")
    market: MarketCode = attribute("The home market; an order may be sold in another.")
    segments: list[str] = resolved(
        segments,
        'The groups that the customer belongs to now, by name: "premium", "business". Rules may ask for them.',
    )
    entitlements: list[Entitlement] = resolved(
        entitlements, "The benefits that plugins grant the customer now, in the home market."
    )
    orders: OrderConnection = resolved(
        customer_orders, "The customer's orders that the viewer may see, those placed last first."
    )
    cases: CaseConnection = resolved(
        customer_cases, "The customer's cases that the viewer may see, those requested last first."
    )
    tickets: TicketConnection = resolved(
        customer_tickets, "The customer's tickets that the viewer may see, those opened last first."
    )
    store_credit: list[Money] = resolved(
        store_credit, "Credit with the shop, one balance a currency, by currency. Empty for a guest."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, CustomerRow)

"""What can be asked? The roots of every read; each finds within the viewer's scope."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from bff.resolvers import return_quote
from bff.schema.appeal_connection import AppealConnection, appeals_of
from bff.schema.case import Case
from bff.schema.case_connection import CaseConnection, cases_of
from bff.schema.context import Info, RequestContext
from bff.schema.enums import AppealStatus, CaseSort
from bff.schema.errors import GraphProblem, bad_input
from bff.schema.fields import resolved
from bff.schema.filters import CaseFilter, OrderFilter, any_of
from bff.schema.found import LOADS, found
from bff.schema.ids import parse_id
from bff.schema.node import Node
from bff.schema.order import Order
from bff.schema.order_connection import OrderConnection, orders_of
from bff.schema.paging import After, Before, First, Last, Paging
from bff.schema.return_quote import ReturnQuote, ReturnQuoteInput
from bff.schema.ticket import Ticket
from bff.schema.ticket_connection import TicketConnection, WantedTickets, tickets_of
from bff.schema.viewer import Viewer
from bff.storage.folding import is_storable
from bff.storage.reads import orders as order_reads
from bff.storage.reads.appeals import AppealFilter
from bff.viewer import Viewer as Caller

MOST_IDS = 100

Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="As the graph gave it out.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="At most 100.")]
Number = Annotated[str, strawberry.argument(description="The whole number, exactly as it was given out.")]
QuoteInput = Annotated[ReturnQuoteInput, strawberry.argument(name="input", description="What should come back.")]
WantedOrders = Annotated[
    OrderFilter | None, strawberry.argument(name="filter", description="Which orders; all without one.")
]
WantedCases = Annotated[
    CaseFilter | None, strawberry.argument(name="filter", description="Which cases; all without one.")
]
InStatus = Annotated[
    list[AppealStatus] | None,
    strawberry.argument(name="status", description="In any of these; an empty list matches nothing; null: all."),
]
SortedBy = Annotated[CaseSort | None, strawberry.argument(description="In which order; NEWEST unless asked.")]


def viewer(info: Info) -> Caller | None:
    """Whom the token names."""
    return info.context.viewer


async def objects(context: RequestContext, ids: Sequence[str], types: Sequence[str]) -> list[Any]:
    """The objects of those types, in the order of the ids, None for every other; one statement a type."""
    parsed = [parse_id(text) for text in ids]
    rows: dict[tuple[str, Any], Any] = {}
    for type_name in types:
        keys = list(dict.fromkeys(one[1] for one in parsed if one is not None and one[0] == type_name))
        for key, row in zip(keys, await found(context, type_name, keys), strict=True):
            rows[type_name, key] = row
    return [rows.get(one) if one is not None else None for one in parsed]


async def node(info: Info, key: Id) -> Any:
    """One object of any type."""
    return (await objects(info.context, [key], list(LOADS)))[0]


async def nodes(info: Info, ids: Ids) -> list[Any]:
    """Several objects of any types."""
    if len(ids) > MOST_IDS:
        raise bad_input(f"`ids` has {len(ids)} entries; it must have at most {MOST_IDS}", "ids")
    return await objects(info.context, ids, list(LOADS))


async def order(info: Info, key: Id) -> Any:
    """One order."""
    return (await objects(info.context, [key], ["Order"]))[0]


async def order_by_number(info: Info, number: Number) -> Any:
    """One order by the number that people quote."""
    context = info.context
    if context.viewer is None or not is_storable(number):
        return None
    return await order_reads.by_number(context.database, context.scope, number)


async def orders(
    info: Info,
    wanted: WantedOrders = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> Any:
    """Every order that the viewer may see."""
    info.context.signed_in()
    paging = Paging.of(first, after, last, before)
    return only(await orders_of(info.context, "Query.orders", [None], wanted, paging))


async def quoted(info: Info, asked: QuoteInput) -> Any:
    """Terms for a return."""
    return await return_quote.quote(info.context, asked)


async def case(info: Info, key: Id) -> Any:
    """One case."""
    return (await objects(info.context, [key], ["Case"]))[0]


async def cases(
    info: Info,
    wanted: WantedCases = UNSET,
    sort: SortedBy = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> Any:
    """Every case that the viewer may see."""
    info.context.signed_in()
    paging = Paging.of(first, after, last, before)
    return only(await cases_of(info.context, "Query.cases", [None], wanted, sort, paging))


async def ticket(info: Info, key: Id) -> Any:
    """One ticket."""
    return (await objects(info.context, [key], ["Ticket"]))[0]


async def tickets(
    info: Info,
    wanted: WantedTickets = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> Any:
    """Every ticket that the viewer may see."""
    info.context.signed_in()
    paging = Paging.of(first, after, last, before)
    return only(await tickets_of(info.context, "Query.tickets", [None], wanted, paging))


async def appeals(
    info: Info,
    status: InStatus = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> Any:
    """Every appeal that the viewer may work on."""
    info.context.signed_in()
    paging = Paging.of(first, after, last, before)
    return only(await appeals_of(info.context, AppealFilter(any_of(status)), paging))


def only(connections: Sequence[Any]) -> Any:
    """The single connection. Raises the problem that stands in its place."""
    (connection,) = connections
    if isinstance(connection, GraphProblem):
        raise connection
    return connection


@strawberry.type(description="What can be asked. Absent and foreign objects look the same: null.")
class Query:
    viewer: Viewer | None = resolved(viewer, "Who is asking; null when nobody is signed in.")
    node: Node | None = resolved(node, "Any object again by its id; null when absent or not the viewer's to see.")
    nodes: list[Node | None] = resolved(
        nodes, "Several objects again, in the order of the ids; null for each that `node` would not find."
    )
    order: Order | None = resolved(order, "One order; null when absent or not the viewer's to see.")
    order_by_number: Order | None = resolved(
        order_by_number, "One order by the number on its receipt; null when absent or not the viewer's to see."
    )
    orders: OrderConnection = resolved(
        orders, "The orders that the viewer may see, those placed last first. Needs somebody to be signed in."
    )
    return_quote: ReturnQuote = resolved(
        quoted, "Terms for a return that hold for 15 minutes. Changes nothing. Needs somebody to be signed in."
    )
    case: Case | None = resolved(case, "One case; null when absent or not the viewer's to see.")
    cases: CaseConnection = resolved(cases, "The cases that the viewer may see. Needs somebody to be signed in.")
    ticket: Ticket | None = resolved(ticket, "One ticket; null when absent or not the viewer's to see.")
    tickets: TicketConnection = resolved(
        tickets, "The tickets that the viewer may see, those opened last first. Needs somebody to be signed in."
    )
    appeals: AppealConnection = resolved(
        appeals,
        "Appeals against rulings, those opened last first: a merchant's own; all of them for agents and"
        " operations; none for others. Needs somebody to be signed in.",
    )

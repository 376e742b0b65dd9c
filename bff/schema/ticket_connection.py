"""Which tickets, page by page?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from bff.execution.batched import batched
from bff.schema.context import Info, RequestContext
from bff.schema.errors import GraphProblem
from bff.schema.fields import attribute, resolved
from bff.schema.paging import (
    Connection,
    PageInfo,
    Paging,
    Question,
    connections,
    cursor_of,
    edges,
    page_info,
    totals,
)
from bff.schema.ticket_filter import TicketFilter
from bff.storage.reads import tickets
from bff.storage.reads.cases import CaseRow
from bff.storage.reads.keyset import Page, Slice
from bff.storage.reads.tickets import Owner

if TYPE_CHECKING:
    from bff.schema.ticket import Ticket

OWNERS = {"Customer.tickets": Owner.CUSTOMER, "Order.tickets": Owner.ORDER}
WantedTickets = Annotated[
    TicketFilter | None, strawberry.argument(name="filter", description="Which tickets; all without one.")
]


async def tickets_of(
    context: RequestContext,
    connection: str,
    owners: Sequence[UUID | None],
    wanted: TicketFilter | None,
    paging: Paging,
) -> list[Connection | GraphProblem]:
    """One connection of tickets an owner; `None` as the only owner lists all that the viewer may see."""
    read_filter = wanted.to_read() if wanted else tickets.TicketFilter()
    question = Question(connection, read_filter, tickets.NEWEST)

    async def read(asked: Slice, named: list[UUID] | None) -> list[Page[tickets.TicketRow]]:
        owner = OWNERS.get(connection)
        return await tickets.page(context.database, context.scope, read_filter, asked, owner, named)

    return await connections(context, question, paging, list(owners), read)


@batched
async def case_tickets(parents: Sequence[CaseRow], info: Info) -> list[Any]:
    """The tickets about each case."""
    context = info.context
    by_case = await tickets.of_cases(context.database, context.scope, [case.id for case in parents])
    return [by_case[case.id] for case in parents]


@batched
async def total_count(parents: Sequence[Connection], info: Info) -> list[int]:
    """Counts only where the count is selected."""
    context = info.context

    async def count(question: Question, named: list[UUID] | None) -> list[int]:
        owner = OWNERS.get(question.connection)
        return await tickets.count(context.database, context.scope, question.wanted, owner, named)

    return await totals(parents, count)


@strawberry.type(description="One ticket in a connection.")
class TicketEdge:
    cursor: str = resolved(cursor_of, "Where this ticket stands; for `after` and `before` of the same connection.")
    node: Annotated["Ticket", strawberry.lazy("bff.schema.ticket")] = attribute("The ticket.")


@strawberry.type(description="A page of tickets, those opened last first.")
class TicketConnection:
    edges: list[TicketEdge] = resolved(edges, "The tickets of the page.")
    page_info: PageInfo = resolved(page_info, "Where the page begins and ends.")
    total_count: int = resolved(
        total_count, "All tickets that the filter wants, not only this page's. Costs a statement of its own."
    )

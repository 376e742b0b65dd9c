"""Which orders, page by page?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from bff.execution.batched import batched
from bff.schema.context import Info, RequestContext
from bff.schema.errors import GraphProblem
from bff.schema.fields import attribute, resolved
from bff.schema.filters import OrderFilter
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
from bff.storage.reads import orders
from bff.storage.reads.keyset import Page, Slice

if TYPE_CHECKING:
    from bff.schema.order import Order


async def orders_of(
    context: RequestContext,
    connection: str,
    owners: Sequence[UUID | None],
    wanted: OrderFilter | None,
    paging: Paging,
) -> list[Connection | GraphProblem]:
    """One connection of orders a customer; `None` as the only owner lists all that the viewer may see."""
    read_filter = wanted.to_read() if wanted else orders.OrderFilter()
    question = Question(connection, read_filter, orders.NEWEST)

    async def read(asked: Slice, customers: list[UUID] | None) -> list[Page[orders.OrderRow]]:
        return await orders.page(context.database, context.scope, read_filter, asked, customers)

    return await connections(context, question, paging, list(owners), read)


@batched
async def total_count(parents: Sequence[Connection], info: Info) -> list[int]:
    """Counts only where the count is selected."""
    context = info.context

    async def count(question: Question, customers: list[UUID] | None) -> list[int]:
        return await orders.count(context.database, context.scope, question.wanted, customers)

    return await totals(parents, count)


@strawberry.type(description="One order in a connection.")
class OrderEdge:
    cursor: str = resolved(cursor_of, "Where this order stands; for `after` and `before` of the same connection.")
    node: Annotated["Order", strawberry.lazy("bff.schema.order")] = attribute("The order.")


@strawberry.type(description="A page of orders, those placed last first.")
class OrderConnection:
    edges: list[OrderEdge] = resolved(edges, "The orders of the page.")
    page_info: PageInfo = resolved(page_info, "Where the page begins and ends.")
    total_count: int = resolved(
        total_count, "All orders that the filter wants, not only this page's. Costs a statement of its own."
    )

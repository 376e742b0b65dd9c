"""Which cases, page by page?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from bff.execution.batched import batched
from bff.schema.context import Info, RequestContext
from bff.schema.errors import GraphProblem
from bff.schema.fields import attribute, resolved
from bff.schema.filters import CaseFilter
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
from bff.storage.reads import cases
from bff.storage.reads.cases import CaseSort, Owner
from bff.storage.reads.keyset import Page, Slice

if TYPE_CHECKING:
    from bff.schema.case import Case

OWNERS = {"Customer.cases": Owner.CUSTOMER, "Merchant.cases": Owner.MERCHANT, "Order.cases": Owner.ORDER}


async def cases_of(
    context: RequestContext,
    connection: str,
    owners: Sequence[UUID | None],
    wanted: CaseFilter | None,
    sort: CaseSort | None,
    paging: Paging,
) -> list[Connection | GraphProblem]:
    """One connection of cases an owner; `None` as the only owner lists all that the viewer may see."""
    read_filter, order = wanted.to_read() if wanted else cases.CaseFilter(), sort or CaseSort.NEWEST
    question = Question(connection, (read_filter, order), cases.SORTINGS[order])

    async def read(asked: Slice, named: list[UUID] | None) -> list[Page[cases.CaseRow]]:
        owner = OWNERS.get(connection)
        now_wanted = read_filter.at(context.now)
        return await cases.page(context.database, context.scope, now_wanted, order, asked, owner, named)

    return await connections(context, question, paging, list(owners), read)


@batched
async def total_count(parents: Sequence[Connection], info: Info) -> list[int]:
    """Counts only where the count is selected."""
    context = info.context

    async def count(question: Question, named: list[UUID] | None) -> list[int]:
        wanted, owner = question.wanted[0].at(context.now), OWNERS.get(question.connection)
        return await cases.count(context.database, context.scope, wanted, owner, named)

    return await totals(parents, count)


@strawberry.type(description="One case in a connection.")
class CaseEdge:
    cursor: str = resolved(cursor_of, "Where this case stands; for `after` and `before` of the same connection.")
    node: Annotated["Case", strawberry.lazy("bff.schema.case")] = attribute("The case.")


@strawberry.type(description="A page of cases.")
class CaseConnection:
    edges: list[CaseEdge] = resolved(edges, "The cases of the page.")
    page_info: PageInfo = resolved(page_info, "Where the page begins and ends.")
    total_count: int = resolved(
        total_count, "All cases that the filter wants, not only this page's. Costs a statement of its own."
    )

"""Which appeals, page by page?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
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
from bff.storage.reads import appeals
from bff.storage.reads.appeals import AppealFilter, AppealRow
from bff.storage.reads.keyset import Page, Slice
from bff.storage.reads.scope import Scope
from bff.vocabulary import Role

if TYPE_CHECKING:
    from bff.schema.appeal import Appeal

READERS = frozenset({Role.MERCHANT, Role.AGENT, Role.OPS})


def scope_of(context: RequestContext) -> Scope:
    """The viewer's scope, or nothing for those whose work lists have no appeals."""
    return context.scope if context.signed_in().role in READERS else Scope()


async def appeals_of(
    context: RequestContext, wanted: AppealFilter, paging: Paging
) -> list[Connection | GraphProblem]:
    """The one connection of all appeals that the viewer may work on."""
    question = Question("Query.appeals", wanted, appeals.NEWEST)

    async def read(asked: Slice, _: list[UUID] | None) -> list[Page[AppealRow]]:
        return await appeals.page(context.database, scope_of(context), wanted, asked)

    return await connections(context, question, paging, [None], read)


@batched
async def total_count(parents: Sequence[Connection], info: Info) -> list[int]:
    """Counts only where the count is selected."""
    context = info.context

    async def count(question: Question, _: list[UUID] | None) -> list[int]:
        return await appeals.count(context.database, scope_of(context), question.wanted)

    return await totals(parents, count)


@strawberry.type(description="One appeal in a connection.")
class AppealEdge:
    cursor: str = resolved(cursor_of, "Where this appeal stands; for `after` and `before` of the same connection.")
    node: Annotated["Appeal", strawberry.lazy("bff.schema.appeal")] = attribute("The appeal.")


@strawberry.type(description="A page of appeals.")
class AppealConnection:
    edges: list[AppealEdge] = resolved(edges, "The appeals of the page.")
    page_info: PageInfo = resolved(page_info, "Where the page begins and ends.")
    total_count: int = resolved(
        total_count, "All appeals that are wanted, not only this page's. Costs a statement of its own."
    )

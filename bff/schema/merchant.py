"""Who sells? A merchant and the cases against it."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from bff.execution.batched import batched
from bff.schema.case_connection import CaseConnection, cases_of
from bff.schema.context import Info
from bff.schema.enums import CaseSort
from bff.schema.fields import attribute, resolved
from bff.schema.filters import CaseFilter
from bff.schema.ids import id_of
from bff.schema.node import Node
from bff.schema.paging import After, Before, First, Last, Paging
from bff.schema.scalars import MarketCode
from bff.storage.reads.merchants import MerchantRow

Wanted = Annotated[
    CaseFilter | None, strawberry.argument(name="filter", description="Which cases; all of them without one.")
]
SortedBy = Annotated[CaseSort | None, strawberry.argument(description="In which order; NEWEST unless asked.")]


@batched
async def merchant_cases(  # noqa: PLR0913, PLR0917 - the arguments of a connection
    parents: Sequence[MerchantRow],
    info: Info,
    wanted: Wanted = UNSET,
    sort: SortedBy = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The cases against each merchant."""
    owners, paging = [row.id for row in parents], Paging.of(first, after, last, before)
    return await cases_of(info.context, "Merchant.cases", owners, wanted, sort, paging)


@strawberry.type(description="A seller on the marketplace.")
class Merchant(Node):
    id: strawberry.ID = resolved(id_of("Merchant"), "Global and opaque.")
    name: str = attribute("As customers know it.")
    markets: list[MarketCode] = attribute("Where it sells.")
    cases: CaseConnection = resolved(
        merchant_cases, "Cases against this merchant that the viewer may see: a customer sees only their own."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, MerchantRow)

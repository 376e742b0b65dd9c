"""What can be changed? Each mutation takes one input and gives one payload."""

from typing import Annotated, Any

import strawberry

from bff.resolvers import upsert_orders
from bff.schema.context import Info
from bff.schema.fields import resolved
from bff.schema.upsert_orders import UpsertOrdersInput, UpsertOrdersPayload

Batch = Annotated[UpsertOrdersInput, strawberry.argument(name="input", description="The batch.")]


async def upsert(info: Info, batch: Batch) -> Any:
    """Takes the good orders of a batch."""
    return await upsert_orders.upsert_orders(info.context, batch)


@strawberry.type(description="What can be changed.")
class Mutation:
    upsert_orders: UpsertOrdersPayload = resolved(
        upsert,
        "Tells of new and changed orders. [ingest] A bad order is reported, with the path to every mistake, and"
        " stops no other.",
    )

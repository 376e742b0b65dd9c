"""How does a key become an object? By one scoped read a type, remembered for the request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bff.schema.context import RequestContext
from bff.storage.database import Database
from bff.storage.reads import appeals, cases, customers, disputes, lines, merchants, orders, refunds, tickets
from bff.storage.reads.scope import Scope

Load = Callable[[RequestContext, list[UUID]], Awaitable[Sequence[Any]]]
Read = Callable[[Database, Scope, Sequence[UUID]], Awaitable[Mapping[UUID, Any]]]


def _scoped(read: Read) -> Load:
    async def load(context: RequestContext, keys: list[UUID]) -> list[Any]:
        found = await read(context.database, context.scope, keys)
        return [found.get(key) for key in keys]

    return load


# The only way from an id to a row: each adds the viewer's scope.
LOADS: Mapping[str, Load] = {
    "Order": _scoped(orders.by_id),
    "OrderLine": _scoped(lines.by_id),
    "Customer": _scoped(customers.by_id),
    "Merchant": _scoped(merchants.by_id),
    "Case": _scoped(cases.by_id),
    "Ticket": _scoped(tickets.by_id),
    "Refund": _scoped(refunds.by_id),
    "Dispute": _scoped(disputes.by_id),
    "Appeal": _scoped(appeals.by_id),
}


async def found(context: RequestContext, type_name: str, keys: Sequence[UUID]) -> list[Any]:
    """The rows of those keys, None for each that is absent or not the viewer's."""
    if context.viewer is None:
        return [None for _ in keys]
    return await context.batches.remembered(LOADS[type_name], context, keys)

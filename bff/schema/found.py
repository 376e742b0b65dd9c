"""How does a key become an object? By one scoped read a type, remembered for the request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bff.schema.context import RequestContext
from bff.storage.reads import cases, customers, lines, merchants, orders, tickets

Load = Callable[[RequestContext, list[UUID]], Awaitable[Sequence[Any]]]


async def _orders(context: RequestContext, keys: list[UUID]) -> list[orders.OrderRow | None]:
    found = await orders.by_id(context.database, context.scope, keys)
    return [found.get(key) for key in keys]


async def _lines(context: RequestContext, keys: list[UUID]) -> list[lines.LineRow | None]:
    found = await lines.by_id(context.database, context.scope, keys)
    return [found.get(key) for key in keys]


async def _customers(context: RequestContext, keys: list[UUID]) -> list[customers.CustomerRow | None]:
    found = await customers.by_id(context.database, context.scope, keys)
    return [found.get(key) for key in keys]


async def _merchants(context: RequestContext, keys: list[UUID]) -> list[merchants.MerchantRow | None]:
    found = await merchants.by_id(context.database, context.scope, keys)
    return [found.get(key) for key in keys]


async def _cases(context: RequestContext, keys: list[UUID]) -> list[cases.CaseRow | None]:
    found = await cases.by_id(context.database, context.scope, keys)
    return [found.get(key) for key in keys]


async def _tickets(context: RequestContext, keys: list[UUID]) -> list[tickets.TicketRow | None]:
    found = await tickets.by_id(context.database, context.scope, keys)
    return [found.get(key) for key in keys]


# The only way from an id to a row: each adds the viewer's scope.
LOADS: Mapping[str, Load] = {
    "Order": _orders,
    "OrderLine": _lines,
    "Customer": _customers,
    "Merchant": _merchants,
    "Case": _cases,
    "Ticket": _tickets,
}


async def found(context: RequestContext, type_name: str, keys: Sequence[UUID]) -> list[Any]:
    """The rows of those keys, None for each that is absent or not the viewer's."""
    if context.viewer is None:
        return [None for _ in keys]
    return await context.batches.remembered(LOADS[type_name], context, keys)

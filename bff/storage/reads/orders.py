"""Which orders, and what are they worth to this viewer? A merchant's sums are of its own lines."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.folding import folded
from bff.storage.reads import keyset
from bff.storage.reads.fragment import TRUE, Fragment, among
from bff.storage.reads.keyset import Listing, Page, Slice, Sorting
from bff.storage.reads.scope import Scope
from bff.vocabulary import OrderStatus

NEWEST = Sorting(("o.placed_at", "o.id"), ("placed_at", "id"), tuple[datetime, UUID])
NOT_SETTLED = (OrderStatus.PLACED, OrderStatus.CANCELLED)


class OrderRow(Struct, frozen=True):
    """One order as the viewer may see it; amounts are minor units of `currency`."""

    id: UUID
    number: str
    market: str
    currency: str
    status: OrderStatus
    placed_at: datetime
    delivered_at: datetime | None
    customer_id: UUID
    total_minor: int
    shipping_fee_minor: int
    refunded_minor: int


class OrderFilter(Struct, frozen=True):
    """Which orders are wanted; None asks nothing. The time bounds are UTC and half-open."""

    status: tuple[OrderStatus, ...] | None = None
    placed_from: datetime | None = None
    placed_until: datetime | None = None
    search: str | None = None
    returnable: bool | None = None


def listing(scope: Scope) -> Listing:
    """Orders with what they are worth to the viewer."""
    columns = {
        name: _own_sum(OWN_SUMS[name], scope.merchant)
        if scope.merchant and name in OWN_SUMS
        else Fragment(f"o.{name}")
        for name in OrderRow.__struct_fields__
    }
    return Listing("orders o", columns, parent="o.customer_id")


# What a merchant sees instead of the order's own sums, by the column of its lines.
OWN_SUMS = {
    "total_minor": "paid_minor",
    "shipping_fee_minor": "shipping_minor",
    "refunded_minor": "refunded_minor + own.shipping_refunded_minor",
}


def _own_sum(column: str, merchant: UUID) -> Fragment:
    return Fragment(
        f"(SELECT CAST(coalesce(sum(own.{column}), 0) AS BIGINT) FROM order_lines own"
        " WHERE own.order_id = o.id AND own.merchant_id = ?)",
        (merchant,),
    )


def condition(database: Database, scope: Scope, wanted: OrderFilter) -> Fragment:
    """The viewer's scope and, inside it, the filter."""
    found = scope.orders()
    if wanted.status is not None:
        found &= among(database.among("o.status", wanted.status))
    if wanted.placed_from is not None:
        found &= Fragment("o.placed_at >= ?", (wanted.placed_from,))
    if wanted.placed_until is not None:
        found &= Fragment("o.placed_at < ?", (wanted.placed_until,))
    if wanted.search:
        found &= _matching(scope, wanted.search)
    if wanted.returnable is not None:
        found &= _returnable(database, scope, positive=wanted.returnable)
    return found


def like(text: str) -> str:
    """Text that LIKE ... ESCAPE '!' takes literally, folded as the column that it is compared with."""
    return folded(text).replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _matching(scope: Scope, text: str) -> Fragment:
    own = scope.lines("titled", "o") if scope.merchant else TRUE
    titled = Fragment("titled.order_id = o.id AND titled.title_folded LIKE ? ESCAPE '!'", (f"%{like(text)}%",))
    inside = titled & own
    return Fragment(
        f"(o.number_folded LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM order_lines titled WHERE {inside.text}))",
        (f"{like(text)}%", *inside.args),
    )


def _returnable(database: Database, scope: Scope, *, positive: bool) -> Fragment:
    """Paid, not cancelled, and with units left that no case holds: what no policy is asked about."""
    unsettled = among(database.among("o.status", NOT_SETTLED))
    own = scope.lines("free", "o") if scope.merchant else TRUE
    inside = Fragment("free.order_id = o.id AND free.quantity > free.quantity_held") & own
    text = f"(NOT ({unsettled.text}) AND EXISTS (SELECT 1 FROM order_lines free WHERE {inside.text}))"
    return Fragment(text if positive else f"NOT {text}", unsettled.args + inside.args)


async def page(
    database: Database, scope: Scope, wanted: OrderFilter, asked: Slice, customers: Sequence[UUID] | None = None
) -> list[Page[OrderRow]]:
    """A page of all orders, or one of each customer's; the newest first."""
    where = condition(database, scope, wanted)
    return await keyset.pages(database, OrderRow, listing(scope), where, NEWEST, asked, customers)


async def count(
    database: Database, scope: Scope, wanted: OrderFilter, customers: Sequence[UUID] | None = None
) -> list[int]:
    """How many orders there are, or how many each customer has."""
    return await keyset.counts(database, listing(scope), condition(database, scope, wanted), customers)


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, OrderRow]:
    """The orders of those ids that the viewer may see."""
    rows = await _rows(database, scope, among(database.among("o.id", ids)))
    return {row.id: row for row in rows}


async def by_number(database: Database, scope: Scope, number: str) -> OrderRow | None:
    """The order of exactly that number, if the viewer may see it."""
    rows = await _rows(database, scope, Fragment("o.number = ?", (number,)))
    return rows[0] if rows else None


async def _rows(database: Database, scope: Scope, which: Fragment) -> list[OrderRow]:
    found = listing(scope)
    select, where = found.select(), which & scope.orders()
    statement = f"SELECT {select.text} FROM {found.source}{where.where}"
    return await database.structs(OrderRow, statement, *select.args, *where.args)

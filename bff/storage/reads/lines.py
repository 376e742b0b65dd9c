"""What stands on an order? Its lines with their sellers' keys, in the order in which they were bought."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.fragment import TRUE, Fragment, among
from bff.storage.reads.scope import Scope
from bff.units import Runs


class LineRow(Struct, frozen=True):
    """One order line; amounts are minor units of `currency`, for all its units.

    What was refunded for its share of the shipping fee is in `refunded_minor` and stands beside it too.
    """

    id: UUID
    order_id: UUID
    merchant_id: UUID
    external_id: str
    sku: str
    title: str
    variant: str | None
    category: str
    image_url: str | None
    quantity: int
    quantity_held: int
    held_units: Runs
    unit_price_minor: int
    discount_minor: int
    tax_minor: int
    paid_minor: int
    shipping_minor: int
    refunded_minor: int
    shipping_refunded_minor: int
    held_minor: int
    attributes: dict[str, Any]
    currency: str
    merchant_external_id: str

    @property
    def quantity_returnable(self) -> int:
        """Units bought, less those that open and completed cases hold."""
        return max(0, self.quantity - self.quantity_held)

    @property
    def left_minor(self) -> int:
        """What may still be paid back of what was paid for the line, its shipping fee aside."""
        refunded = self.refunded_minor - self.shipping_refunded_minor
        return max(0, self.paid_minor - refunded - self.held_minor)


JOINED = {
    "currency": "o.currency",
    "merchant_external_id": "m.external_id",
    "refunded_minor": "l.refunded_minor + l.shipping_refunded_minor",
}
COLUMNS = ", ".join(JOINED.get(name, f"l.{name}") for name in LineRow.__struct_fields__)
SOURCE = "order_lines l JOIN orders o ON o.id = l.order_id JOIN merchants m ON m.id = l.merchant_id"


async def of_orders(database: Database, scope: Scope, orders: Sequence[UUID]) -> dict[UUID, list[LineRow]]:
    """The lines of orders that the viewer sees already: all of them, or a merchant's own."""
    own = scope.lines() if scope.merchant else TRUE
    found: dict[UUID, list[LineRow]] = {order: [] for order in orders}
    for row in await _rows(database, among(database.among("l.order_id", orders)) & own):
        found[row.order_id].append(row)
    return found


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, LineRow]:
    """The lines of those ids that the viewer may see."""
    rows = await _rows(database, among(database.among("l.id", ids)) & scope.lines())
    return {row.id: row for row in rows}


async def _rows(database: Database, where: Fragment) -> list[LineRow]:
    return await database.structs(
        LineRow,
        f"SELECT {COLUMNS} FROM {SOURCE}{where.where} ORDER BY l.order_id, l.position, l.id",
        *where.args,
    )

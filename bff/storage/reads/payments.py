"""How was an order paid, and how far have its parcels come?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.fragment import among
from bff.vocabulary import PaymentMethod, ShipmentStatus


class PaymentRow(Struct, frozen=True):
    """One tender of an order, in minor units of `currency`."""

    order_id: UUID
    method: PaymentMethod
    captured_minor: int
    refunded_minor: int
    label: str
    currency: str


class ShipmentRow(Struct, frozen=True):
    """One outbound parcel; the lines in it are named by their external ids."""

    order_id: UUID
    carrier: str
    tracking_number: str | None
    status: ShipmentStatus
    shipped_at: datetime | None
    delivered_at: datetime | None
    line_external_ids: list[str]


async def payments_of(database: Database, orders: Sequence[UUID]) -> dict[UUID, list[PaymentRow]]:
    """The tenders of orders, in the order in which they were recorded."""
    which = among(database.among("p.order_id", orders))
    found: dict[UUID, list[PaymentRow]] = {order: [] for order in orders}
    for row in await database.structs(
        PaymentRow,
        "SELECT p.order_id, p.method, p.captured_minor, p.refunded_minor, p.label, o.currency"
        f" FROM payments p JOIN orders o ON o.id = p.order_id{which.where} ORDER BY p.order_id, p.id",
        *which.args,
    ):
        found[row.order_id].append(row)
    return found


async def shipments_of(database: Database, orders: Sequence[UUID]) -> dict[UUID, list[ShipmentRow]]:
    """The parcels of orders, in the order in which they were recorded."""
    which = among(database.among("s.order_id", orders))
    columns = ", ".join(f"s.{name}" for name in ShipmentRow.__struct_fields__)
    found: dict[UUID, list[ShipmentRow]] = {order: [] for order in orders}
    for row in await database.structs(
        ShipmentRow,
        f"SELECT {columns} FROM shipments s{which.where} ORDER BY s.order_id, s.id",
        *which.args,
    ):
        found[row.order_id].append(row)
    return found

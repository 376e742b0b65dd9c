"""Whose order is that? What a guest's word is held against, read by the order's number alone."""

from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database


class GuestOrder(Struct, frozen=True):
    """An order, who bought it, and the e-mail address that the buyer gave."""

    id: UUID
    customer_id: UUID
    email: str | None


async def order_of_number(database: Database, number: str) -> GuestOrder | None:
    """The order of exactly that number. It is in nobody's scope: tell nothing of it to who has not proved more."""
    found = await database.structs(
        GuestOrder,
        "SELECT o.id, o.customer_id, u.email FROM orders o JOIN customers u ON u.id = o.customer_id"
        " WHERE o.number = ?",
        number,
    )
    return found[0] if found else None

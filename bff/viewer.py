"""Who is asking? The identity that every read is scoped by."""

from uuid import UUID

from msgspec import Struct

from bff.vocabulary import Role


class Viewer(Struct, frozen=True):
    """A signed-in caller. `customer_id` is set for CUSTOMER, `merchant_id` for MERCHANT, neither else.

    `order_id` is set for a guest: a CUSTOMER who proved to know one order, and is let into nothing beyond it.
    """

    role: Role
    subject: str
    customer_id: UUID | None = None
    merchant_id: UUID | None = None
    order_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """Agents, operations and ingest see every customer and merchant."""
        return self.role in {Role.AGENT, Role.OPS, Role.INGEST}

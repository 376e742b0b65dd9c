"""How much credit does a customer have with the shop?"""

from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children


class StoreCreditRow(Struct, frozen=True):
    """A balance in one currency, in its minor units."""

    customer_id: UUID
    balance_minor: int
    currency: str


OF_CUSTOMERS = Children(StoreCreditRow, "store_credits s", "s.customer_id", "s.currency")

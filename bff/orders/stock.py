"""How many are on the shelf? What a warehouse tells of the variants that can be had in exchange."""

from collections.abc import Sequence

from msgspec import Struct

from bff.storage.database import Connection


class StockLevel(Struct, frozen=True):
    """How many units of a variant there are, those put aside for exchanges among them."""

    merchant: str  # its external id
    sku: str
    currency: str
    stock: int


async def set_levels(tx: Connection, levels: Sequence[StockLevel]) -> list[int]:
    """Sets what is known; the places of the levels whose variant no order has told of.

    Units that are put aside are there until they are sent: a lower count says that nothing else is.
    """
    unknown = []
    for place, level in enumerate(levels):
        found = await tx.execute(
            "UPDATE variants SET stock = CASE WHEN reserved > ? THEN reserved ELSE ? END"
            " WHERE sku = ? AND currency = ? AND merchant_id = (SELECT id FROM merchants WHERE external_id = ?)",
            *(level.stock, level.stock, level.sku, level.currency, level.merchant),
        )
        if not found:
            unknown.append(place)
    return unknown

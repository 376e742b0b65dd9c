"""Who sells?"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.fragment import among
from bff.storage.reads.scope import Scope


class MerchantRow(Struct, frozen=True):
    """One seller."""

    id: UUID
    name: str
    markets: list[str]


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, MerchantRow]:
    """The merchants of those ids that the viewer may see."""
    where = among(database.among("m.id", ids)) & scope.merchants()
    rows = await database.structs(
        MerchantRow, f"SELECT m.id, m.name, m.markets FROM merchants m{where.where}", *where.args
    )
    return {row.id: row for row in rows}

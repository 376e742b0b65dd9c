"""Who buys, and to which segments do they belong now?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.fragment import among
from bff.storage.reads.scope import Scope


class CustomerRow(Struct, frozen=True):
    """One customer; what could reach them (e-mail, address) is not read here."""

    id: UUID
    display_name: str
    market: str


class SegmentRow(Struct, frozen=True):
    """One segment that a customer belongs to."""

    customer_id: UUID
    segment: str


async def by_id(database: Database, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, CustomerRow]:
    """The customers of those ids that the viewer may see."""
    where = among(database.among("u.id", ids)) & scope.customers()
    rows = await database.structs(
        CustomerRow, f"SELECT u.id, u.display_name, u.market FROM customers u{where.where}", *where.args
    )
    return {row.id: row for row in rows}


async def segments_of(database: Database, customers: Sequence[UUID], at: datetime) -> dict[UUID, tuple[str, ...]]:
    """The segments in force at an instant, by name; a membership ends the instant before its `until`."""
    which = among(database.among("customer_id", customers))
    rows = await database.structs(
        SegmentRow,
        f"SELECT customer_id, segment FROM segment_memberships{which.where}"
        " AND (since IS NULL OR since <= ?) AND (until IS NULL OR until > ?) ORDER BY segment",
        *which.args,
        at,
        at,
    )
    found: dict[UUID, tuple[str, ...]] = dict.fromkeys(customers, ())
    for row in rows:
        found[row.customer_id] += (row.segment,)
    return found

"""Whose goods are in that parcel? Carriers name it by its number alone, coming back or going out."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database


class Parcels(Struct, frozen=True):
    """The cases of each number: whose goods come back under it, and to whom goods go out in exchange."""

    back: dict[str, list[UUID]]
    out: dict[str, list[UUID]]


class _Parcel(Struct, frozen=True):
    tracking: str
    case: UUID


async def parcels_of(database: Database, numbers: Sequence[str]) -> Parcels:
    """The parcels of those numbers, in two statements however many there are."""
    found = []
    for table in ("reverse_shipments", "exchanges"):
        condition, named = database.among("tracking_number", sorted(set(numbers)))
        rows = await database.structs(
            _Parcel, f"SELECT tracking_number, case_id FROM {table} WHERE {condition} ORDER BY case_id", named
        )
        cases: dict[str, list[UUID]] = {}
        for row in rows:
            cases.setdefault(row.tracking, []).append(row.case)
        found.append(cases)
    return Parcels(*found)

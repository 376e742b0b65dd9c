"""What belongs to each of these? Rows by their owners, in one statement for any number of owners."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.fragment import TRUE, Fragment, among

Row = TypeVar("Row", bound=Struct)
NO_OTHERS: Mapping[str, str] = {}


class Children(Struct, Generic[Row], frozen=True):
    """Rows of a FROM clause by their column `owner` ("e.case_id"), which is the attribute of its name too.

    Columns are those of the owner's table, called as the row's attributes are, unless `columns` says otherwise.
    Only rows for which `holds` is true are there at all.
    Whoever asks sees the owners already: no scope is added here.
    """

    kind: type[Row]
    source: str
    owner: str
    order: str
    columns: Mapping[str, str] = NO_OTHERS
    holds: Fragment = TRUE

    @property
    def listed(self) -> str:
        """The columns of the row struct, in its order."""
        alias = self.owner.partition(".")[0]
        return ", ".join(self.columns.get(name, f"{alias}.{name}") for name in self.kind.__struct_fields__)

    async def of(self, database: Database, owners: Sequence[UUID]) -> dict[UUID, list[Row]]:
        """The rows of each owner, in order; an empty list for one that has none."""
        rows = await self.where(database, among(database.among(self.owner, owners)))
        found: dict[UUID, list[Row]] = {owner: [] for owner in owners}
        attribute = self.owner.partition(".")[2]
        for row in rows:
            found[getattr(row, attribute)].append(row)
        return found

    async def where(self, database: Database, condition: Fragment) -> list[Row]:
        """The rows of a condition, in order."""
        which = condition & self.holds
        statement = f"SELECT {self.listed} FROM {self.source}{which.where} ORDER BY {self.order}"
        return await database.structs(self.kind, statement, *which.args)

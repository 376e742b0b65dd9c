"""Which rows follow this one? Pages by the values of a row's sort key, never by counting rows off."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads.fragment import Fragment, among

Row = TypeVar("Row", bound=Struct)
Position = tuple[Any, ...]


class Sorting(Struct, frozen=True):
    """A stable order: expressions with the row's id last, all in one direction, and the row's own attributes
    that hold their values.
    """

    expressions: tuple[str, ...]
    attributes: tuple[str, ...]
    types: Any  # of a position: tuple[datetime, UUID]
    descending: bool = True

    def position(self, row: Struct) -> Position:
        """Where a row stands."""
        return tuple(getattr(row, attribute) for attribute in self.attributes)

    def order_by(self, *, backward: bool) -> str:
        """The ORDER BY list, turned round for a page that is read from its end."""
        direction = "DESC" if self.descending != backward else "ASC"
        return ", ".join(f"{expression} {direction}" for expression in self.expressions)

    def beyond(self, position: Position, *, backward: bool) -> Fragment:
        """Rows after the position, or before it."""
        sign = "<" if self.descending != backward else ">"
        marks = ", ".join("?" for _ in position)
        return Fragment(f"({', '.join(self.expressions)}) {sign} ({marks})", tuple(position))


class Slice(Struct, frozen=True):
    """At most `size` rows after a position, or before it when reading `backward`; from the end without one."""

    size: int
    backward: bool = False
    position: Position | None = None


class Page(Struct, Generic[Row], frozen=True):
    """Rows in the connection's order, and whether there are more on either side."""

    rows: list[Row]
    has_previous: bool
    has_next: bool


class Listing(Struct, frozen=True):
    """What can be paged: a FROM clause, the columns of its row struct in their order, the parent's column."""

    source: str
    columns: Mapping[str, Fragment]
    parent: str | None = None

    def select(self) -> Fragment:
        """The columns by name, for a row struct."""
        text = ", ".join(f"{column.text} AS {name}" for name, column in self.columns.items())
        return Fragment(text, tuple(arg for column in self.columns.values() for arg in column.args))


async def pages(
    database: Database,
    kind: type[Row],
    listing: Listing,
    condition: Fragment,
    sorting: Sorting,
    asked: Slice,
    parents: Sequence[UUID] | None = None,
) -> list[Page[Row]]:
    """One page for each parent, or a single one over everything, in one statement."""
    if asked.position is not None:
        condition = condition & sorting.beyond(asked.position, backward=asked.backward)
    if parents is None:
        return [cut(await _single(database, kind, listing, condition, sorting, asked), asked)]
    owned = among(database.among(str(listing.parent), parents)) & condition
    if len(set(parents)) == 1:
        rows = await _single(database, kind, listing, owned, sorting, asked)
        return [cut(list(rows), asked) for _ in parents]
    rows = await _many(database, kind, listing, owned, sorting, asked)
    by_parent: dict[UUID, list[Row]] = {parent: [] for parent in parents}
    attribute = str(listing.parent).partition(".")[2]
    for row in rows:
        by_parent[getattr(row, attribute)].append(row)
    return [cut(list(by_parent[parent]), asked) for parent in parents]


async def _single(
    database: Database, kind: type[Row], listing: Listing, condition: Fragment, sorting: Sorting, asked: Slice
) -> list[Row]:
    select = listing.select()
    order = sorting.order_by(backward=asked.backward)
    statement = f"SELECT {select.text} FROM {listing.source}{condition.where} ORDER BY {order} LIMIT ?"
    return await database.structs(kind, statement, *select.args, *condition.args, asked.size + 1)


async def _many(
    database: Database, kind: type[Row], listing: Listing, condition: Fragment, sorting: Sorting, asked: Slice
) -> list[Row]:
    select = listing.select()
    order = sorting.order_by(backward=asked.backward)
    ranked = (
        f"SELECT {select.text}, row_number() OVER (PARTITION BY {listing.parent} ORDER BY {order}) AS place"
        f" FROM {listing.source}{condition.where}"
    )
    names = ", ".join(listing.columns)
    statement = f"SELECT {names} FROM ({ranked}) AS ranked WHERE place <= ? ORDER BY place"
    return await database.structs(kind, statement, *select.args, *condition.args, asked.size + 1)


def cut(rows: list[Row], asked: Slice) -> Page[Row]:
    """Drops the row that was read beyond the page, and turns a page that was read from its end."""
    more, kept = len(rows) > asked.size, rows[: asked.size]
    started = asked.position is not None
    if asked.backward:
        return Page(kept[::-1], has_previous=more, has_next=started)
    return Page(kept, has_previous=started, has_next=more)


async def counts(
    database: Database, listing: Listing, condition: Fragment, parents: Sequence[UUID] | None
) -> list[int]:
    """How many rows each parent has in all, or how many there are, in one statement."""
    if parents is None:
        rows = await database.rows(
            f"SELECT count(*) AS many FROM {listing.source}{condition.where}", *condition.args
        )
        return [int(rows[0]["many"])]
    owned = among(database.among(str(listing.parent), parents)) & condition
    statement = f"SELECT {listing.parent}, count(*) FROM {listing.source}{owned.where} GROUP BY {listing.parent}"
    found = await database.structs(Tally, statement, *owned.args)
    by_parent = {tally.parent: tally.many for tally in found}
    return [by_parent.get(parent, 0) for parent in parents]


class Tally(Struct, frozen=True):
    """How many rows one parent has."""

    parent: UUID
    many: int

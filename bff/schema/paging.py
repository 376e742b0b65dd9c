"""Which page is asked for? Relay's four arguments, checked; and the parts that every connection shares."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from msgspec import Struct
from strawberry import UNSET

from bff.schema import cursors
from bff.schema.context import Info, RequestContext
from bff.schema.errors import GraphProblem, bad_input
from bff.schema.fields import resolved
from bff.storage.reads.keyset import Page, Slice, Sorting

DEFAULT_SIZE = 20
LARGEST_SIZE = 100

First = Annotated[
    int | None,
    strawberry.argument(
        description="How many from the start, or after `after`: 1 to 100, else 20. Not together with `last`."
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(description="Only what follows this cursor, which must come from the same connection."),
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description="How many from the end, or before `before`: 1 to 100. Not together with `first`."
    ),
]
Before = Annotated[
    str | None,
    strawberry.argument(description="Only what precedes this cursor, which must come from the same connection."),
]


class Paging(Struct, frozen=True):
    """The four arguments as they were given; None where they were not."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @classmethod
    def of(cls, *given: Any) -> "Paging":
        """From a resolver's arguments, in the order of the fields; what was left out is None."""
        return cls(*(None if value is UNSET else value for value in given))

    def slice(self, context: RequestContext, bound_to: bytes, sorting: Sorting) -> Slice:
        """What to read. Raises BAD_USER_INPUT, which names the argument, for what is no page."""
        backward = self._is_backward()
        size_name, cursor_name = ("last", "before") if backward else ("first", "after")
        size, cursor = (self.last, self.before) if backward else (self.first, self.after)
        if size is None:
            size = DEFAULT_SIZE
        if not 1 <= size <= LARGEST_SIZE:
            raise bad_input(f"`{size_name}` is {size}; it must be between 1 and {LARGEST_SIZE}", size_name)
        if cursor is None:
            return Slice(size, backward)
        position = cursors.open_cursor(context, bound_to, cursor, sorting.types, cursor_name)
        return Slice(size, backward, position)

    def _is_backward(self) -> bool:
        backward = self.last is not None or self.before is not None
        for forward, name in ((self.first, "first"), (self.after, "after")):
            if backward and forward is not None:
                raise bad_input(
                    f"`{name}` reads forward and `last` and `before` read backward: use one or the other", name
                )
        return backward


class Question(Struct, frozen=True):
    """What a connection lists: the rows of one owner (None: all) that a filter wants, in one order."""

    connection: str  # "Customer.orders"
    wanted: Any  # a filter of bff.storage.reads
    sorting: Sorting


class Connection(Struct, frozen=True, eq=False):
    """A page with the question that it answers; its cursors are bound to both question and owner."""

    page: Page[Any]
    question: Question
    owner: UUID | None
    bound_to: bytes


ReadPages = Callable[[Slice, list[UUID] | None], Awaitable[list[Page[Any]]]]


async def connections(
    context: RequestContext, question: Question, paging: Paging, owners: list[UUID | None], read: ReadPages
) -> list[Connection | GraphProblem]:
    """One connection an owner, read together; a problem for each owner to whom the cursor does not belong."""
    bound = [cursors.binding(context, question.connection, owner, question.wanted) for owner in owners]
    asked = [_slice_or_problem(paging, context, to, question.sorting) for to in bound]
    fitting = {owner: one for owner, one in zip(owners, asked, strict=True) if isinstance(one, Slice)}
    if not fitting:
        return [one for one in asked if isinstance(one, GraphProblem)]
    named = [owner for owner in fitting if owner is not None]
    pages = await read(next(iter(fitting.values())), named or None)
    by_owner = dict(zip(fitting, pages, strict=True))
    return [
        one if isinstance(one, GraphProblem) else Connection(by_owner[owner], question, owner, to)
        for one, owner, to in zip(asked, owners, bound, strict=True)
    ]


def _slice_or_problem(
    paging: Paging, context: RequestContext, bound_to: bytes, sorting: Sorting
) -> Slice | GraphProblem:
    try:
        return paging.slice(context, bound_to, sorting)
    except GraphProblem as problem:
        return problem


CountAll = Callable[[Question, list[UUID] | None], Awaitable[list[int]]]


async def totals(found: Sequence[Connection], count: CountAll) -> list[int]:
    """How many rows each connection lists in all: one statement a question, however many owners."""
    counted: dict[tuple[Question, UUID | None], int] = {}
    for question in dict.fromkeys(one.question for one in found):
        owners = list(dict.fromkeys(one.owner for one in found if one.question == question))
        named = [owner for owner in owners if owner is not None]
        for owner, many in zip(owners, await count(question, named or None), strict=True):
            counted[question, owner] = many
    return [counted[one.question, one.owner] for one in found]


class Edge(Struct, frozen=True, eq=False):
    """One row of a page."""

    node: Any
    connection: Connection


def edges(root: Any) -> list[Edge]:
    """The rows of a page, each with the connection that signs its cursor."""
    return [Edge(row, root) for row in root.page.rows]


def cursor_of(root: Any, info: Info) -> str:
    """Signs the row's position; only where cursors are selected."""
    connection: Connection = root.connection
    return cursors.sign(info.context, connection.bound_to, connection.question.sorting.position(root.node))


def page_info(root: Any) -> Connection:
    """The page itself answers for its ends."""
    connection: Connection = root
    return connection


def _end(index: int) -> Callable[..., str | None]:
    def resolve(root: Any, info: Info) -> str | None:
        rows = root.page.rows
        return cursor_of(Edge(rows[index], root), info) if rows else None

    return resolve


def has_next(root: Any) -> bool:
    """Whether something follows."""
    return bool(root.page.has_next)


def has_previous(root: Any) -> bool:
    """Whether something precedes."""
    return bool(root.page.has_previous)


@strawberry.type(description="Where a page begins and ends.")
class PageInfo:
    has_next_page: bool = resolved(
        has_next, "Whether something follows. Read backward, it says whether `before` was given."
    )
    has_previous_page: bool = resolved(
        has_previous, "Whether something precedes. Read forward, it says whether `after` was given."
    )
    start_cursor: str | None = resolved(_end(0), "The first row's cursor; null on an empty page.")
    end_cursor: str | None = resolved(_end(-1), "The last row's cursor; null on an empty page.")

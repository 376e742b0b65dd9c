"""What happened to a case? The entries of its timeline, in the viewer's language, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from bff.execution.batched import batched
from bff.schema.context import Info
from bff.schema.enums import Role
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.paging import (
    After,
    Before,
    First,
    Last,
    PageInfo,
    Paging,
    Question,
    connections,
    cursor_of,
    edges,
    page_info,
)
from bff.schema.scalars import JSON
from bff.schema.sentences import sentence
from bff.storage.reads import case_events
from bff.storage.reads.case_events import AS_IT_HAPPENED, CaseEventRow
from bff.storage.reads.cases import CaseRow
from bff.storage.reads.keyset import Page, Slice

# What a customer may read of an event's data. A new key stays unread by them until it stands here: who of the
# staff did what is never theirs to know.
FOR_CUSTOMERS = frozenset(
    {
        *("amount", "currency", "deduction", "method", "keeps_goods", "failure", "kind"),
        *("reason", "note", "statement", "party", "basis", "from", "to", "satisfaction", "count"),
        *("carrier", "tracking", "status", "place", "sku", "quantity"),
        *("received", "short", "surplus", "accepted", "rejected"),
    }
)


@batched
async def timeline(
    parents: Sequence[CaseRow],
    info: Info,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """The timelines of cases, a page of each."""
    context, owners, paging = info.context, [row.id for row in parents], Paging.of(first, after, last, before)

    async def read(asked: Slice, named: list[UUID] | None) -> list[Page[CaseEventRow]]:
        return await case_events.page(context.database, asked, named or [])

    return await connections(context, Question("Case.timeline", None, AS_IT_HAPPENED), paging, list(owners), read)


def message(root: CaseEventRow, info: Info) -> str:
    """The event in the viewer's language."""
    return sentence(info.context.locale, "case_event", root.type, seen(root, info))


def data(root: CaseEventRow, info: Info) -> dict[str, Any] | None:
    """What is known of it; null where there is nothing more."""
    return seen(root, info) or None


def seen(event: CaseEventRow, info: Info) -> dict[str, Any]:
    """The data that the viewer may read."""
    viewer = info.context.viewer
    if viewer is not None and viewer.role is not Role.CUSTOMER:
        return event.data
    return {key: value for key, value in event.data.items() if key in FOR_CUSTOMERS}


@strawberry.type(description="One entry of a case's timeline; never changed once it stands there.")
class CaseEvent:
    id: strawberry.ID = resolved(id_of("CaseEvent"), "Opaque; `node` does not fetch it.")
    type: str = attribute('What happened, "case_approved"; stable, and there may be more types some day.')
    at: datetime = attribute("When.")
    actor: Role = attribute("Who did it; OPS for the system itself.")
    message: str = resolved(message, "For people, in the language of the request; wording may change.")
    data: JSON | None = resolved(
        data,
        "What else is known, by name; amounts in minor units of `currency`. A customer is not told who of the"
        " staff it was. Null where nothing is.",
    )


@strawberry.type(description="One event in a timeline.")
class CaseEventEdge:
    cursor: str = resolved(cursor_of, "Where this event stands; for `after` and `before` of the same timeline.")
    node: CaseEvent = attribute("The event.")


@strawberry.type(description="A page of a timeline, in the order in which things happened.")
class CaseEventConnection:
    edges: list[CaseEventEdge] = resolved(edges, "The events of the page.")
    page_info: PageInfo = resolved(page_info, "Where the page begins and ends.")

"""What can be watched? Each field listens first, then looks whether the viewer may see it, so nothing is missed.

A message says only that something changed. What the viewer gets is read when their turn comes, within their scope
and in a context of that moment.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry
from graphql import GraphQLError
from msgspec import Struct
from strawberry import UNSET

from bff.live.bus import ALL_CASES, Away, Listener, Message, of_case, of_merchant, of_ticket
from bff.schema.case import Case
from bff.schema.context import Info, RequestContext
from bff.schema.errors import GraphProblem, forbidden, not_found
from bff.schema.found import found
from bff.schema.ids import key_of
from bff.schema.ticket_message import TicketMessage
from bff.storage.reads import tickets
from bff.viewer import Viewer
from bff.vocabulary import Role

Read = Callable[[RequestContext, Message], Awaitable[Any]]

CaseId = Annotated[strawberry.ID, strawberry.argument(description="Of the case to watch.")]
TicketId = Annotated[strawberry.ID, strawberry.argument(description="Of the ticket to watch.")]
Queue = Annotated[
    str | None,
    strawberry.argument(description="Only cases that are in this queue after the change; all unless said."),
]


class Happening(Struct, frozen=True, eq=False):
    """One change as its viewer gets it."""

    value: Any
    context: RequestContext
    extensions: dict[str, Any]


class Change(Struct, frozen=True, eq=False):
    """One change of which nothing was read yet."""

    message: Message
    origin: RequestContext
    find: Read

    async def read(self) -> Happening | None:
        """What the viewer may see of it now; None when that is nothing."""
        context = self.origin.renewed()
        value = await self.find(context, self.message)
        event = {"id": str(self.message.id), "sequence": self.message.sequence}
        return None if value is None else Happening(value, context, {"event": event})


class Changes:
    """The changes on one channel, for one viewer."""

    def __init__(self, listener: Listener, origin: RequestContext, find: Read) -> None:
        self._listener, self._origin, self._find = listener, origin, find

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        return Change(await anext(self._listener), self._origin, self._find)

    async def aclose(self) -> None:
        """Stops listening."""
        self._listener.close()


async def case_updated(info: Info, case_id: CaseId) -> Any:
    """The changes of one case."""
    key = named(info.context, "Case", case_id)

    async def find(context: RequestContext, _: Message) -> Any:
        return (await found(context, "Case", [key]))[0]

    return await changes_of(info.context, "Case", key, of_case(key), find)


async def ticket_message_added(info: Info, ticket_id: TicketId) -> Any:
    """What is said in one ticket from now on."""
    key = named(info.context, "Ticket", ticket_id)

    async def find(context: RequestContext, message: Message) -> Any:
        keys = [message.part] if message.part else []
        said = await tickets.messages_by_id(context.database, context.scope, keys)
        return next(iter(said.values()), None)

    return await changes_of(info.context, "Ticket", key, of_ticket(key), find)


def named(context: RequestContext, type_name: str, text: str) -> UUID:
    """The key that an id has. Raises UNAUTHENTICATED or NOT_FOUND."""
    context.signed_in()
    key = key_of(type_name, text)
    if key is None:
        raise absent(type_name)
    return key


def absent(type_name: str) -> GraphProblem:
    """What cannot be watched, since it is not there or not the viewer's to see."""
    return not_found(type_name.lower(), f"{type_name.lower()}Id")


async def changes_of(context: RequestContext, type_name: str, key: UUID, channel: str, find: Read) -> Changes:
    """The changes of one object, if the viewer may see it."""
    changes = Changes(await listening(context, channel), context, find)
    try:
        await check_visible(context, type_name, key)
    except BaseException:
        await changes.aclose()
        raise
    return changes


async def check_visible(context: RequestContext, type_name: str, key: UUID) -> None:
    """Raises NOT_FOUND for what the viewer may not see."""
    if (await found(context, type_name, [key]))[0] is None:
        raise absent(type_name)


async def case_queue_updated(info: Info, queue: Queue = UNSET) -> Any:
    """The changes of all cases that a merchant or an agent works on."""
    context = info.context

    async def find(context: RequestContext, message: Message) -> Any:
        (case,) = await found(context, "Case", [message.subject])
        return case if case is not None and queue in (None, UNSET, case.queue) else None

    channel = cases_of(context.signed_in())
    return Changes(await listening(context, channel), context, find)


def cases_of(viewer: Viewer) -> str:
    """The channel of the cases that somebody works on. Raises FORBIDDEN for those who do not."""
    if viewer.role is Role.MERCHANT and viewer.merchant_id is not None:
        return of_merchant(viewer.merchant_id)
    if viewer.role in {Role.AGENT, Role.OPS}:
        return ALL_CASES
    raise forbidden("merchants, agents and operations")


async def listening(context: RequestContext, channel: str) -> Listener:
    """A listener. Raises UNAVAILABLE where the changes cannot be reached."""
    try:
        return await context.bus.listen(channel)
    except Away:
        message = "Live updates cannot be reached now; try again"
        raise GraphQLError(message, extensions={"code": "UNAVAILABLE", "retryable": True}) from None


def watched(function: Callable[..., Any], description: str) -> Any:
    """A field that gives a stream."""
    return strawberry.subscription(resolver=function, description=description)


@strawberry.type(
    description="What can be watched, over the socket at /graphql/ws or as an event stream from /graphql/stream."
    " Each change comes at least once, those of one case in their order; nothing comes before the first change."
    " `extensions.event.id` is the same when a change comes again."
)
class Subscription:
    case_updated: AsyncIterator[Case] = watched(
        case_updated, "A case after each of its changes. NOT_FOUND when absent or not the viewer's to see."
    )
    ticket_message_added: AsyncIterator[TicketMessage] = watched(
        ticket_message_added,
        "What is said in a ticket from now on. NOT_FOUND when absent or not the viewer's to see.",
    )
    case_queue_updated: AsyncIterator[Case] = watched(
        case_queue_updated, "Every case after each change. [merchant] its own [agent] [ops] all"
    )

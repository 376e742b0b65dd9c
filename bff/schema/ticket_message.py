"""What was said in a ticket? Messages, page by page, each with what was shown."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from bff.schema.context import RequestContext
from bff.schema.enums import Role
from bff.schema.errors import GraphProblem
from bff.schema.evidence import Evidence
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.owned import listed
from bff.schema.paging import Connection, PageInfo, Paging, Question, connections, cursor_of, edges, page_info
from bff.storage.reads import tickets
from bff.storage.reads.keyset import Page, Slice
from bff.storage.reads.tickets import MessageRow


async def messages_of(
    context: RequestContext, owners: Sequence[UUID], paging: Paging
) -> list[Connection | GraphProblem]:
    """One connection of messages a ticket."""
    question = Question("Ticket.messages", None, tickets.AS_SENT)

    async def read(asked: Slice, named: list[UUID] | None) -> list[Page[MessageRow]]:
        return await tickets.messages(context.database, asked, named or [])

    return await connections(context, question, paging, list(owners), read)


@strawberry.type(description="One thing said in a ticket.")
class TicketMessage:
    id: strawberry.ID = resolved(id_of("TicketMessage"), "Opaque; `node` does not fetch it.")
    author: Role = attribute("Who said it: the customer, the merchant, or the platform.")
    body: str = attribute("What was said: plain text, never markup.")
    sent_at: datetime = attribute("When.")
    attachments: list[Evidence] = resolved(
        listed(tickets.ATTACHMENTS), "What was shown with it, in the order it was given."
    )


@strawberry.type(description="One message in a connection.")
class TicketMessageEdge:
    cursor: str = resolved(
        cursor_of, "Where this message stands; for `after` and `before` of the same connection."
    )
    node: TicketMessage = attribute("The message.")


@strawberry.type(description="A page of messages, the oldest first: `last` reads the newest.")
class TicketMessageConnection:
    edges: list[TicketMessageEdge] = resolved(edges, "The messages of the page.")
    page_info: PageInfo = resolved(page_info, "Where the page begins and ends.")

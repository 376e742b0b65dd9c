"""What does a customer ask, and what is answered? Tickets opened, replied to and resolved, each in one write."""

from uuid import UUID

from bff.cases.asking.evidence import checked
from bff.cases.refusal import Refusal, absent
from bff.cases.standing import Author
from bff.execution.batched import Batches
from bff.resolvers.case_writing import text_of
from bff.resolvers.ticket_subject import opening_of
from bff.resolvers.writing import Written, write
from bff.schema.context import RequestContext
from bff.schema.ids import key_of
from bff.schema.ticket_inputs import (
    OpenTicketInput,
    ReplyToTicketInput,
    ResolveTicketInput,
    TicketPayloadSource,
)
from bff.storage.database import Connection
from bff.storage.reads import tickets
from bff.tickets import changing
from bff.tickets.messages import Said
from bff.tickets.opening import Opening, open_ticket


async def open_(context: RequestContext, asked: OpenTicketInput) -> TicketPayloadSource:
    """A new conversation. Raises UNAUTHENTICATED."""
    viewer = context.signed_in()
    # Plugins and their facts are asked before the transaction: no network call is made inside of one.
    planned: Opening | Refusal
    try:
        planned = await opening_of(context, viewer, asked)
    except Refusal as refusal:
        planned = refusal

    async def work(tx: Connection, author: Author) -> UUID:
        if isinstance(planned, Refusal):
            raise planned
        return await open_ticket(tx, planned, author, context.now)

    return await answered(context, await write(context, "openTicket", asked, work))


async def reply(context: RequestContext, asked: ReplyToTicketInput) -> TicketPayloadSource:
    """One more message. Raises UNAUTHENTICATED."""

    async def work(tx: Connection, author: Author) -> UUID:
        key = await the_ticket(context, asked.ticket_id)
        said = Said(text_of(asked.body, "body"), checked(asked.attachments, "attachments"))
        await changing.reply(tx, key, said, author, context.now)
        return key

    return await answered(context, await write(context, "replyToTicket", asked, work))


async def resolve(context: RequestContext, asked: ResolveTicketInput) -> TicketPayloadSource:
    """The question is settled. Raises UNAUTHENTICATED."""

    async def work(tx: Connection, author: Author) -> UUID:
        key = await the_ticket(context, asked.ticket_id)
        await changing.resolve(tx, key, author, context.now)
        return key

    return await answered(context, await write(context, "resolveTicket", asked, work))


async def the_ticket(context: RequestContext, ticket_id: str) -> UUID:
    """The key of a ticket that the viewer may see. Raises NOT_FOUND."""
    key = key_of("Ticket", ticket_id)
    if key is None or key not in await tickets.by_id(context.database, context.scope, [key]):
        raise absent("ticket", "ticketId")
    return key


async def answered(context: RequestContext, written: Written) -> TicketPayloadSource:
    """The payload, with the ticket read anew: what was read before the change is forgotten."""
    context.batches = Batches()
    if written.key is None:
        return TicketPayloadSource(None, written.user_errors)
    found = await tickets.by_id(context.database, context.scope, [written.key])
    return TicketPayloadSource(found.get(written.key), written.user_errors)

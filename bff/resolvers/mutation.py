"""What can be changed? Each mutation takes one input and gives one payload."""

import strawberry

from bff.resolvers import guest, tickets
from bff.resolvers.mutations import mutation
from bff.resolvers.request_return import request_return
from bff.resolvers.upsert_orders import upsert_orders
from bff.schema.case_inputs import RequestReturnInput
from bff.schema.case_payload import CasePayload
from bff.schema.guest_session import GuestSessionPayload, OpenGuestSessionInput
from bff.schema.ticket_inputs import OpenTicketInput, ReplyToTicketInput, ResolveTicketInput, TicketPayload
from bff.schema.upsert_orders import UpsertOrdersInput, UpsertOrdersPayload


@strawberry.type(description="What can be changed.")
class Mutation:
    request_return: CasePayload = mutation(
        request_return,
        RequestReturnInput,
        "Opens a case. [customer] It is approved at once where the policies say ELIGIBLE; where they say REVIEW it"
        " waits for the merchant, whose silence approves it.",
    )
    open_guest_session: GuestSessionPayload = mutation(
        guest.open_session,
        OpenGuestSessionInput,
        "Lets somebody in who is not signed in: a token for one order. An absent order and another e-mail address"
        " are both NOT_FOUND. After five look-ups within 15 minutes, of one order or from one address, an error"
        " RATE_LIMITED says in `retryAfter` how many seconds to wait.",
    )
    open_ticket: TicketPayload = mutation(
        tickets.open_,
        OpenTicketInput,
        "Asks a question. [customer] About a case it goes where the case went and to its merchant; about an order"
        " of one merchant to that merchant; else to the platform.",
    )
    reply_to_ticket: TicketPayload = mutation(
        tickets.reply,
        ReplyToTicketInput,
        "Adds a message. [customer] [merchant] [agent] A customer's reopens a ticket that was resolved less than"
        " seven days ago; after that INVALID_STATE asks for a new ticket.",
    )
    resolve_ticket: TicketPayload = mutation(
        tickets.resolve,
        ResolveTicketInput,
        "Says that the question is settled. [merchant] [agent] Seven days later it is closed for good.",
    )
    upsert_orders: UpsertOrdersPayload = mutation(
        upsert_orders,
        UpsertOrdersInput,
        "Tells of new and changed orders. [ingest] A bad order is reported, with the path to every mistake, and"
        " stops no other.",
    )

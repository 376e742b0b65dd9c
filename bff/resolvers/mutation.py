"""What can be changed? Each mutation takes one input and gives one payload."""

import strawberry

from bff.resolvers import approvals, guest, tickets
from bff.resolvers.mutations import mutation
from bff.resolvers.request_return import request_return
from bff.resolvers.upsert_orders import upsert_orders
from bff.schema.approval_inputs import (
    AddEvidenceInput,
    ApproveCasesInput,
    ApproveCasesPayload,
    DeclineCaseInput,
)
from bff.schema.case_inputs import CaseInput, RequestReturnInput
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
    cancel_case: CasePayload = mutation(
        approvals.cancel_case,
        CaseInput,
        "Takes a request back and frees its units. [customer] Not once money or new goods are under way: then the"
        " goods come back.",
    )
    add_evidence: CasePayload = mutation(
        approvals.add_evidence, AddEvidenceInput, "Shows more of what went wrong. [customer]"
    )
    approve_case: CasePayload = mutation(
        approvals.approve_case,
        CaseInput,
        "Says yes to a request. [merchant] [agent] Goods to send are put aside, an open offer ends, and what is"
        " due at once is paid.",
    )
    decline_case: CasePayload = mutation(
        approvals.decline_case,
        DeclineCaseInput,
        "Says no to a request, and frees its units. [merchant] [agent] INELIGIBLE, with the rules' words, where"
        " the customer has a statutory right.",
    )
    approve_cases: ApproveCasesPayload = mutation(
        approvals.approve_cases,
        ApproveCasesInput,
        "Says yes to many requests. [merchant] [agent] Each is approved or refused on its own; a refused one stops"
        " no other.",
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

"""What can be changed? Each mutation takes one input and gives one payload."""

import strawberry

from bff.resolvers import (
    appeals,
    approvals,
    compensations,
    disputes,
    exchange,
    goods,
    guest,
    issue_refund,
    offers,
    overrides,
    ratings,
    refunds,
    returns,
    shipment_events,
    tickets,
    withdrawal,
)
from bff.resolvers.mutations import mutation
from bff.resolvers.request_return import request_return
from bff.resolvers.stock import set_stock
from bff.resolvers.upsert_orders import upsert_orders
from bff.schema.agent_inputs import GrantCompensationInput, OverrideCaseInput
from bff.schema.approval_inputs import (
    AddEvidenceInput,
    ApproveCasesInput,
    ApproveCasesPayload,
    DeclineCaseInput,
)
from bff.schema.case_inputs import CaseInput, DeclareWithdrawalInput, RequestReturnInput
from bff.schema.case_payload import CasePayload
from bff.schema.dispute_inputs import (
    OpenAppealInput,
    OpenDisputeInput,
    ResolveAppealInput,
    RuleDisputeInput,
)
from bff.schema.goods_inputs import RecordInspectionInput, RecordReceiptInput, ShipExchangeInput
from bff.schema.guest_session import GuestSessionPayload, OpenGuestSessionInput
from bff.schema.issue_refund_input import IssueRefundInput
from bff.schema.offer_inputs import ProposeOfferInput, RespondToOfferInput
from bff.schema.rating_input import RateCaseInput
from bff.schema.refund_inputs import RecordRefundResultInput, RetryRefundInput
from bff.schema.return_inputs import ScheduleReturnInput
from bff.schema.shipment_event_inputs import RecordEventsPayload, RecordShipmentEventsInput
from bff.schema.stock import SetStockInput, SetStockPayload
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
    declare_withdrawal: CasePayload = mutation(
        withdrawal.declare_withdrawal,
        DeclareWithdrawalInput,
        "Withdraws from a contract, or from part of it. [customer] Guests may, too. Where a law gives that right,"
        " no rule, review or evidence stands against it, and the cases are approved at once; elsewhere it is a"
        " request for what the shop takes back. The statement stays on the timeline with its time.",
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
    schedule_return: CasePayload = mutation(
        returns.schedule_return,
        ScheduleReturnInput,
        "Books how approved goods come back, or books it anew. [customer] By MAIL with a tracking number they"
        " count as handed over.",
    )
    respond_to_offer: CasePayload = mutation(
        offers.respond_to_offer,
        RespondToOfferInput,
        "Takes a merchant's offer, or not. [customer] An accepted one replaces what was agreed.",
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
    open_dispute: CasePayload = mutation(
        disputes.open_dispute,
        OpenDisputeInput,
        "Holds the outcome of a case to be wrong. [customer] Once, within its DISPUTE_WINDOW; an agent rules.",
    )
    withdraw_dispute: CasePayload = mutation(
        disputes.withdraw_dispute,
        CaseInput,
        "Takes a dispute back before it is ruled. [customer] There is no second one.",
    )
    rule_dispute: CasePayload = mutation(
        disputes.rule_dispute,
        RuleDisputeInput,
        "Decides a dispute. [agent] Money that it gives is paid at once, or with what the case waits for; a case"
        " that was over is approved again, to be paid without goods: QUANTITY_EXCEEDED where its units went back"
        " another way meanwhile.",
    )
    propose_offer: CasePayload = mutation(
        offers.propose_offer,
        ProposeOfferInput,
        "Offers an amount that would settle the case. [merchant] It waits for its answer as long as the deadline"
        " says; paying takes it back.",
    )
    record_receipt: CasePayload = mutation(
        goods.record_receipt,
        RecordReceiptInput,
        "Says what came back. [merchant] What is missing is not paid for, and claimed back where it was; an"
        " exchange is then paid for instead.",
    )
    record_inspection: CasePayload = mutation(
        goods.record_inspection,
        RecordInspectionInput,
        "Says in which state it came. [merchant] What is due is paid at once, less deductions.",
    )
    issue_refund: CasePayload = mutation(
        issue_refund.issue_refund,
        IssueRefundInput,
        "Pays what is owed before it is due, a part of it, or more as goodwill. [merchant]",
    )
    retry_refund: CasePayload = mutation(
        refunds.retry_refund,
        RetryRefundInput,
        "Tries again what has failed of a refund. [merchant] [agent] What was paid of it stays paid. INVALID_STATE"
        " where nothing of it has failed, AMOUNT_EXCEEDED where its money has gone elsewhere meanwhile.",
    )
    ship_exchange: CasePayload = mutation(
        exchange.ship_exchange,
        ShipExchangeInput,
        "Sends what was put aside in exchange, or was repaired. [merchant] A higher price is charged then.",
    )
    open_appeal: CasePayload = mutation(
        appeals.open_appeal,
        OpenAppealInput,
        "Contests a ruling. [merchant] Once, within its APPEAL_WINDOW; what the ruling gave is paid all the same.",
    )
    resolve_appeal: CasePayload = mutation(
        appeals.resolve_appeal,
        ResolveAppealInput,
        "Answers an appeal. [agent] Upheld, the customer keeps what the ruling gave, and the platform bears it.",
    )
    grant_compensation: CasePayload = mutation(
        compensations.grant_compensation,
        GrantCompensationInput,
        "Gives something for the trouble, beside every refund. [agent]",
    )
    override_case: CasePayload = mutation(
        overrides.override_case,
        OverrideCaseInput,
        "Moves a case to any status. [agent] Units and money follow; the reason stays with who gave it.",
    )
    rate_case: CasePayload = mutation(
        ratings.rate_case, RateCaseInput, "Says how a case was handled. [customer] Once, when it is over."
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
    record_shipment_events: RecordEventsPayload = mutation(
        shipment_events.record_shipment_events,
        RecordShipmentEventsInput,
        "Tells where parcels were seen. [ingest] In any order, late and twice: a scan from before the deadline"
        " keeps a return alive, whenever it is told.",
    )
    record_refund_result: CasePayload = mutation(
        refunds.record_refund_result,
        RecordRefundResultInput,
        "Tells what became of a refund that another system pays. [ingest] Told again alike it changes nothing;"
        " INVALID_STATE where the refund has ended otherwise.",
    )
    upsert_orders: UpsertOrdersPayload = mutation(
        upsert_orders,
        UpsertOrdersInput,
        "Tells of new and changed orders. [ingest] A bad order is reported, with the path to every mistake, and"
        " stops no other.",
    )
    set_stock: SetStockPayload = mutation(
        set_stock,
        SetStockInput,
        "Tells how many units of variants there are, from which exchanges are sent. [ingest] A bad level is"
        " reported and stops no other.",
    )

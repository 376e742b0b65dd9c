"""What is a new ticket about, and where does it go? From ids to an order or a case, and to a desk."""

from typing import Any
from uuid import UUID

from bff.cases.refusal import Refusal, absent, invalid
from bff.policy.asking import Asker
from bff.policy.decision import Routing
from bff.policy.facts import Scope as FactScope
from bff.policy.prefetch import prefetch
from bff.resolvers.case_writing import text_of
from bff.schema.context import RequestContext
from bff.schema.entitlement import segments_of
from bff.schema.ids import key_of
from bff.schema.ticket_inputs import OpenTicketInput
from bff.storage.reads import customers, tickets
from bff.storage.reads.tickets import CaseSubject, OrderSubject
from bff.tickets.messages import LONGEST_BODY, Said
from bff.tickets.opening import LONGEST_SUBJECT, Opening
from bff.user_errors import UserErrorCode
from bff.viewer import Viewer
from bff.vocabulary import Role


async def opening_of(context: RequestContext, viewer: Viewer, asked: OpenTicketInput) -> Opening:
    """All that a new ticket begins with. Raises a Refusal."""
    if viewer.role is not Role.CUSTOMER or viewer.customer_id is None:
        raise Refusal(UserErrorCode.FORBIDDEN, "Only a customer opens a ticket")
    subject = text_of(asked.subject, "subject", longest=LONGEST_SUBJECT)
    said = Said(text_of(asked.body, "body", longest=LONGEST_BODY))
    about = await subject_of(context, viewer, asked)
    market = about.market if about is not None else await home_market(context, viewer.customer_id)
    if isinstance(about, CaseSubject):
        routing = routing_of_case(about)
    else:
        routing = await routing_of(context, viewer.customer_id, market, subject)
    return Opening(
        customer_id=viewer.customer_id,
        market=market,
        subject=subject,
        said=said,
        routing=routing,
        order_id=about.order_id if about is not None else None,
        case_id=about.case_id if isinstance(about, CaseSubject) else None,
        merchant_id=about.merchant_id if about is not None else None,
    )


async def subject_of(
    context: RequestContext, viewer: Viewer, asked: OpenTicketInput
) -> OrderSubject | CaseSubject | None:
    """What it is about, among what the viewer may see; a guest's is about the one order, said or not."""
    order = key_of("Order", asked.order_id) if asked.order_id else viewer.order_id
    if asked.case_id:
        key = key_of("Case", asked.case_id)
        case = await tickets.about_case(context.database, context.scope, key) if key else None
        if case is None:
            raise absent("case", "caseId")
        if asked.order_id and order != case.order_id:
            raise invalid("the case is about another order", "orderId")
        return case
    found = await tickets.about_order(context.database, context.scope, order) if order else None
    if found is None and (asked.order_id or viewer.order_id):
        raise absent("order", "orderId")
    return found


async def home_market(context: RequestContext, customer: UUID) -> str:
    """Where the customer is at home. Raises NOT_FOUND for one of whom nothing has come in yet."""
    found = await customers.by_id(context.database, context.scope, [customer])
    if customer not in found:
        raise absent("customer")
    return found[customer].market


def routing_of_case(case: CaseSubject) -> Routing:
    """The case's own, with the first answer that was promised with its terms."""
    terms: dict[str, Any] = case.terms or {}
    minutes = terms.get("first_response_minutes")
    return Routing(
        queue=case.queue,
        priority=case.priority,
        channel=case.channel,
        first_response_minutes=minutes if type(minutes) is int and minutes > 0 else None,
    )


async def routing_of(context: RequestContext, customer: UUID, market: str, subject: str) -> Routing:
    """What plugins say, from the customer's facts."""
    (segments,) = await segments_of(context, [customer])
    keys = {FactScope.CUSTOMER: [str(customer)]}
    known = (await prefetch(context.kernel.needs, context.providers, keys)).values
    asker = Asker(customer=str(customer), market=market, segments=segments, at=context.now, known=known)
    return context.kernel.route_ticket(asker, subject)

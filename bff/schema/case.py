"""What went wrong after the sale? One case, and all that belongs to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from bff.execution.batched import batched
from bff.policy.decision import Liability as LiabilitySource
from bff.schema.case_decision import actions, explanations
from bff.schema.case_event import CaseEventConnection, timeline
from bff.schema.compensation import CaseRating, Compensation
from bff.schema.context import Info
from bff.schema.cost import CostEntry, costs_of_cases
from bff.schema.deadline import Deadline
from bff.schema.dispute import Dispute
from bff.schema.eligibility import Liability
from bff.schema.enums import CaseAction, CaseStatus, Resolution, ReturnReason
from bff.schema.evidence import Evidence
from bff.schema.exchange import Exchange
from bff.schema.explanation import Explanation
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.inspection import Inspection
from bff.schema.ledger import LedgerTransaction, ledgers_of_cases
from bff.schema.money import Money, amount_of
from bff.schema.node import Node
from bff.schema.offer import Offer
from bff.schema.owned import listed, referred, single
from bff.schema.refund import Refund
from bff.schema.reverse_shipment import ReverseShipment
from bff.schema.routing import Routing
from bff.schema.ticket_connection import case_tickets
from bff.storage.reads import (
    cases,
    compensations,
    deadlines,
    disputes,
    evidence,
    exchanges,
    inspections,
    offers,
    refunds,
    reverse_shipments,
)
from bff.storage.reads.cases import CaseLineRow, CaseRow
from bff.storage.reads.compensations import RATINGS

if TYPE_CHECKING:
    from bff.schema.customer import Customer
    from bff.schema.merchant import Merchant
    from bff.schema.order import Order
    from bff.schema.order_line import OrderLine
    from bff.schema.ticket import Ticket


@batched
async def case_lines(parents: Sequence[CaseRow], info: Info) -> list[list[CaseLineRow]]:
    """What stands in cases."""
    by_case = await cases.lines_of(info.context.database, [case.id for case in parents])
    return [by_case[case.id] for case in parents]


def liability(root: CaseRow) -> LiabilitySource:
    """Who bears the loss, as the case keeps it."""
    return LiabilitySource(party=root.liable_party, basis=root.liability_basis, final=root.liability_final)


def itself(root: CaseRow) -> CaseRow:
    """The routing stands in the case's own row."""
    return root


@strawberry.type(description="Some units of one order line in a case.")
class CaseLine:
    order_line: Annotated["OrderLine", strawberry.lazy("bff.schema.order_line")] = resolved(
        referred("OrderLine", "order_line_id"), "Where the units come from."
    )
    quantity: int = attribute("How many units.")
    reason: ReturnReason = attribute("Why the customer gives them back.")
    note: str | None = attribute("What the customer wrote about it.")
    refundable: Money = resolved(
        amount_of("refundable_minor"), "The most that this case may refund for the units."
    )
    refunded: Money = resolved(amount_of("refunded_minor"), "Refunded for them by this case so far.")


@strawberry.type(description="One customer problem on one order, with one merchant.")
class Case(Node):
    id: strawberry.ID = resolved(id_of("Case"), "Global and opaque.")
    number: str = attribute("The number that people quote; unique in the shop.")
    order: Annotated["Order", strawberry.lazy("bff.schema.order")] = resolved(
        referred("Order", "order_id"), "The order that it is about."
    )
    customer: Annotated["Customer", strawberry.lazy("bff.schema.customer")] = resolved(
        referred("Customer", "customer_id"), "Whose problem it is."
    )
    merchant: Annotated["Merchant", strawberry.lazy("bff.schema.merchant")] = resolved(
        referred("Merchant", "merchant_id"), "Who sold the lines."
    )
    status: CaseStatus = attribute("How far it has come.")
    resolution: Resolution = attribute("How it is to be settled.")
    lines: list[CaseLine] = resolved(case_lines, "The units that it is about; a case names a line once.")
    routing: Routing = resolved(itself, "Where the plugins sent it.")
    liability: Liability = resolved(liability, "Who bears the loss, as decided when it was opened or since.")
    tickets: list[Annotated["Ticket", strawberry.lazy("bff.schema.ticket")]] = resolved(
        case_tickets, "The conversations about it that the viewer may see, the oldest first."
    )
    requested_at: datetime = attribute("When the customer asked.")
    updated_at: datetime = attribute("When it last changed.")
    version: int = attribute("Rises by one a change; mutations take the version that the caller saw.")
    deadlines: list[Deadline] = resolved(
        listed(deadlines.OF_CASES), "What it waits for now, the earliest end first; what is over is not listed."
    )
    allowed_actions: list[CaseAction] = resolved(
        actions, "What the viewer may do to it now; a mutation asks the same table again. Operations do nothing."
    )
    evidence: list[Evidence] = resolved(listed(evidence.OF_CASES), "What was shown with it, the oldest first.")
    reverse_shipment: ReverseShipment | None = resolved(
        single(reverse_shipments.OF_CASES), "How its goods travel back; null until the way back is booked."
    )
    inspection: Inspection | None = resolved(
        single(inspections.OF_CASES), "What the warehouse found; null until somebody has looked."
    )
    refunds: list[Refund] = resolved(
        listed(refunds.OF_CASES), "The payments back, the oldest first, those that failed among them."
    )
    exchange: Exchange | None = resolved(
        single(exchanges.OF_CASES), "What is sent to the customer; null where nothing is, or is reserved yet."
    )
    offers: list[Offer] = resolved(listed(offers.OF_CASES), "What the merchant offered, the oldest first.")
    dispute: Dispute | None = resolved(
        single(disputes.OF_CASES), "The customer's claim against how it went; null where there is none."
    )
    compensations: list[Compensation] = resolved(
        listed(compensations.OF_CASES), "What was given beside the refunds, the oldest first."
    )
    costs: list[CostEntry] = resolved(
        costs_of_cases,
        "What it cost beside its refunds, the oldest first. Told to merchants, agents and operations; to others it"
        " is empty.",
    )
    ledger: list[LedgerTransaction] = resolved(
        ledgers_of_cases,
        "Every movement of its money, the oldest first. Told to merchants, agents and operations; to others it is"
        " empty.",
    )
    rating: CaseRating | None = resolved(
        single(RATINGS), "What the customer says of how it was handled; null until they do."
    )
    timeline: CaseEventConnection = resolved(timeline, "Everything that happened, in the order in which it did.")
    explanations: list[Explanation] = resolved(
        explanations,
        "Why it was decided so when it was opened, the most decisive first; empty where it was decided elsewhere.",
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, CaseRow)

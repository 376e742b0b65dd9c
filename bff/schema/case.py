"""What went wrong after the sale? One case, as far as it is kept yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from bff.execution.batched import batched
from bff.policy.decision import Liability as LiabilitySource
from bff.schema.context import Info
from bff.schema.eligibility import Liability
from bff.schema.enums import CaseStatus, Resolution, ReturnReason
from bff.schema.fields import attribute, resolved
from bff.schema.found import found
from bff.schema.ids import id_of
from bff.schema.money import Money, amount_of
from bff.schema.node import Node
from bff.schema.ticket_connection import case_tickets
from bff.storage.reads import cases
from bff.storage.reads.cases import CaseLineRow, CaseRow

if TYPE_CHECKING:
    from bff.schema.customer import Customer
    from bff.schema.merchant import Merchant
    from bff.schema.order import Order
    from bff.schema.order_line import OrderLine
    from bff.schema.ticket import Ticket


@batched
async def order(parents: Sequence[CaseRow], info: Info) -> list[Any]:
    """The orders of cases."""
    return await found(info.context, "Order", [case.order_id for case in parents])


@batched
async def customer(parents: Sequence[CaseRow], info: Info) -> list[Any]:
    """The customers of cases."""
    return await found(info.context, "Customer", [case.customer_id for case in parents])


@batched
async def merchant(parents: Sequence[CaseRow], info: Info) -> list[Any]:
    """The merchants of cases."""
    return await found(info.context, "Merchant", [case.merchant_id for case in parents])


@batched
async def case_lines(parents: Sequence[CaseRow], info: Info) -> list[list[CaseLineRow]]:
    """What stands in cases."""
    by_case = await cases.lines_of(info.context.database, [case.id for case in parents])
    return [by_case[case.id] for case in parents]


@batched
async def order_line(parents: Sequence[CaseLineRow], info: Info) -> list[Any]:
    """The order lines that units of a case come from."""
    return await found(info.context, "OrderLine", [line.order_line_id for line in parents])


def liability(root: CaseRow) -> LiabilitySource:
    """Who bears the loss, as the case keeps it."""
    return LiabilitySource(party=root.liable_party, basis=root.liability_basis, final=root.liability_final)


@strawberry.type(description="Some units of one order line in a case.")
class CaseLine:
    order_line: Annotated["OrderLine", strawberry.lazy("bff.schema.order_line")] = resolved(
        order_line, "Where the units come from."
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
    order: Annotated["Order", strawberry.lazy("bff.schema.order")] = resolved(order, "The order that it is about.")
    customer: Annotated["Customer", strawberry.lazy("bff.schema.customer")] = resolved(
        customer, "Whose problem it is."
    )
    merchant: Annotated["Merchant", strawberry.lazy("bff.schema.merchant")] = resolved(
        merchant, "Who sold the lines."
    )
    status: CaseStatus = attribute("How far it has come.")
    resolution: Resolution = attribute("How it is to be settled.")
    lines: list[CaseLine] = resolved(case_lines, "The units that it is about; a case names a line once.")
    liability: Liability = resolved(liability, "Who bears the loss, as decided when it was opened or since.")
    tickets: list[Annotated["Ticket", strawberry.lazy("bff.schema.ticket")]] = resolved(
        case_tickets, "The conversations about it that the viewer may see, the oldest first."
    )
    requested_at: datetime = attribute("When the customer asked.")
    updated_at: datetime = attribute("When it last changed.")
    version: int = attribute("Rises by one a change; mutations take the version that the caller saw.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, CaseRow)

"""What is being talked about? One conversation with a customer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET

from bff.execution.batched import batched
from bff.schema.context import Info
from bff.schema.enums import Priority, TicketStatus
from bff.schema.fields import attribute, resolved
from bff.schema.found import found
from bff.schema.ids import id_of
from bff.schema.node import Node
from bff.schema.owned import referred
from bff.schema.paging import After, Before, First, Last, Paging
from bff.schema.ticket_message import TicketMessageConnection, messages_of
from bff.storage.reads.tickets import TicketRow

if TYPE_CHECKING:
    from bff.schema.case import Case
    from bff.schema.customer import Customer
    from bff.schema.order import Order


def possibly(type_name: str, key: str) -> Callable[..., Any]:
    """A resolver of what a ticket names by its attribute `key`, if it names any and it is the viewer's."""
    key_of = attrgetter(key)

    @batched
    async def resolve(parents: Sequence[TicketRow], info: Info) -> list[Any]:
        keys = list(dict.fromkeys(key_of(parent) for parent in parents if key_of(parent) is not None))
        rows = dict(zip(keys, await found(info.context, type_name, keys), strict=True)) if keys else {}
        return [rows.get(key_of(parent)) for parent in parents]

    return resolve


@batched
async def messages(
    parents: Sequence[TicketRow],
    info: Info,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
) -> list[Any]:
    """What was said in each ticket."""
    return await messages_of(info.context, [row.id for row in parents], Paging.of(first, after, last, before))


@strawberry.type(description="A conversation with a customer, about an order or a case where it is about one.")
class Ticket(Node):
    id: strawberry.ID = resolved(id_of("Ticket"), "Global and opaque.")
    number: str = attribute("The number that people quote; unique in the shop.")
    subject: str = attribute("What it is about, in the customer's words.")
    status: TicketStatus = attribute("Whom it waits for.")
    priority: Priority = attribute("How soon a person should look.")
    queue: str = attribute("Who answers it, as the policies said when it was opened.")
    channel: str = attribute("How the customer is looked after, as the policies said.")
    customer: Annotated["Customer", strawberry.lazy("bff.schema.customer")] = resolved(
        referred("Customer", "customer_id"), "Who asked."
    )
    order: Annotated["Order", strawberry.lazy("bff.schema.order")] | None = resolved(
        possibly("Order", "order_id"), "The order that it is about; null where it is about none."
    )
    case: Annotated["Case", strawberry.lazy("bff.schema.case")] | None = resolved(
        possibly("Case", "case_id"), "The case that it is about; null where it is about none."
    )
    created_at: datetime = attribute("When it was opened.")
    first_response_due_at: datetime | None = attribute(
        "By when the merchant or the platform is to have answered first; null where nothing is promised."
    )
    first_responded_at: datetime | None = attribute(
        "When the merchant or the platform first answered; null until then. What a customer adds is no answer."
    )
    messages: TicketMessageConnection = resolved(messages, "What was said, the oldest first.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, TicketRow)

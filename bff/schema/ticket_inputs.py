"""What do the mutations of tickets take and give? A question, an answer, the word that it is settled."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from msgspec import Struct

from bff.schema.case_inputs import ABOUT_KEYS
from bff.schema.evidence_input import EvidenceInput
from bff.schema.fields import attribute
from bff.schema.upsert_orders import given, listed, optional
from bff.schema.user_error import Payload, UserErrorSource
from bff.storage.reads.tickets import TicketRow

if TYPE_CHECKING:
    from bff.schema.ticket import Ticket


@strawberry.input(description="A question.")
class OpenTicketInput:
    subject: str = given("What it is about: 1 to 200 characters.")
    body: str = given("The question: 1 to 10,000 characters of plain text.")
    order_id: strawberry.ID | None = optional("The order that it is about.")
    case_id: strawberry.ID | None = optional("The case that it is about; it implies its order and its merchant.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="An answer, or what the customer adds.")
class ReplyToTicketInput:
    ticket_id: strawberry.ID = given("The ticket.")
    body: str = given("1 to 10,000 characters of plain text.")
    attachments: list[EvidenceInput] = listed("What is shown with it: at most 20.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="The word that a question is settled.")
class ResolveTicketInput:
    ticket_id: strawberry.ID = given("The ticket.")
    idempotency_key: str = given(ABOUT_KEYS)


class TicketPayloadSource(Struct, frozen=True, eq=False):
    """The ticket, or why nothing was done."""

    ticket: TicketRow | None
    user_errors: list[UserErrorSource]


@strawberry.type(
    description="What became of a ticket; without user errors everything was done, with them nothing."
)
class TicketPayload(Payload):
    ticket: Annotated["Ticket", strawberry.lazy("bff.schema.ticket")] | None = attribute(
        "The ticket as it is now; null where nothing was done."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, TicketPayloadSource)

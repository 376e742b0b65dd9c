"""How does a conversation begin? With a number of its own, where the policies send it, and the first message."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.numbers import drawn
from bff.cases.standing import Author
from bff.policy.decision import Routing
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.storage.folding import folded
from bff.tickets.messages import Said, add
from bff.tickets.targets import first_response_due
from bff.vocabulary import TicketStatus

LONGEST_SUBJECT = 200
COLUMNS = (
    "id, number, customer_id, merchant_id, order_id, case_id, subject, subject_folded, status, priority, queue,"
    " channel, created_at, updated_at, first_response_due_at, messages_count"
)


class Opening(Struct, frozen=True, kw_only=True):
    """What is asked, by whom, about what, and where it goes. Without a merchant it is the platform's to answer."""

    customer_id: UUID
    market: str  # whose hours the first answer is counted in
    subject: str
    said: Said
    routing: Routing
    order_id: UUID | None = None
    case_id: UUID | None = None
    merchant_id: UUID | None = None


async def open_ticket(
    tx: Connection, opening: Opening, author: Author, at: datetime, draw: Callable[[str, datetime], str] = drawn
) -> UUID:
    """Writes the ticket with its first message, and gives its key. `draw` makes numbers."""
    key = new_id()
    while not await _insert(tx, key, draw("T", at), opening, at):
        pass  # somebody else drew the same number: draw again
    await add(tx, key, 1, opening.said, author, at)
    return key


async def _insert(tx: Connection, key: UUID, number: str, opening: Opening, at: datetime) -> int:
    routing, marks = opening.routing, ", ".join("?" * 16)
    due_at = first_response_due(opening.market, at, routing.priority, routing.first_response_minutes)
    about = (opening.customer_id, opening.merchant_id, opening.order_id, opening.case_id)
    return await tx.execute(
        f"INSERT INTO tickets ({COLUMNS}) VALUES ({marks}) ON CONFLICT (number) DO NOTHING",
        *(key, number, *about, opening.subject, folded(opening.subject), TicketStatus.OPEN),
        *(routing.priority, routing.queue, routing.channel, at, at, due_at, 1),
    )

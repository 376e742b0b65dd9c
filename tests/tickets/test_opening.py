"""What if a number is taken? Another one is drawn, by one writer after the other or by two at once."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from bff.cases.standing import Author
from bff.policy.routing import STANDARD
from bff.storage.database import Database
from bff.tickets.messages import Said
from bff.tickets.opening import Opening, open_ticket
from bff.vocabulary import Role
from tests.cases.an_order import an_order

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


async def opened(database: Database, customer: UUID, *numbers: str) -> None:
    """Opens a ticket whose numbers are drawn in that order."""
    drawn = iter(numbers)
    opening = Opening(
        customer_id=customer, market="SG", subject="Hello", said=Said("A question"), routing=STANDARD
    )
    author = Author(Role.CUSTOMER, str(customer))
    await database.run_tx(lambda tx: open_ticket(tx, opening, author, AT, lambda _kind, _at: next(drawn)))


async def numbers_of(database: Database) -> list[str]:
    rows = await database.rows("SELECT number FROM tickets ORDER BY number")
    return [row["number"] for row in rows]


async def test_a_number_that_is_taken_is_drawn_again(database: Database) -> None:
    customer = (await an_order(database)).customer
    await opened(database, customer, "T-1")
    await opened(database, customer, "T-1", "T-1", "T-2")
    assert await numbers_of(database) == ["T-1", "T-2"]
    assert len(await database.rows("SELECT 1 FROM ticket_messages")) == 2


async def test_two_who_draw_the_same_number_at_once_get_one_each(database: Database) -> None:
    customer = (await an_order(database)).customer
    await asyncio.gather(*[opened(database, customer, *(f"T-{n}" for n in range(8))) for _ in range(8)])
    assert await numbers_of(database) == [f"T-{n}" for n in range(8)]

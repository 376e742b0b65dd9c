"""How do goods go out to the customer? What was put aside is sent by the merchant, and arrives or is lost."""

from datetime import datetime
from uuid import UUID

from bff.cases.change import Change, carry_out
from bff.cases.goods import exchanges
from bff.cases.refusal import invalid
from bff.cases.standing import SYSTEM, Author, Standing
from bff.cases.state import Automaton, CaseStep
from bff.storage.database import Connection
from bff.vocabulary import CaseAction


async def ship(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, carrier: str, tracking: str
) -> Standing:
    """The merchant sends an exchange, or a repair. Raises a Refusal: INVALID_INPUT for a return's number."""
    data = {"carrier": carrier, "tracking": tracking}
    change = Change(on=CaseAction.SHIP_EXCHANGE, by=author.role, event="exchange_shipped", data=data)

    async def send(before: Standing) -> None:
        await _must_go_out(tx, tracking)
        await exchanges.sent(tx, before, carrier, tracking, at)

    return await carry_out(tx, case, change, author, at, version=version, write=send)


async def _must_go_out(tx: Connection, tracking: str) -> None:
    """Raises INVALID_INPUT for the number of goods that come back: what is told of it is told of them alone."""
    if await tx.rows("SELECT 1 FROM reverse_shipments WHERE tracking_number = ?", tracking):
        raise invalid(f"`trackingNumber` {tracking} is that of goods that come back", "trackingNumber")


async def lost(tx: Connection, case: UUID, at: datetime, author: Author = SYSTEM) -> Standing:
    """A carrier has lost it. Raises a Refusal, INVALID_STATE, where nothing is on its way."""
    change = Change(on=CaseStep.LOSE_EXCHANGE, by=Automaton.CARRIER, event="exchange_lost")

    async def pay(before: Standing) -> None:
        await exchanges.lost(tx, before, at)

    return await carry_out(tx, case, change, author, at, write=pay)


async def arrived(tx: Connection, case: UUID, at: datetime, author: Author = SYSTEM) -> Standing:
    """A carrier has delivered it. Raises a Refusal, INVALID_STATE, where nothing is on its way."""
    change = Change(on=CaseStep.DELIVER_EXCHANGE, by=Automaton.CARRIER, event="exchange_delivered")

    async def deliver(before: Standing) -> None:
        await exchanges.delivered(tx, before, at)

    return await carry_out(tx, case, change, author, at, write=deliver)

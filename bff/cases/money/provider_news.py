"""What is done with what a provider tells unasked? It is kept once, in the transaction of all that it changes."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from bff.cases.money import payouts, refund_results
from bff.cases.money.holds import lock_order
from bff.payments.provider import Chargeback, Declined, News, Notification, Succeeded
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id

log = structlog.get_logger("bff.refunds")
LONGEST_ID = 200  # of `inbox.external_id`
ELSEWHERE = "elsewhere"  # refunds that somebody made in the provider's own console, by their reference


async def take(database: Database, provider: str, news: Sequence[News], at: datetime) -> int:
    """Does what the news say, each in a transaction of its own; how many were heard for the first time."""
    new = 0
    for one in news:
        new += await database.run_tx(lambda tx, told=one: _once(tx, provider, told, at))  # type: ignore[misc]
    return new


async def _once(tx: Connection, provider: str, told: News, at: datetime) -> bool:
    if not await _keep(tx, provider, told.event, told, at):
        return False
    if isinstance(told, Chargeback):
        await _charged_back(tx, provider, told, at)
    elif told.key is not None:
        await refund_results.learn(tx, told.key, told.outcome, provider, at)
    else:
        await _elsewhere(tx, provider, told, at)
    return True


async def _keep(tx: Connection, source: str, event: str, told: object, at: datetime) -> bool:
    """False when it is there already. Nothing personal is in what providers tell us; see `provider.News`."""
    written = await tx.execute(
        "INSERT INTO inbox (id, source, external_id, payload, received_at, done_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source, external_id) DO NOTHING",
        *(new_id(), source, _short(event), msgspec.json.encode(told).decode(), at, at),
    )
    return bool(written)


def _short(event: str) -> str:
    """The event's id, as long as the column allows."""
    return event if len(event) <= LONGEST_ID else sha256(event.encode()).hexdigest()


# ---- money that left without us --------------------------------------------------------------------


async def _elsewhere(tx: Connection, provider: str, told: Notification, at: datetime) -> None:
    """A refund that we have not ordered: what it paid cannot be refunded again, until it has come back."""
    if told.payment is None or told.amount is None:
        return
    source = f"{provider}:{ELSEWHERE}"
    if isinstance(told.outcome, Succeeded):
        back = Chargeback(f"{ELSEWHERE}:{told.outcome.reference}", told.payment, told.amount)
        if await _keep(tx, source, told.outcome.reference, told, at):
            await _charged_back(tx, provider, back, at)
    elif isinstance(told.outcome, Declined) and told.outcome.reference is not None:
        reference = told.outcome.reference
        known = await tx.execute(
            "DELETE FROM inbox WHERE source = ? AND external_id = ?", source, _short(reference)
        )
        if known:
            event = f"{ELSEWHERE}:{reference}:back"
            await _charged_back(tx, provider, Chargeback(event, told.payment, told.amount, is_returned=True), at)


class _Payment(Struct, frozen=True):
    id: UUID
    order: UUID
    captured: int
    charged_back: int


async def _charged_back(tx: Connection, provider: str, told: Chargeback, at: datetime) -> None:
    """Lowers what is left to refund of the payment and its order, or raises it where the money was returned.

    Refunds that are held already stay so: one that no provider was asked for yet is stopped before it is sent.
    """
    if told.amount is None:
        return
    left = told.amount.minor
    for payment in await _payments(tx, told.payment, told.amount.currency):
        room = payment.charged_back if told.is_returned else payment.captured - payment.charged_back
        part = min(left, room)
        left -= part
        if part:
            await _move(tx, payment, -part if told.is_returned else part)
            moved = -part if told.is_returned else part
            event = f"{payment.id}:{sha256(told.event.encode()).hexdigest()[:32]}"
            await payouts.charged_back(tx, event, moved, told.amount.currency, at, provider)
            log.warning("charged back", payment=str(payment.id), minor=moved, currency=told.amount.currency)


async def _payments(tx: Connection, external_id: str, currency: str) -> list[_Payment]:
    """The payments of that name, locked. A name is a provider's own, so there is one as a rule."""
    select = (
        "SELECT p.id, p.order_id, p.captured_minor, p.charged_back_minor FROM payments p JOIN orders o"
        " ON o.id = p.order_id WHERE p.external_id = ? AND o.currency = ? ORDER BY o.id, p.id"
    )
    for payment in await tx.structs(_Payment, select, external_id, currency):
        await lock_order(tx, "?", payment.order)
    return await tx.structs(_Payment, select, external_id, currency)


async def _move(tx: Connection, payment: _Payment, amount: int) -> None:
    for table, key in (("orders", payment.order), ("payments", payment.id)):
        await tx.execute(
            f"UPDATE {table} SET charged_back_minor = charged_back_minor + ? WHERE id = ?", amount, key
        )

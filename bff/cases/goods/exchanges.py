"""What is sent instead? Units of a variant, put aside when a case is approved, sent once, or put back."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.asking.terms import terms_of
from bff.cases.conditions import WITH_THE_WAREHOUSE
from bff.cases.money import books
from bff.cases.money.agreed_lines import agree
from bff.cases.money.agreement import Agreement
from bff.cases.money.settling import event
from bff.cases.refusal import Refusal
from bff.cases.standing import SYSTEM, Author, Standing
from bff.cases.timeline import record
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseStatus, ExchangeStatus, Resolution

SENDS_GOODS = frozenset({Resolution.EXCHANGE, Resolution.REPAIR})


class Key(Struct, frozen=True):
    """A row's id."""

    id: UUID


class _Wanted(Struct, frozen=True):
    sku: str | None
    quantity: int
    own_sku: str


class _Sent(Struct, frozen=True):
    variant: UUID | None
    quantity: int
    difference: int


class _Came(Struct, frozen=True):
    """So many units of a line that are here and good."""

    id: UUID
    order_line: UUID
    quantity: int
    count: int


class _Reserved(Struct, frozen=True):
    id: UUID
    variant: UUID | None
    quantity: int


WANTED = """
    SELECT c.exchange_sku, (SELECT sum(x.quantity) FROM case_lines x WHERE x.case_id = c.id),
        (SELECT min(l.sku) FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id WHERE x.case_id = c.id)
    FROM cases c WHERE c.id = ?
"""


async def reserve(tx: Connection, now: Standing, at: datetime, author: Author = SYSTEM) -> None:
    """Puts aside what an approved exchange or repair will send, once. Raises OUT_OF_STOCK, and nothing is then.

    A case that an agent moved back may have had goods put aside before: those that were put back are forgotten.
    """
    if now.resolution not in SENDS_GOODS:
        return
    await tx.execute("DELETE FROM exchanges WHERE case_id = ? AND status = 'CANCELLED'", now.id)
    if await tx.rows("SELECT 1 FROM exchanges WHERE case_id = ?", now.id):
        return
    (wanted,) = await tx.structs(_Wanted, WANTED, now.id)
    variant, sku = None, wanted.own_sku
    if now.resolution is Resolution.EXCHANGE:
        sku = wanted.sku or wanted.own_sku
        variant = await _take(tx, now, sku, wanted.quantity)
    terms = await terms_of(tx, now.id)
    await tx.execute(
        "INSERT INTO exchanges (id, case_id, variant_id, sku, quantity, status, difference_minor, reserved_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(new_id(), now.id, variant, sku, wanted.quantity, ExchangeStatus.RESERVED, terms.difference, at),
    )
    await record(tx, event(now.id, "exchange_reserved", at, author, {"sku": sku, "quantity": wanted.quantity}))


async def _take(tx: Connection, now: Standing, sku: str, quantity: int) -> UUID:
    taken = await tx.structs(
        Key,
        "UPDATE variants SET reserved = reserved + ? WHERE merchant_id = ? AND sku = ? AND currency = ?"
        " AND stock - reserved >= ? RETURNING id",
        *(quantity, now.merchant_id, sku, now.currency, quantity),
    )
    if not taken:
        raise Refusal(UserErrorCode.OUT_OF_STOCK, f"There are not {quantity} of {sku} left", "exchangeSku")
    return taken[0].id


async def reserve_or_pay(tx: Connection, now: Standing, at: datetime) -> None:
    """As `reserve`, for those who approve without being asked: what is not to be had is paid for instead."""
    try:
        async with tx.savepoint():
            await reserve(tx, now, at)
    except Refusal:
        await pay_instead(tx, now.id)
        await record(tx, event(now.id, "exchange_unavailable", at, SYSTEM))


async def cancel(tx: Connection, now: Standing, at: datetime) -> bool:
    """Puts back what was put aside and not sent; whether there was any."""
    found = await tx.structs(
        _Reserved,
        "UPDATE exchanges SET status = 'CANCELLED' WHERE case_id = ? AND status = 'RESERVED'"
        " RETURNING id, variant_id, quantity",
        now.id,
    )
    for one in found:
        if one.variant is not None:
            await tx.execute("UPDATE variants SET reserved = reserved - ? WHERE id = ?", one.quantity, one.variant)
        await record(tx, event(now.id, "exchange_cancelled", at, SYSTEM))
    return bool(found)


async def send_fewer(tx: Connection, now: Standing, quantity: int, at: datetime) -> None:
    """Of what was put aside only so many units are sent, if any: a repair of what has come."""
    if quantity:
        await tx.execute(
            "UPDATE exchanges SET quantity = ? WHERE case_id = ? AND status = 'RESERVED' AND variant_id IS NULL",
            *(quantity, now.id),
        )
    else:
        await cancel(tx, now, at)


async def sent(tx: Connection, now: Standing, carrier: str, tracking: str, at: datetime) -> None:
    """What was put aside leaves the shelf, and what it costs the customer more is owed from now on."""
    (one,) = await tx.structs(
        _Sent,
        "UPDATE exchanges SET status = 'SHIPPED', carrier = ?, tracking_number = ?, shipped_at = ?"
        " WHERE case_id = ? AND status = 'RESERVED' RETURNING variant_id, quantity, difference_minor",
        *(carrier, tracking, at, now.id),
    )
    if one.variant is not None:
        await tx.execute(
            "UPDATE variants SET stock = stock - ?, reserved = reserved - ? WHERE id = ?",
            *(one.quantity, one.quantity, one.variant),
        )
    if one.difference > 0:
        await books.exchanged(tx, now.id, one.difference, at)


async def delivered(tx: Connection, now: Standing, at: datetime) -> None:
    """What was sent has arrived: the `write` of a change on DELIVER_EXCHANGE."""
    await tx.execute(
        "UPDATE exchanges SET status = 'DELIVERED', delivered_at = ? WHERE case_id = ? AND status = 'SHIPPED'",
        *(at, now.id),
    )


async def lost(tx: Connection, now: Standing, at: datetime) -> None:
    """What was sent never arrives: what it cost more is not owed, and what came back is paid instead."""
    (one,) = await tx.structs(
        _Sent,
        "UPDATE exchanges SET status = 'CANCELLED' WHERE case_id = ? AND status = 'SHIPPED'"
        " RETURNING variant_id, quantity, difference_minor",
        now.id,
    )
    if one.difference > 0:
        await books.exchange_lost(tx, now.id, one.difference, at)
    await pay_instead(tx, now.id)
    if now.status not in WITH_THE_WAREHOUSE:
        return
    instead = {line.order_line: Agreement(line.instead) for line in (await terms_of(tx, now.id)).lines}
    came = "accepted" if now.status is CaseStatus.INSPECTED else "received"
    for line in await tx.structs(
        _Came, f"SELECT id, order_line_id, quantity, {came}_quantity FROM case_lines WHERE case_id = ?", now.id
    ):
        await agree(tx, line.id, instead[line.order_line].of_units(line.quantity, line.count))


async def pay_instead(tx: Connection, case: UUID) -> None:
    """The lines are to be paid in money, as they would have been without the goods that were to be sent."""
    terms = await terms_of(tx, case)
    for line in terms.lines:
        instead = Agreement(line.instead)
        await tx.execute(
            "UPDATE case_lines SET refundable_minor = ?, breakdown = ?, agreed = NULL"
            " WHERE case_id = ? AND order_line_id = ?",
            *(instead.total, instead.text, case, line.order_line),
        )

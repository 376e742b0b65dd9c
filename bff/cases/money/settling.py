"""Which money moves by itself? What a case owes is refunded, what was paid too much is claimed back."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from bff.calendars import due
from bff.cases.clocks import duration
from bff.cases.money import bonuses, books, holds, payouts, refunds
from bff.cases.money.agreement import Agreement, together
from bff.cases.money.holds import Share
from bff.cases.money.refunds import RefundAsked
from bff.cases.standing import SYSTEM, Author, Standing
from bff.cases.timeline import Event, record
from bff.markets import market
from bff.money import split
from bff.storage.database import Connection
from bff.vocabulary import DeadlineKind, RefundMethod, RefundStatus


class Due(Struct, frozen=True):
    """What one case line is still to be paid, minor units; of `agreed`, of which `earlier` was asked for."""

    case_line: UUID
    amount: int
    agreed: Agreement
    earlier: int


class Line(Struct, frozen=True):
    """As LINES reads it: what it is to get, and what its refunds stand for, whatever became of them."""

    id: UUID
    refundable: int
    asked: int
    breakdown: list[dict[str, object]] | None


LINES = """
    SELECT x.id, x.refundable_minor, CAST(coalesce((SELECT sum(p.goods_minor + p.shipping_minor)
        FROM refund_lines p WHERE p.case_line_id = x.id), 0) AS BIGINT), x.breakdown
    FROM case_lines x WHERE x.case_id = ? ORDER BY x.id
"""


async def due_lines(tx: Connection, case: UUID) -> list[Due]:
    """The lines that are owed something."""
    found = await tx.structs(Line, LINES, case)
    return [_due(line) for line in found if line.refundable > line.asked]


def _due(line: Line) -> Due:
    """What is agreed may be for all that the line is to get, or, after a ruling, for what it is still to get."""
    amount, agreed = line.refundable - line.asked, Agreement.read(line.breakdown)
    return Due(line.id, amount, agreed, max(0, min(agreed.total, line.refundable) - amount))


async def pay(
    tx: Connection,
    standing: Standing,
    at: datetime,
    *,
    most: int | None = None,
    method: RefundMethod | None = None,
    author: Author = SYSTEM,
) -> None:
    """Refunds what the case owes, or `most` of it. What was claimed back before is forgiven first.

    Raises AmountExceeded where what is owed is not there any more: see `limit_to_what_is_left`.
    """
    owed = standing.balance if most is None else min(most, standing.balance)
    forgiven = min(owed, standing.clawed_back)
    if forgiven > 0:
        await claim_back(tx, standing, -forgiven, at, author)
    await _refund(tx, standing, owed - forgiven, method or standing.refund_method, at, author)


async def _refund(
    tx: Connection, standing: Standing, total: int, method: RefundMethod, at: datetime, author: Author
) -> None:
    dues = _within(await due_lines(tx, standing.id), total)
    if not dues:
        return
    shares = []
    for one in dues:
        goods, shipping = (await holds.left_of(tx, one.case_line)).parts(one.amount)
        shares.append(Share(one.case_line, goods, shipping))
    agreement = together(one.agreed.after(one.earlier, one.amount) for one in dues)
    asked = RefundAsked(
        case_id=standing.id,
        shares=tuple(shares),
        method=method,
        at=at,
        expected_by=expected_by(standing.market, at),
        breakdown=agreement.stored(),
    )
    refund = await refunds.request(tx, asked)
    await books.granted(tx, standing.id, refund, agreement, at)
    await _go_with_it(tx, standing, at)
    data = {"amount": agreement.total, "currency": standing.currency, "method": method.value}
    await record(tx, event(standing.id, "refund_requested", at, author, data))
    await _settle_at_once(tx, standing, refund, method, at)


async def end_offers(tx: Connection, case: UUID, at: datetime) -> None:
    """What a merchant has offered is not to be had any more."""
    await tx.execute(
        "UPDATE offers SET status = 'EXPIRED', answered_at = ? WHERE case_id = ? AND status = 'OPEN'", at, case
    )


async def _go_with_it(tx: Connection, standing: Standing, at: datetime) -> None:
    """Whoever pays takes back what was offered instead; with the first refund comes what is paid beside it."""
    await end_offers(tx, standing.id, at)
    await bonuses.grant(tx, standing, at)


def _within(dues: list[Due], total: int) -> list[Due]:
    """The same, cut down to a total from the last line on."""
    kept = []
    for one in dues:
        amount = min(one.amount, total)
        total -= amount
        if amount > 0:
            kept.append(replace(one, amount=amount))
    return kept


async def _settle_at_once(
    tx: Connection, standing: Standing, refund: UUID, method: RefundMethod, at: datetime
) -> None:
    """What needs no provider is paid in the same transaction."""
    if method is RefundMethod.STORE_CREDIT:
        await payouts.paid_to_credit(tx, refund, at)
        await refunds.settle(tx, refund, at)
    (row,) = await tx.rows("SELECT amount_minor, status FROM refunds WHERE id = ?", refund)
    if row["status"] == RefundStatus.SUCCEEDED:
        data = {"amount": row["amount_minor"], "currency": standing.currency}
        await record(tx, event(standing.id, "refund_paid", at, SYSTEM, data))


async def limit_to_what_is_left(tx: Connection, standing: Standing) -> int:
    """Lowers what lines are to get to what may still be refunded for them; how much was taken off.

    Money that left another way, by a chargeback or another case, cannot be paid again.
    """
    dues = await due_lines(tx, standing.id)
    fitting = []
    for one in dues:
        left = await holds.left_of(tx, one.case_line)
        fitting.append(min(one.amount, left.goods + left.shipping))
    (row,) = await tx.rows(
        "SELECT captured_minor - charged_back_minor - refunded_minor - held_minor AS over FROM orders"
        " WHERE id = ?",
        standing.order_id,
    )
    if sum(fitting) > row["over"]:
        fitting = split(max(0, row["over"]), fitting)
    for one, amount in zip(dues, fitting, strict=True):
        if amount < one.amount:
            await tx.execute(
                "UPDATE case_lines SET refundable_minor = refundable_minor - ? WHERE id = ?",
                *(one.amount - amount, one.case_line),
            )
    return sum(one.amount for one in dues) - sum(fitting)


async def claim_back(tx: Connection, standing: Standing, amount: int, at: datetime, author: Author) -> None:
    """Books what the customer has too much; a negative amount gives such a claim up."""
    await tx.execute(
        "UPDATE cases SET clawed_back_minor = clawed_back_minor + ? WHERE id = ?", amount, standing.id
    )
    await books.clawed_back(tx, standing.id, amount, at)
    name = "claw_back_opened" if amount > 0 else "claw_back_reversed"
    await record(tx, event(standing.id, name, at, author, {"amount": abs(amount), "currency": standing.currency}))


def expected_by(market_code: str, at: datetime) -> datetime:
    """When the money should be there: as long as the market's clock for refunds runs."""
    place = market(market_code)
    return due(place, at, duration(place, DeadlineKind.REFUND))


def event(case: UUID, kind: str, at: datetime, author: Author, data: dict[str, object] | None = None) -> Event:
    """An entry of the timeline."""
    return Event(case_id=case, type=kind, at=at, actor=author.role, subject=author.subject, data=data or {})

"""May an agent move this case there? Yes, with a reason; units, reservations and money follow it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.asking.terms import CaseTerms, terms_of
from bff.cases.change import Change, carry_out, lock, must_be_current, must_be_theirs
from bff.cases.conditions import SENT, UNDER_WAY
from bff.cases.deciding.rights import floors_of
from bff.cases.goods import exchanges
from bff.cases.goods.rehold import hold_again
from bff.cases.money.agreement import Agreement
from bff.cases.refusal import Refusal
from bff.cases.standing import Author, Standing, standing
from bff.money import portion, split
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode
from bff.vocabulary import CASE_RELEASES_UNITS, CaseAction, CaseStatus, ExchangeStatus

PATH = "status"
# Where nothing has been agreed yet, or no longer is.
NOT_AGREED = CASE_RELEASES_UNITS | {CaseStatus.REQUESTED}


class Order(Struct, frozen=True):
    """Where the case is to be, and why."""

    to: CaseStatus
    reason: str


async def override(
    tx: Connection, case: UUID, order: Order, author: Author, at: datetime, version: int
) -> Standing:
    """The case after it was moved, and after all that follows from where it is then.

    Raises a Refusal: INVALID_STATE where it is there already, INELIGIBLE where a statutory right would be cut,
    QUANTITY_EXCEEDED and OUT_OF_STOCK where its units or goods went elsewhere meanwhile.
    """
    await lock(tx, case)
    before = await standing(tx, case, at)
    data = {"from": before.status.value, "to": order.to.value, "reason": order.reason}
    change = Change(on=CaseAction.OVERRIDE, by=author.role, event="case_overridden", data=data, to=order.to)
    must_be_theirs(change)
    must_be_current(before, version)
    if order.to is before.status:
        raise Refusal(UserErrorCode.INVALID_STATE, f"The case is {before.status} already", PATH)

    async def write(now: Standing) -> None:
        if order.to in CASE_RELEASES_UNITS:
            await _keep_rights(tx, now)
        else:
            await _make_ready(tx, now, order.to, author, at)

    return await carry_out(tx, case, change, author, at, version=version, write=write)


class _Kept(Struct, frozen=True):
    line: UUID
    worth: int
    refunded: int
    received: int


async def _keep_rights(tx: Connection, now: Standing) -> None:
    """Raises INELIGIBLE where a statute gives money back that is not refunded, or whose goods are here already.

    Whoever was refunded in advance and never sent the goods may be asked for the money again.
    """
    floors = await floors_of(tx, now.id)
    rows = await tx.structs(
        _Kept,
        "SELECT order_line_id, worth_minor, refunded_minor, received_quantity FROM case_lines WHERE case_id = ?",
        now.id,
    )
    for row in rows:
        least = portion(row.worth, floors.get(row.line, 0))
        if row.line in floors and (row.refunded < least or row.received):
            message = "A statutory right gives this money back: the case can be completed, not ended without it"
            raise Refusal(UserErrorCode.INELIGIBLE, message, PATH)


async def _make_ready(tx: Connection, now: Standing, to: CaseStatus, author: Author, at: datetime) -> None:
    """What a case needs to stand where it is moved to: its units, what its lines are to get, goods put aside."""
    await hold_again(tx, now.id, PATH)
    is_exchange = now.resolution in exchanges.SENDS_GOODS
    was_over = now.status in CASE_RELEASES_UNITS
    if to is CaseStatus.COMPLETED and is_exchange:
        if now.status in NOT_AGREED or now.state.exchange is ExchangeStatus.RESERVED:
            await _agree(tx, now, in_goods=now.state.exchange in SENT)
    elif to is CaseStatus.REQUESTED and is_exchange:
        await exchanges.cancel(tx, now, at)
        await _agree(tx, now, in_goods=True)
    elif was_over:
        await _agree(tx, now, in_goods=is_exchange)
    if to in UNDER_WAY and now.status in NOT_AGREED:
        await _put_aside(tx, now, at, author)


async def _put_aside(tx: Connection, now: Standing, at: datetime, author: Author) -> None:
    try:
        await exchanges.reserve(tx, now, at, author)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, PATH) from None


# ---- what the lines are to get ---------------------------------------------------------------------


class _Line(Struct, frozen=True):
    id: UUID
    line: UUID
    goods: int
    worth: int


async def _agree(tx: Connection, now: Standing, *, in_goods: bool) -> None:
    """What the terms say: money, or where goods are sent instead only what comes back of a cheaper one.

    A case that was opened elsewhere has no terms: its lines are to get what they were to get.
    """
    terms = await terms_of(tx, now.id)
    lines = await tx.structs(
        _Line,
        "SELECT id, order_line_id, worth_minor, worth_minor + shipping_minor FROM case_lines WHERE case_id = ?"
        " ORDER BY id",
        now.id,
    )
    if not terms.lines:
        return
    agreed = _of_goods(terms, lines) if in_goods else _of_money(terms, lines)
    for line, agreement in zip(lines, agreed, strict=True):
        fitting = agreement.paying(min(agreement.total, line.worth))
        await tx.execute(
            "UPDATE case_lines SET refundable_minor = ?, breakdown = ?, agreed = NULL WHERE id = ?",
            *(fitting.total, fitting.text, line.id),
        )


def _of_goods(terms: CaseTerms, lines: Sequence[_Line]) -> list[Agreement]:
    parts = split(max(0, -terms.difference), [line.goods for line in lines])
    return [Agreement.plain(part) for part in parts]


def _of_money(terms: CaseTerms, lines: Sequence[_Line]) -> list[Agreement]:
    by_line = {line.order_line: Agreement(line.instead) for line in terms.lines}
    return [by_line.get(line.line, Agreement(())) for line in lines]

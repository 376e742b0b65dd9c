"""When does a merchant pay? Before it is due, in parts, or more as goodwill; never past what there is left."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.change import Change, carry_out
from bff.cases.money import settling
from bff.cases.money.agreed_lines import LineOfCase, agree, left_of, lines_of
from bff.cases.money.agreement import Agreement, together
from bff.cases.money.holds import AmountExceeded
from bff.cases.refusal import Refusal
from bff.cases.standing import Author, Standing, standing
from bff.money import Money, split
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, RefundMethod

AMOUNT = ("amount", "amount")


class Payment(Struct, frozen=True):
    """So much, or all that is owed; another way than the customer asked for; and what the payer saw refunded."""

    amount: int | None = None
    method: RefundMethod | None = None
    expected: int | None = None


async def issue(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, payment: Payment
) -> Standing:
    """The merchant pays now. Raises a Refusal: VERSION_CONFLICT where what was refunded has moved, AMOUNT_EXCEEDED
    for more than may still be refunded.
    """
    change = Change(on=CaseAction.ISSUE_REFUND, by=author.role)

    async def pay(before: Standing) -> None:
        lines = await lines_of(tx, case)
        if payment.expected is not None:
            await _must_be_as_seen(tx, before, payment.expected)
        now = before
        if payment.amount is not None and payment.amount > before.balance:
            await _add(tx, before, lines, payment.amount - before.balance)
            now = await standing(tx, case, at)
        try:
            await settling.pay(tx, now, at, most=payment.amount, method=payment.method, author=author)
        except AmountExceeded as exceeded:
            raise _exceeded(exceeded.left, before) from None

    return await carry_out(tx, case, change, author, at, version=version, write=pay)


async def _must_be_as_seen(tx: Connection, before: Standing, expected: int) -> None:
    """What the case shows as refunded: what its refunds have paid, not what they are about to pay."""
    (row,) = await tx.rows(
        "SELECT CAST(sum(refunded_minor + shipping_refunded_minor) AS BIGINT) AS shown FROM case_lines"
        " WHERE case_id = ?",
        before.id,
    )
    if row["shown"] != expected:
        seen, shown = (Money(minor, before.currency).amount for minor in (expected, row["shown"]))
        message = f"`expectedRefunded` is {seen}, refunded by now is {shown}: look again before you pay"
        raise Refusal(UserErrorCode.VERSION_CONFLICT, message, "expectedRefunded")


async def _add(tx: Connection, before: Standing, lines: list[LineOfCase], more: int) -> None:
    """Goodwill: the lines are to get more than was agreed, by what each may still get."""
    owed = [max(0, line.refundable - line.asked) for line in lines]
    left = [max(0, each - due) for each, due in zip(await left_of(tx, before.order_id, lines), owed, strict=True)]
    if more > sum(left):
        raise _exceeded(before.balance + sum(left), before)
    for line, part in zip(lines, split(more, left), strict=True):
        if part:
            await agree(tx, line.id, together((line.current, Agreement.plain(part))))


def _exceeded(most: int, case: Standing) -> Refusal:
    text = Money(max(0, most), case.currency)
    message = f"`amount` is more than may still be refunded for this case: {text.amount} {text.currency}"
    return Refusal(UserErrorCode.AMOUNT_EXCEEDED, message, *AMOUNT)

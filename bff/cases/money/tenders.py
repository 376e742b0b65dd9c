"""To which tenders does money go back? To each in its share of what it has left to give."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bff.cases.money.holds import AmountExceeded
from bff.money import split
from bff.storage.database import Connection
from bff.vocabulary import PaymentMethod, RefundStatus

# No provider can put this back where it came from: it becomes the customer's store credit, at once.
CREDITED = frozenset({PaymentMethod.CASH_ON_DELIVERY, PaymentMethod.GIFT_CARD, PaymentMethod.STORE_CREDIT})
OPEN = frozenset({RefundStatus.PENDING, RefundStatus.PROCESSING})
LEFT = "captured_minor - refunded_minor - held_minor - charged_back_minor"
NOTHING, HELD, GONE = (0, 0), (1, 0), (0, 1)  # what a tender keeps held and refunded on its payment, in its amount


class Tender(Struct, frozen=True):
    """So much to one payment, in minor units; `is_credit` when it goes to the customer's store credit instead."""

    payment: UUID
    amount: int
    is_credit: bool = False


class _Left(Struct, frozen=True):
    id: UUID
    method: PaymentMethod
    left: int


async def hold_tenders(tx: Connection, order: UUID, amount: int) -> tuple[Tender, ...]:
    """Promises an amount over the order's payments by what each has left (largest remainder), by id.

    Call it after `holds.hold`, whose UPDATE of the order's row keeps every other refund of the order waiting.
    Raises AmountExceeded, and nothing is held.
    """
    found = await tx.structs(
        _Left,
        f"SELECT id, method, {LEFT} FROM payments WHERE order_id = ? ORDER BY id",
        order,
    )
    each = [max(0, payment.left) for payment in found]
    left = sum(each)
    if amount > left:
        raise AmountExceeded(amount, left)
    parts = zip(found, split(amount, each), strict=True)
    tenders = tuple(Tender(one.id, part, one.method in CREDITED) for one, part in parts if part)
    async with tx.savepoint():
        for tender in tenders:
            await move(tx, tender, NOTHING, HELD)
    return tenders


def kept(tender: RefundStatus, refund: RefundStatus) -> tuple[int, int]:
    """What a tender keeps on its payment. A failed one stays held while its refund can still be paid whole."""
    if tender is RefundStatus.SUCCEEDED:
        return GONE
    return HELD if refund in OPEN else NOTHING


async def move(tx: Connection, tender: Tender, before: tuple[int, int], after: tuple[int, int]) -> None:
    """From what it kept on its payment to what it keeps now. Raises AmountExceeded where that has less left."""
    if before == after:
        return
    held, refunded = ((now - then) * tender.amount for now, then in zip(after, before, strict=True))
    is_new = before == NOTHING
    moved = await tx.execute(
        "UPDATE payments SET held_minor = held_minor + ?, refunded_minor = refunded_minor + ? WHERE id = ?"
        " AND held_minor + ? >= 0 AND refunded_minor + held_minor + ? <= captured_minor - ? * charged_back_minor",
        *(held, refunded, tender.payment, held, held + refunded, int(is_new)),
    )
    if moved:
        return
    if not is_new:
        raise LookupError(f"{tender.amount} is not held on payment {tender.payment}")
    (row,) = await tx.rows(
        f"SELECT {LEFT} AS over FROM payments WHERE id = ?",
        tender.payment,
    )
    raise AmountExceeded(tender.amount, max(0, row["over"]))


async def move_all(tx: Connection, moves: Sequence[tuple[Tender, tuple[int, int], tuple[int, int]]]) -> None:
    """Several, in the order in which locks are taken."""
    for tender, before, after in sorted(moves, key=lambda each: each[0].payment):
        await move(tx, tender, before, after)

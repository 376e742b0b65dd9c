"""To which tenders does money go back? To each in its share of what it has left to give."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bff.cases.holds import AmountExceeded
from bff.money import split
from bff.storage.database import Connection
from bff.vocabulary import PaymentMethod

# Cash went into a carrier's hand, and no provider can put it back there: it becomes store credit.
RETURNABLE = frozenset(PaymentMethod) - {PaymentMethod.CASH_ON_DELIVERY}


class Tender(Struct, frozen=True):
    """So much to one payment, in minor units."""

    payment: UUID
    amount: int


class _Left(Struct, frozen=True):
    id: UUID
    left: int


async def hold_tenders(tx: Connection, order: UUID, amount: int) -> tuple[Tender, ...]:
    """Promises an amount over the order's payments by what each has left (largest remainder), by id.

    Call it after `holds.hold`, whose UPDATE of the order's row keeps every other refund of the order waiting.
    Raises AmountExceeded, and nothing is held; cash on delivery has nothing left to give.
    """
    condition, methods = tx.among("method", sorted(RETURNABLE))
    found = await tx.structs(
        _Left,
        "SELECT id, captured_minor - refunded_minor - held_minor FROM payments"
        f" WHERE order_id = ? AND {condition} ORDER BY id",
        order,
        methods,
    )
    left = sum(payment.left for payment in found)
    if amount > left:
        raise AmountExceeded(amount, left)
    parts = split(amount, [payment.left for payment in found])
    tenders = tuple(Tender(payment.id, part) for payment, part in zip(found, parts, strict=True) if part)
    async with tx.savepoint():
        for tender in tenders:
            if not await _move(tx, tender, tender.amount, 0):
                raise AmountExceeded(amount, left)
    return tenders


async def settle_tenders(tx: Connection, tenders: Sequence[Tender]) -> None:
    """What was promised has gone back. Once for each hold."""
    for tender in sorted(tenders, key=lambda each: each.payment):
        _must(await _move(tx, tender, -tender.amount, tender.amount), tender)


async def release_tenders(tx: Connection, tenders: Sequence[Tender]) -> None:
    """What was promised does not go back. Once for each hold."""
    for tender in sorted(tenders, key=lambda each: each.payment):
        _must(await _move(tx, tender, -tender.amount, 0), tender)


async def _move(tx: Connection, tender: Tender, held: int, refunded: int) -> bool:
    moved = await tx.execute(
        "UPDATE payments SET held_minor = held_minor + ?, refunded_minor = refunded_minor + ? WHERE id = ?"
        " AND held_minor + ? >= 0 AND refunded_minor + held_minor + ? <= captured_minor",
        *(held, refunded, tender.payment, held, held + refunded),
    )
    return moved == 1


def _must(moved: bool, tender: Tender) -> None:  # noqa: FBT001 - private, and what it is about
    if not moved:
        raise LookupError(f"{tender.amount} is not held on payment {tender.payment}")

"""How much may still go back? Money and units are held by condition, so that no two cases take the same.

A refund's money is held on its case lines, their order lines, and the order; what returns to the tenders it was
paid with is held on those too. Locks are taken in one order: order, order lines, case lines, payments, each by
id. Whatever is refused leaves nothing behind, so that the caller may go on in its transaction and answer.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bff.storage.database import Connection


class AmountExceeded(Exception):  # noqa: N818 - what happened
    """More was asked than is left of it, goods for goods and shipping for shipping; minor units."""

    def __init__(self, asked: int, left: int) -> None:
        super().__init__(f"{asked} asked, {left} left to refund")
        self.asked, self.left = asked, left


class Share(Struct, frozen=True):
    """What a refund pays for one case line: of its goods, tax included, and of its shipping; minor units."""

    case_line: UUID
    goods: int
    shipping: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.goods + self.shipping


class Left(Struct, frozen=True):
    """What may still be refunded for a line, of its goods and of its shipping."""

    goods: int
    shipping: int

    def parts(self, total: int) -> tuple[int, int]:
        """A total as goods and shipping, goods first. Raises AmountExceeded."""
        if total > self.goods + self.shipping:
            raise AmountExceeded(total, self.goods + self.shipping)
        goods = min(total, self.goods)
        return goods, total - goods


class _Place(Struct, frozen=True):
    case_line: UUID
    order_line: UUID
    order: UUID


# Each movement of money, as what is added to the held and to the refunded: both hold for every table.
HOLD, SETTLE, RELEASE = (1, 0), (-1, 1), (-1, 0)
RETAKE, RETURN = (1, -1), (0, -1)  # what was paid has come back to the shop
LINES = {"order_lines": "paid_minor", "case_lines": "worth_minor"}


async def lock_order(tx: Connection, which: str, key: UUID | str) -> None:
    """Lets no other transaction move money or units of an order; `which` selects its id, given the key.

    A write and not a read, since that is what locks on SQLite too. Money and units lock by it themselves; call
    it first where other rows of the case are written before them, so that two transactions never cross.
    """
    await tx.execute(f"UPDATE orders SET held_minor = held_minor WHERE id = ({which})", key)


async def hold(tx: Connection, shares: Sequence[Share]) -> None:
    """Promises this money, of the lines of one order, to a refund. Raises AmountExceeded, and nothing is held.

    A share's goods are bounded by what was paid for its units and for the whole line, its shipping by their
    shares of the order's fee, and all of them together by what was captured for the order and not charged back.
    """
    async with tx.savepoint():
        await _move(tx, shares, HOLD)


async def settle(tx: Connection, shares: Sequence[Share]) -> None:
    """The money that `hold` promised has been paid. Call it once for each hold: see `refunds.settle`."""
    await _move(tx, shares, SETTLE)


async def release(tx: Connection, shares: Sequence[Share]) -> None:
    """The money that `hold` promised will not be paid, and may be promised again. Call it once for each hold."""
    await _move(tx, shares, RELEASE)


async def retake(tx: Connection, shares: Sequence[Share]) -> None:
    """The money that `settle` paid has come back, and is promised still. Call it once for each settling."""
    await _move(tx, shares, RETAKE)


async def take_back(tx: Connection, shares: Sequence[Share]) -> None:
    """The money that `settle` paid has come back, and may be promised again. Call it once for each settling."""
    await _move(tx, shares, RETURN)


async def left_of(tx: Connection, case_line: UUID) -> Left:
    """What may still be refunded for a case line, as its units and its order line allow."""
    (left,) = await tx.structs(
        Left,
        "SELECT CASE WHEN x.worth_minor - x.refunded_minor - x.held_minor"
        " < l.paid_minor - l.refunded_minor - l.held_minor THEN x.worth_minor - x.refunded_minor - x.held_minor"
        " ELSE l.paid_minor - l.refunded_minor - l.held_minor END,"
        " CASE WHEN x.shipping_minor - x.shipping_refunded_minor - x.shipping_held_minor"
        " < l.shipping_minor - l.shipping_refunded_minor - l.shipping_held_minor"
        " THEN x.shipping_minor - x.shipping_refunded_minor - x.shipping_held_minor"
        " ELSE l.shipping_minor - l.shipping_refunded_minor - l.shipping_held_minor END"
        " FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id WHERE x.id = ?",
        case_line,
    )
    return left


async def _move(tx: Connection, shares: Sequence[Share], way: tuple[int, int]) -> None:
    _must_be_shares(shares)
    places = await _places(tx, [share.case_line for share in shares])
    await _move_order(tx, places[shares[0].case_line].order, sum(share.total for share in shares), way)
    by_line = {table: _by_line(table, shares, places) for table in LINES}
    for table, amounts in by_line.items():
        for key in sorted(amounts):
            await _move_line(tx, table, key, amounts[key], way)


def _must_be_shares(shares: Sequence[Share]) -> None:
    if not shares or any(min(share.goods, share.shipping) < 0 or not share.total for share in shares):
        raise ValueError(f"{shares} are not amounts to refund")
    if len({share.case_line for share in shares}) != len(shares):
        raise ValueError("a case line has one share of a refund")


async def _places(tx: Connection, case_lines: Sequence[UUID]) -> dict[UUID, _Place]:
    """Where the case lines belong. Raises LookupError for one that is not there, or of another order."""
    condition, ids = tx.among("x.id", case_lines)
    found = await tx.structs(
        _Place,
        "SELECT x.id, x.order_line_id, l.order_id FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id"
        f" WHERE {condition}",
        ids,
    )
    if len(found) != len(case_lines) or len({place.order for place in found}) != 1:
        raise LookupError("a refund pays for case lines of one order")
    return {place.case_line: place for place in found}


def _by_line(table: str, shares: Sequence[Share], places: dict[UUID, _Place]) -> dict[UUID, tuple[int, int]]:
    """Goods and shipping by the row that they are held on: two cases of one order line meet there."""
    amounts: dict[UUID, tuple[int, int]] = {}
    for share in shares:
        place = places[share.case_line]
        key = place.order_line if table == "order_lines" else place.case_line
        goods, shipping = amounts.get(key, (0, 0))
        amounts[key] = (goods + share.goods, shipping + share.shipping)
    return amounts


async def _move_order(tx: Connection, order: UUID, total: int, way: tuple[int, int]) -> None:
    held, refunded = (factor * total for factor in way)
    moved = await tx.execute(
        "UPDATE orders SET held_minor = held_minor + ?, refunded_minor = refunded_minor + ? WHERE id = ?"
        " AND held_minor + ? >= 0 AND refunded_minor + held_minor + ? <= captured_minor - ? * charged_back_minor",
        *(held, refunded, order, held, held + refunded, int(way == HOLD)),
    )
    if not moved:
        _must_be_a_hold(way, total, "orders")
        gone = "refunded_minor + held_minor + charged_back_minor"
        (row,) = await tx.rows(f"SELECT captured_minor - ({gone}) AS over FROM orders WHERE id = ?", order)
        raise AmountExceeded(total, max(0, row["over"]))


async def _move_line(
    tx: Connection, table: str, key: UUID, amounts: tuple[int, int], way: tuple[int, int]
) -> None:
    (goods, shipping), (hold_by, pay_by) = amounts, way
    whole = LINES[table]
    moved = await tx.execute(
        f"UPDATE {table} SET held_minor = held_minor + ?, refunded_minor = refunded_minor + ?,"
        " shipping_held_minor = shipping_held_minor + ?, shipping_refunded_minor = shipping_refunded_minor + ?"
        " WHERE id = ? AND held_minor + ? >= 0 AND shipping_held_minor + ? >= 0"
        f" AND refunded_minor + held_minor + ? <= {whole}"
        " AND shipping_refunded_minor + shipping_held_minor + ? <= shipping_minor",
        *(hold_by * goods, pay_by * goods, hold_by * shipping, pay_by * shipping, key),
        *(hold_by * goods, hold_by * shipping, (hold_by + pay_by) * goods, (hold_by + pay_by) * shipping),
    )
    if not moved:
        _must_be_a_hold(way, goods + shipping, table)
        (row,) = await tx.rows(
            f"SELECT {whole} - refunded_minor - held_minor AS goods, shipping_minor - shipping_refunded_minor"
            f" - shipping_held_minor AS shipping FROM {table} WHERE id = ?",
            key,
        )
        raise AmountExceeded(goods + shipping, min(goods, row["goods"]) + min(shipping, row["shipping"]))


def _must_be_a_hold(way: tuple[int, int], amount: int, table: str) -> None:
    """To settle or release what is not held is a mistake of ours."""
    if way != HOLD:
        raise LookupError(f"{amount} is not held on that row of {table}")

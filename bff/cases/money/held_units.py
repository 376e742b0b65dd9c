"""Which units does a case hold? The lowest free ones of a line, taken and given back by condition."""

from uuid import UUID

import msgspec
from msgspec import Struct

from bff import units
from bff.cases.money.holds import lock_order
from bff.storage.database import Connection
from bff.units import Runs

ORDER_OF_LINE = "SELECT order_id FROM order_lines WHERE id = ?"
ORDER_OF_CASE_LINE = (
    "SELECT l.order_id FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id WHERE x.id = ?"
)


class QuantityExceeded(Exception):  # noqa: N818 - what happened
    """A line has fewer units left than were asked for."""

    def __init__(self, line_id: UUID, asked: int, left: int) -> None:
        super().__init__(f"{asked} asked, {left} left to return")
        self.line_id, self.asked, self.left = line_id, asked, left


class Held(Struct, frozen=True):
    """Units taken from a line: their positions, and their shares of its paid and shipping, in minor units."""

    line: UUID
    units: Runs
    worth: int
    shipping: int

    @property
    def text(self) -> str:
        """The positions as `case_lines.units` keeps them."""
        return _text(self.units)


class _Line(Struct, frozen=True):
    quantity: int
    held: Runs
    paid: int
    shipping: int


async def hold_units(tx: Connection, line: UUID, quantity: int) -> Held:
    """Takes the lowest free units of an order line; the caller writes them into its case line.

    The condition decides and locks the row, so that the positions are then this transaction's alone. Raises
    QuantityExceeded, and nothing is taken. With several lines, take them in order of their ids.
    """
    if quantity < 1:
        raise ValueError(f"{quantity} units cannot be held")
    await lock_order(tx, ORDER_OF_LINE, line)
    taken = await tx.execute(
        "UPDATE order_lines SET quantity_held = quantity_held + ? WHERE id = ? AND quantity_held + ? <= quantity",
        *(quantity, line, quantity),
    )
    found = await _line(tx, line)
    if not taken:
        raise QuantityExceeded(line, quantity, found.quantity - units.counted(found.held))
    mine = units.lowest_free(found.held, quantity)
    await _keep(tx, line, units.joined(found.held, mine))
    worth, shipping = (units.share(minor, found.quantity, mine) for minor in (found.paid, found.shipping))
    return Held(line, mine, worth, shipping)


class _CaseLine(Struct, frozen=True):
    line: UUID
    quantity: int
    units: Runs


async def release_units(tx: Connection, case_line: UUID) -> bool:
    """Gives a case line's units back to its order line, once: False when it holds none any more."""
    await lock_order(tx, ORDER_OF_CASE_LINE, case_line)
    if not await tx.execute("UPDATE case_lines SET holding = (1 = 0) WHERE id = ? AND holding", case_line):
        return False
    (mine,) = await tx.structs(
        _CaseLine, "SELECT order_line_id, quantity, units FROM case_lines WHERE id = ?", case_line
    )
    await tx.execute(
        "UPDATE order_lines SET quantity_held = quantity_held - ? WHERE id = ?", mine.quantity, mine.line
    )
    found = await _line(tx, mine.line)
    await _keep(tx, mine.line, units.without(found.held, mine.units))
    return True


async def _line(tx: Connection, line: UUID) -> _Line:
    """Raises LookupError for a line that is not there."""
    rows = await tx.structs(
        _Line, "SELECT quantity, held_units, paid_minor, shipping_minor FROM order_lines WHERE id = ?", line
    )
    if not rows:
        raise LookupError(f"there is no order line {line}")
    return rows[0]


async def _keep(tx: Connection, line: UUID, held: Runs) -> None:
    await tx.execute("UPDATE order_lines SET held_units = ? WHERE id = ?", _text(held), line)


def _text(runs: Runs) -> str:
    return msgspec.json.encode(runs).decode()

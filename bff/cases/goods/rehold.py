"""Can a case that was over go on? Yes while its lines have as many units left as it had given back."""

from uuid import UUID

from msgspec import Struct

from bff.cases.change import lock
from bff.cases.money.held_units import QuantityExceeded, hold_units
from bff.cases.refusal import Refusal
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode


class _Released(Struct, frozen=True):
    id: UUID
    line: UUID
    quantity: int
    title: str


RELEASED = """
    SELECT x.id, x.order_line_id, x.quantity, l.title FROM case_lines x
    JOIN order_lines l ON l.id = x.order_line_id WHERE x.case_id = ? AND NOT x.holding ORDER BY x.order_line_id
"""
# Other units than before may be worth less by the smallest coin, and what was refunded for a line stands.
HELD = """
    UPDATE case_lines SET holding = (1 = 1), units = ?,
        worth_minor = CASE WHEN refunded_minor + held_minor > ? THEN refunded_minor + held_minor ELSE ? END,
        shipping_minor = CASE WHEN shipping_refunded_minor + shipping_held_minor > ?
            THEN shipping_refunded_minor + shipping_held_minor ELSE ? END
    WHERE id = ?
"""


async def hold_again(tx: Connection, case: UUID, *path: str) -> bool:
    """Holds the units that the case gave back, or others of the same lines; False where it holds all it needs.

    What its lines are to get stays as it is: 0, after an end. Raises a Refusal, QUANTITY_EXCEEDED, where another
    case took them meanwhile; units of other lines are then held already, and go with the caller's savepoint.
    """
    await lock(tx, case)
    released = await tx.structs(_Released, RELEASED, case)
    for one in released:
        try:
            held = await hold_units(tx, one.line, one.quantity)
        except QuantityExceeded as exceeded:
            message = f"{one.quantity} of {one.title} went back with this case; {exceeded.left} are left by now"
            raise Refusal(UserErrorCode.QUANTITY_EXCEEDED, message, *path) from None
        await tx.execute(HELD, held.text, held.worth, held.worth, held.shipping, held.shipping, one.id)
    return bool(released)

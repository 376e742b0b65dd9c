"""Which goods came back? What is missing is not paid for, what nobody asked for is noted.

An exchange is sent only for all that was to come back: where some is missing, what came is paid for instead. A
repair is sent for what came.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases import ends
from bff.cases.change import Change, carry_out
from bff.cases.goods import exchanges, parcels
from bff.cases.money.agreed_lines import LineOfCase, lines_of, reduce
from bff.cases.refusal import absent
from bff.cases.standing import Author, Standing
from bff.storage.database import Connection
from bff.vocabulary import CaseAction, Resolution


class Counted(Struct, frozen=True):
    """So many units that came of an order line; None: of a line that there is not."""

    order_line: UUID | None
    quantity: int


async def receive(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, counted: Sequence[Counted]
) -> Standing:
    """The goods are here, as counted; of a line that is left out nothing came. Raises a Refusal.

    Where nothing came at all there is nothing to look at, and nothing to pay.
    """
    data: dict[str, Any] = {}
    change = Change(on=CaseAction.RECORD_RECEIPT, by=author.role, event="receipt_recorded", data=data)

    async def take_in(before: Standing) -> None:
        lines = await lines_of(tx, case)
        came = _came(lines, counted)
        received = {line.id: min(came[line.id], line.quantity) for line in lines}
        data["received"] = sum(received.values())
        data["short"] = sum(line.quantity for line in lines) - data["received"]
        data["surplus"] = sum(came.values()) - data["received"]
        await tx.execute(
            "UPDATE reverse_shipments SET status = 'DELIVERED' WHERE case_id = ? AND status <> 'CANCELLED'", case
        )
        await ends.goods_left(tx, case, at)
        if data["received"]:
            await parcels.book_costs(tx, before, at)
        if data["short"]:
            lines = await _send_less(tx, before, lines, data["received"], at)
        for line in lines:
            await _note(tx, line, came[line.id])
            await reduce(tx, line, line.first(received[line.id]))

    return await carry_out(tx, case, change, author, at, version=version, write=take_in)


def _came(lines: Sequence[LineOfCase], counted: Sequence[Counted]) -> dict[UUID, int]:
    """How many units came of each line. Raises NOT_FOUND for a line that is not in the case."""
    by_order_line = {line.order_line: line.id for line in lines}
    came = dict.fromkeys(by_order_line.values(), 0)
    for index, one in enumerate(counted):
        if one.order_line is None or one.order_line not in by_order_line:
            raise absent("line in this case", "lines", str(index), "orderLineId")
        came[by_order_line[one.order_line]] = one.quantity
    return came


async def _note(tx: Connection, line: LineOfCase, came: int) -> None:
    received = min(came, line.quantity)
    await tx.execute(
        "UPDATE case_lines SET lost_quantity = 0, received_quantity = ?, short_quantity = ?, surplus_quantity = ?"
        " WHERE id = ?",
        *(received, line.quantity - received, came - received, line.id),
    )


async def _send_less(
    tx: Connection, before: Standing, lines: list[LineOfCase], received: int, at: datetime
) -> list[LineOfCase]:
    """What changes because some is missing; the lines, which may then be for money instead of goods."""
    if not received:
        await tx.execute("UPDATE cases SET requires_inspection = (1 = 0) WHERE id = ?", before.id)
    if before.resolution is Resolution.REPAIR:
        await exchanges.send_fewer(tx, before, received, at)
    elif await exchanges.cancel(tx, before, at):
        await exchanges.pay_instead(tx, before.id)
        return await lines_of(tx, before.id)
    return lines

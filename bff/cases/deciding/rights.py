"""Which rights does nobody cut? Statutory ones that nothing has to be proven for any more.

A withdrawal needs no ground. A claim that goods are faulty is a right too, but only where they are: until somebody
has looked at them the merchant may object, and the customer dispute that.
"""

from uuid import UUID

from msgspec import Struct

from bff.cases.asking.terms import terms_of
from bff.storage.database import Connection
from bff.vocabulary import BASIS_OF, Basis, ReturnReason


class _Line(Struct, frozen=True):
    line: UUID
    reason: ReturnReason
    confirmed: int


LINES = """
    SELECT x.order_line_id, x.reason, (SELECT count(*) FROM inspection_lines i
        WHERE i.case_line_id = x.id AND i.defect_confirmed) FROM case_lines x WHERE x.case_id = ?
"""


async def floors_of(tx: Connection, case: UUID) -> dict[UUID, int]:
    """Of which order lines how much of what was paid is the least that is refunded, in basis points."""
    floors = {line.order_line: line.floor_bps for line in (await terms_of(tx, case)).lines if line.floor_bps}
    if not floors:
        return {}
    proven = {
        row.line
        for row in await tx.structs(_Line, LINES, case)
        if BASIS_OF[row.reason] is Basis.NO_REASON or row.confirmed
    }
    return {line: floor for line, floor in floors.items() if line in proven}

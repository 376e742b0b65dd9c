"""What if the claimed defect is not there? Then it is decided as if the goods had come back without a reason.

At the instant of the request, on the very units: a late inspection costs nobody a right.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff import units
from bff.cases.asking.judging import Known, RequestedLine, Rules, gather_again
from bff.cases.asking.quote import LineTerms
from bff.cases.asking.terms import CaseTerms
from bff.cases.money.agreed_lines import LineOfCase
from bff.policy.decision import LineDecision
from bff.storage.case_facts import Asked, Own, case_facts, without
from bff.storage.database import Connection
from bff.vocabulary import BASIS_OF, Basis, Resolution, ReturnReason

REASON = ReturnReason.CHANGE_OF_MIND


class Judges(Struct, frozen=True):
    """Who decides again, and what is known of the order: gathered before the transaction."""

    rules: Rules
    known: Known


class Anew(Struct, frozen=True):
    """What was decided on some units of a line."""

    terms: LineTerms
    floor_bps: int

    @property
    def line(self) -> LineDecision:
        """The whole answer."""
        return self.terms.line


class _Asked(Struct, frozen=True):
    order: UUID
    at: datetime


def is_fault(line: LineOfCase) -> bool:
    """Whether something was said to be wrong with it."""
    return BASIS_OF[line.reason] is not Basis.NO_REASON


async def decide_again(
    tx: Connection,
    judges: Judges,
    case: UUID,
    lines: Sequence[LineOfCase],
    refuted: Mapping[UUID, tuple[int, int]],
) -> dict[UUID, Anew]:
    """By case line, for so many of its units after the first so many.

    What came back without a reason anyway is asked about along with them, for they share a parcel; its own terms
    stay as they are.
    """
    (asked,) = await tx.structs(_Asked, "SELECT order_id, requested_at FROM cases WHERE id = ?", case)
    material, known = await gather_again(judges.rules, asked.order, asked.at, judges.known)
    own = [
        Own(line_id=line.order_line, units=line.units, goods=line.goods, shipping=line.shipping) for line in lines
    ]
    parts = {line.id: refuted.get(line.id, (0, line.quantity)) for line in lines}
    all_asked = {
        line.id: Asked(line.order_line, parts[line.id][1], units.part(line.units, *parts[line.id]))
        for line in lines
    }
    mine = [all_asked[line.id] for line in lines if line.id in refuted or not is_fault(line)]
    together = list(all_asked.values())
    facts = case_facts(without(material, own), mine, REASON, asked.at, known, together)
    decided = judges.rules.kernel.decide(facts)
    found = {}
    for line in lines:
        if line.id in refuted:
            answer = decided.line(str(line.order_line))
            terms = LineTerms.of(decided, answer, Resolution.RETURN_AND_REFUND)
            requested = RequestedLine(line.order_line, parts[line.id][1], REASON)
            found[line.id] = Anew(terms, CaseTerms.of([requested], [terms]).lines[0].floor_bps)
    return found

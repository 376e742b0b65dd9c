"""In which state did the goods come back? What each state is worth, who is liable, what goes back on the shelf.

Goods that are to be sent are sent when every unit was accepted: where some were not, an exchange is paid for
instead, and a repair is made of what was accepted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from bff.cases.asking.terms import terms_of
from bff.cases.change import Change, carry_out
from bff.cases.conditions import SENT
from bff.cases.goods import exchanges, inspections
from bff.cases.goods.assessing import Assessed, Fate, Grounds, Look, assess
from bff.cases.goods.inspections import NOT_THERE, Found
from bff.cases.goods.refuting import Anew, Judges, decide_again, is_fault
from bff.cases.money.agreed_lines import LineOfCase, lines_of, reduce
from bff.cases.money.agreement import Agreement
from bff.cases.money.liability import settle_liability
from bff.cases.refusal import Refusal, absent, invalid
from bff.cases.standing import Author, Standing
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, Disposition, EligibilityStatus, ExchangeStatus, Resolution


class Report(Struct, frozen=True):
    """What the warehouse says; `judges` where it says that a claimed defect is not there."""

    found: Sequence[Found]
    note: str | None = None
    judges: Judges | None = None


class _Seen(Struct, frozen=True):
    """One finding, its place in the input, its case line, and what becomes of the units."""

    index: int
    found: Found
    line: LineOfCase
    fate: Fate


async def inspect(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, report: Report
) -> Standing:
    """All that came was looked at. Raises a Refusal: QUANTITY_EXCEEDED, AMOUNT_EXCEEDED among others."""
    data: dict[str, Any] = {}
    change = Change(on=CaseAction.RECORD_INSPECTION, by=author.role, event="goods_inspected", data=data)

    async def look(before: Standing) -> None:
        lines = await lines_of(tx, case)
        seen = _placed(lines, report.found)
        anew = await _decided_anew(tx, case, lines, seen, report.judges)
        seen = _fates(before, seen, anew)
        if await _cannot_be_sent(tx, before, seen, at):
            lines = await lines_of(tx, case)
        assessed = await _assess(tx, before, lines, seen, anew)
        for line in lines:
            await _judge(tx, line, assessed[line.id])
        await inspections.keep(tx, before, [(one.line.id, _kept(one)) for one in seen], report.note, author, at)
        claimed = [one.found for one in seen if is_fault(one.line) and one.found.grade not in NOT_THERE]
        verdicts = [found.defect_confirmed for found in claimed]
        await settle_liability(tx, case, verdicts, author, at)
        data["accepted"] = sum(one.accepted for one in assessed.values())
        data["rejected"] = sum(one.rejected for one in assessed.values())
        data["deduction"] = sum(one.deduction for one in assessed.values())
        data["currency"] = before.currency

    return await carry_out(tx, case, change, author, at, version=version, write=look)


# ---- what was seen ---------------------------------------------------------------------------------


def _placed(lines: Sequence[LineOfCase], found: Sequence[Found]) -> list[_Seen]:
    """Each finding with its line. Raises a Refusal where they are not exactly the units that came."""
    by_order_line = {line.order_line: line for line in lines}
    left = {line.id: line.received for line in lines}
    seen = []
    for index, one in enumerate(found):
        line = by_order_line.get(one.order_line) if one.order_line else None
        if line is None:
            raise absent("line in this case", "lines", str(index), "orderLineId")
        left[line.id] -= one.quantity
        if left[line.id] < 0:
            message = f"`quantity` adds up to more than the {line.received} of {line.sku} that were received"
            raise Refusal(UserErrorCode.QUANTITY_EXCEEDED, message, "lines", str(index), "quantity")
        seen.append(_Seen(index, one, line, _first_fate(one, line)))
    for line in lines:
        if left[line.id]:
            message = (
                f"`lines` says nothing of {left[line.id]} of {line.sku}, of which {line.received} were received"
            )
            raise invalid(message, "lines")
    return seen


def _first_fate(found: Found, line: LineOfCase) -> Fate:
    if found.is_rejected:
        return Fate.REJECTED
    return Fate.AGAIN if found.defect_confirmed is False and is_fault(line) else Fate.AGREED


async def _decided_anew(
    tx: Connection, case: UUID, lines: Sequence[LineOfCase], seen: Sequence[_Seen], judges: Judges | None
) -> Mapping[UUID, Anew]:
    """What is decided on units whose claimed defect is not there, by line: those after the ones as agreed."""
    counts = {line.id: dict.fromkeys(Fate, 0) for line in lines}
    for one in seen:
        counts[one.line.id][one.fate] += one.found.quantity
    refuted = {
        line: (count[Fate.AGREED], count[Fate.AGAIN]) for line, count in counts.items() if count[Fate.AGAIN]
    }
    if not refuted:
        return {}
    if judges is None:
        raise LookupError("nobody was asked to decide again")
    return await decide_again(tx, judges, case, lines, refuted)


def _fates(before: Standing, seen: Sequence[_Seen], anew: Mapping[UUID, Anew]) -> list[_Seen]:
    """All with the fate that it has in the end: what was sent was sent, and nothing whole is repaired."""
    reserved = before.state.exchange is ExchangeStatus.RESERVED
    repairs = before.resolution is Resolution.REPAIR
    sent = before.state.exchange in SENT or (
        reserved and not repairs and all(_may_be_exchanged(one, anew) for one in seen)
    )

    def fate(one: _Seen) -> Fate:
        if one.fate is not Fate.AGAIN:
            return one.fate
        if sent:
            return Fate.AGREED
        return Fate.AGAIN if _is_paid(anew[one.line.id]) and not (reserved and repairs) else Fate.REJECTED

    return [replace(one, fate=fate(one)) for one in seen]


def _may_be_exchanged(one: _Seen, anew: Mapping[UUID, Anew]) -> bool:
    if one.fate is not Fate.AGAIN:
        return one.fate is Fate.AGREED
    line = anew[one.line.id].line
    offered = any(offer.resolution is Resolution.EXCHANGE for offer in line.options)
    return offered and line.status is not EligibilityStatus.INELIGIBLE


def _is_paid(anew: Anew) -> bool:
    return anew.terms.status is not EligibilityStatus.INELIGIBLE and anew.terms.refund is not None


async def _cannot_be_sent(tx: Connection, before: Standing, seen: Sequence[_Seen], at: datetime) -> bool:
    """Ends an exchange of which not every unit was accepted; whether its lines are for money from then on."""
    if before.state.exchange is not ExchangeStatus.RESERVED or all(one.fate is Fate.AGREED for one in seen):
        return False
    if before.resolution is Resolution.REPAIR:
        accepted = sum(one.found.quantity for one in seen if one.fate is Fate.AGREED)
        await exchanges.send_fewer(tx, before, accepted, at)
        return False
    await exchanges.cancel(tx, before, at)
    await exchanges.pay_instead(tx, before.id)
    return True


# ---- what it comes to ------------------------------------------------------------------------------


async def _assess(
    tx: Connection,
    before: Standing,
    lines: Sequence[LineOfCase],
    seen: Sequence[_Seen],
    anew: Mapping[UUID, Anew],
) -> dict[UUID, Assessed]:
    floors = {line.order_line: line.floor_bps for line in (await terms_of(tx, before.id)).lines}
    return {
        line.id: assess(
            line,
            [_look(one) for one in seen if one.line.id == line.id],
            floors.get(line.order_line, 0),
            _grounds(anew.get(line.id)),
            before.currency,
        )
        for line in lines
    }


def _look(one: _Seen) -> Look:
    confirmed = one.found.defect_confirmed is True and is_fault(one.line)
    return Look(one.index, one.found.quantity, one.fate, one.found.deduction, confirmed)


def _grounds(anew: Anew | None) -> Grounds | None:
    if anew is None or anew.terms.refund is None:
        return None
    return Grounds(Agreement.of(anew.terms.refund), anew.floor_bps)


async def _judge(tx: Connection, line: LineOfCase, assessed: Assessed) -> None:
    await reduce(tx, line, assessed.agreement)
    await tx.execute(
        "UPDATE case_lines SET accepted_quantity = ?, rejected_quantity = ? WHERE id = ?",
        *(assessed.accepted, assessed.rejected, line.id),
    )


def _kept(one: _Seen) -> Found:
    """As it is kept: what is refused goes back, and of a defect that nobody claimed there is nothing to say."""
    found = one.found
    if one.fate is Fate.REJECTED and not found.is_rejected:
        found = replace(found, disposition=Disposition.RETURN_TO_CUSTOMER)
    if found.defect_confirmed is False and not is_fault(one.line):
        found = replace(found, defect_confirmed=None)
    return found

"""What does a consumer's declaration of withdrawal bring about? A case a merchant, all of them or none.

Where a law gives the right nothing else is asked: the case is approved at once. Where only the shop would take the
goods back, the declaration is a request like any other; where nobody would, it is refused with the reasons.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.asking import quotas
from bff.cases.asking.guards import check_quantities
from bff.cases.asking.judging import Known, RequestedLine, Rules, gather_again, judge
from bff.cases.asking.opening import Wanted, open_case
from bff.cases.asking.quote import LineTerms
from bff.cases.asking.summary import explanations
from bff.cases.money.holds import lock_order
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.policy.decision import Verdict
from bff.storage.case_facts import OrderMaterial
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode
from bff.vocabulary import EligibilityStatus, Resolution, ReturnReason

# How a withdrawal is carried out, the usual way first: what never arrived need not come back.
WAYS = (Resolution.RETURN_AND_REFUND, Resolution.REFUND_ONLY)
NO_RIGHT = "No law gives a right to withdraw from this, and the shop does not take it back: see the explanations"


class Declaration(Struct, frozen=True, kw_only=True):
    """A withdrawal from some units of an order, or, without any named, from all that is left of it."""

    order: UUID
    lines: tuple[tuple[UUID, int], ...] = ()
    statement: str | None = None


class _Judged(Struct, frozen=True):
    """One line: how it is carried out, and whether somebody looks first."""

    line: RequestedLine
    merchant: UUID
    way: Resolution
    is_right: bool
    waits: bool


async def declare(
    tx: Connection, rules: Rules, declared: Declaration, known: Known, author: Author, at: datetime
) -> list[UUID]:
    """The cases, one a merchant; two where some of its lines wait for it and others do not.

    Raises a Refusal: QUANTITY_EXCEEDED, or INELIGIBLE at the first named line, or where no line may come back.
    """
    await lock_order(tx, "?", declared.order)
    await quotas.lock(tx, declared.order)
    material, fresh = await gather_again(rules, declared.order, at, known)
    lines = _lines(declared, material)
    check_quantities(material, lines)
    terms = judge(rules.kernel, material, fresh, lines, Resolution.RETURN_AND_REFUND, at)
    judged = [_judged(material, line, one) for line, one in zip(lines, terms, strict=True)]
    _check_rights(declared, judged, terms)
    groups: dict[tuple[UUID, Resolution, bool], list[_Judged]] = {}
    for one in judged:
        if one is not None:
            groups.setdefault((one.merchant, one.way, one.waits), []).append(one)
    return [await open_case(tx, rules, _wanted(declared, group), known, author, at) for group in groups.values()]


def _lines(declared: Declaration, material: OrderMaterial) -> list[RequestedLine]:
    left = {key: line.quantity_returnable for key, line in material.lines.items()}
    everything = tuple((key, count) for key, count in left.items() if count > 0)
    named = declared.lines or everything
    if not named:
        message = "Nothing is left to withdraw from: open cases hold it all, or it went back before"
        raise Refusal(UserErrorCode.QUANTITY_EXCEEDED, message, "lines")
    return [RequestedLine(key, quantity, ReturnReason.CHANGE_OF_MIND) for key, quantity in named]


def _judged(material: OrderMaterial, line: RequestedLine, terms: LineTerms) -> _Judged | None:
    """None for a line that nobody takes back."""
    offered = {option.resolution for option in terms.line.options}
    way = next((one for one in WAYS if one in offered), None)
    if way is None or terms.line.status is EligibilityStatus.INELIGIBLE:
        return None
    is_right = terms.line.verdict is Verdict.MANDATE
    asks = terms.line.status is EligibilityStatus.REVIEW or terms.line.routing.asks_merchant
    return _Judged(
        line,
        material.lines[line.line].merchant_id,
        way,
        is_right,
        waits=not is_right and (asks or bool(terms.line.evidence)),
    )


def _check_rights(declared: Declaration, judged: Sequence[_Judged | None], terms: Sequence[LineTerms]) -> None:
    """Raises INELIGIBLE at a named line that nobody takes back, and where nothing of the whole order is."""
    if declared.lines:
        for index, (one, said) in enumerate(zip(judged, terms, strict=True)):
            if one is None:
                raise _refusal([said], "lines", str(index))
    elif not any(judged):
        raise _refusal(terms, "lines")


def _refusal(terms: Sequence[LineTerms], *path: str) -> Refusal:
    return Refusal(
        UserErrorCode.INELIGIBLE,
        NO_RIGHT,
        *path,
        explanations=explanations(terms),
        time_zone=terms[0].decided.time_zone,
    )


def _wanted(declared: Declaration, group: Sequence[_Judged]) -> Wanted:
    return Wanted(
        order=declared.order,
        merchant=group[0].merchant,
        lines=tuple(one.line for one in group),
        resolution=group[0].way,
        withdraws=True,
        claims_right=any(one.is_right for one in group),
        statement=declared.statement,
    )

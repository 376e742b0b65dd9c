"""What was agreed when a case was opened, beyond what its lines are paid? Kept with the case, never changed."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.cases.asking import quote
from bff.cases.asking.judging import RequestedLine
from bff.cases.money.agreement import Agreement, Component
from bff.policy.contributions import Bonus, Mandate
from bff.policy.decision import Verdict
from bff.storage.database import Connection
from bff.vocabulary import LiableParty, RefundComponentKind, Resolution, ReturnMethod


class LineTerms(Struct, frozen=True, kw_only=True):
    """One line: `instead` is what is paid for it in money where goods were promised and cannot be sent, `shares`
    who bears how much of each kind of cost, `floor_bps` the statutory least of what was paid that is refunded.
    """

    order_line: UUID
    instead: tuple[Component, ...] = ()
    shares: tuple[tuple[str, LiableParty, int], ...] = ()
    floor_bps: int = 0


class BonusTerms(Struct, frozen=True):
    """What is paid beside the refund, of whose money."""

    amount: int
    funder: LiableParty
    code: str


class CaseTerms(Struct, frozen=True, kw_only=True):
    """The terms of the whole. `difference` is what an exchange costs the customer, negative what comes back."""

    lines: tuple[LineTerms, ...] = ()
    difference: int = 0
    methods: tuple[ReturnMethod, ...] = ()
    expected_days: int | None = None
    first_response_minutes: int | None = None
    bonuses: tuple[BonusTerms, ...] = ()

    @classmethod
    def of(cls, lines: Sequence[RequestedLine], terms: Sequence[quote.LineTerms]) -> "CaseTerms":
        """What the decisions say of these lines."""
        days = [one.offer.expected_days for one in terms if one.offer and one.offer.expected_days is not None]
        minutes = [one.line.routing.first_response_minutes for one in terms]
        return cls(
            lines=tuple(_line_terms(line.line, one) for line, one in zip(lines, terms, strict=True)),
            methods=methods_of(terms),
            expected_days=max(days, default=None),
            first_response_minutes=min([each for each in minutes if each is not None], default=None),
            bonuses=tuple(bonus for one in terms for bonus in _bonuses(one)),
        )


def _line_terms(line: UUID, terms: quote.LineTerms) -> LineTerms:
    """In money a line gets what it would have got had it been returned for a refund."""
    offers = {offer.resolution: offer for offer in terms.line.options}
    money = offers.get(Resolution.RETURN_AND_REFUND) or offers.get(Resolution.REFUND_ONLY)
    refund = terms.refund or (money.refund if money else None)
    return LineTerms(
        order_line=line,
        instead=Agreement.of(refund).components if refund else (),
        shares=refund.shares if refund else (),
        floor_bps=_floor(terms),
    )


def _floor(terms: quote.LineTerms) -> int:
    """Of what was paid, how much a statutory right that was in force gives back at least, in basis points."""
    if terms.line.verdict is not Verdict.MANDATE:
        return 0
    mandates = (said for _, said in terms.decided.contributions if isinstance(said, Mandate))
    mine = (said for said in mandates if said.line == terms.line.line and said.basis is terms.line.basis)
    return max((said.floor_bps for said in mine if said.window.closes_at > terms.decided.at), default=0)


def methods_of(terms: Sequence[quote.LineTerms]) -> tuple[ReturnMethod, ...]:
    """The ways back that every line may take."""
    offered = [one.offer.return_methods for one in terms if one.offer]
    return tuple(method for method in ReturnMethod if offered and all(method in each for each in offered))


def _bonuses(terms: quote.LineTerms) -> Iterator[BonusTerms]:
    """Who pays for each bonus: the plugin that has the largest of its group says so."""
    for one in terms.refund.components if terms.refund else ():
        if one.kind is RefundComponentKind.BONUS:
            said = next(
                said
                for plugin, said in terms.decided.contributions
                if isinstance(said, Bonus)
                and (plugin, said.line, said.group) == (one.plugin, terms.line.line, one.cost)
            )
            yield BonusTerms(one.amount, said.funder, f"{one.plugin}.{said.code}")


async def terms_of(tx: Connection, case: UUID) -> CaseTerms:
    """The terms of a case; those of one that was opened elsewhere say nothing."""
    (row,) = await tx.structs(_Kept, "SELECT terms FROM cases WHERE id = ?", case)
    return msgspec.convert(row.terms or {}, CaseTerms, strict=False)


class _Kept(Struct, frozen=True):
    terms: dict[str, object] | None

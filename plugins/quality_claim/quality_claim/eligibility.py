"""May each line be claimed for? By the ladder for faulty goods, by the parcel's way for lost and late ones."""

from collections.abc import Iterator, Sequence

from bff.markets import market
from bff.money import Money
from bff.policy.contributions import Grant, Hold, Mandate, NoGrant, say
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Resolution
from quality_claim.arrival import judge_arrival
from quality_claim.ladder import Rung, delivery, ladder, longest, running
from quality_claim.liability import ABOUT_THE_PARCEL, OWNED
from quality_claim.parameters import QualityParameters
from quality_claim.replacement import is_out_of_stock
from quality_claim.whole import paid_for_all

FULL = 10_000

Judged = Grant | NoGrant | Mandate | Hold


@hookimpl
def judge_eligibility(
    case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters
) -> Sequence[Judged]:
    """Every step of the ladder that is open, or why none is, and what a person has to look at."""
    if case.basis not in OWNED:
        return ()
    return [said for line in lines for said in _judge(case, line, facts, parameters[line.id])]


def _judge(case: CaseFacts, line: Line, facts: FactView, p: QualityParameters) -> Iterator[Judged]:
    yield from _holds(case, line, p)
    if case.reason in ABOUT_THE_PARCEL:
        yield from judge_arrival(case, line, p)
    elif delivery(case, line) is None:
        yield NoGrant(line=line.id, code="not_delivered", basis=case.basis, unmet="delivered", wanted=1)
    else:
        yield from _remedies(case, line, p, out_of_stock=is_out_of_stock(line, facts))


def _remedies(case: CaseFacts, line: Line, p: QualityParameters, *, out_of_stock: bool) -> Iterator[Judged]:
    rungs = running(case, line, p, out_of_stock=out_of_stock)
    for rung in rungs:
        yield _offer(case, line, p, rung)
    if rungs:
        yield from _keep_the_goods(case, line, p, rungs)
    else:
        yield from _closed(case, line, p)


def _offer(case: CaseFacts, line: Line, p: QualityParameters, rung: Rung) -> Grant | Mandate:
    said = say(until=rung.window.closes_at, days=rung.window.days)
    if not rung.statutory:
        return Grant(
            line=line.id,
            code=rung.code,
            rule=rung.rule,
            said=said,
            basis=case.basis,
            window=rung.window,
            resolutions=rung.resolutions,
        )
    return Mandate(
        line=line.id,
        code=rung.code,
        rule=rung.rule,
        said=said,
        basis=case.basis,
        window=rung.window,
        resolutions=rung.resolutions,
        floor_bps=FULL,
        law=p.guarantee_law,
    )


def _keep_the_goods(case: CaseFacts, line: Line, p: QualityParameters, rungs: Sequence[Rung]) -> Iterator[Grant]:
    """Money back without a parcel, where the parcel would cost more than the goods did."""
    freight = p.return_freight.minor(case.currency)
    if p.refund_only_below_freight and freight is not None and paid_for_all(case, line) < freight:
        yield Grant(
            line=line.id,
            code="cheaper_than_return",
            rule="refund_only_below_freight",
            said=say(amount=Money(freight, case.currency)),
            basis=case.basis,
            window=max((rung.window for rung in rungs), key=lambda window: window.closes_at),
            resolutions=(Resolution.REFUND_ONLY,),
        )


def _closed(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[NoGrant]:
    """The longest window of the law and of the platform, both closed, or that there never was one."""
    rungs = longest(ladder(case, line, p, out_of_stock=False))
    if not rungs:
        yield NoGrant(
            line=line.id, code="no_claim_window", rule="platform_days", basis=case.basis, unmet="platform_days"
        )
    calendar = market(case.market)
    for rung in rungs:
        age = (calendar.local_day(case.at) - calendar.local_day(rung.window.opens_at)).days
        yield NoGrant(
            line=line.id,
            code="guarantee_closed" if rung.statutory else "claim_window_closed",
            rule=rung.rule,
            said=say(until=rung.window.closes_at, days=rung.window.days, age=age),
            basis=case.basis,
            unmet="days_since_delivery",
            wanted=rung.window.days,
            actual=age,
            window=rung.window,
        )


def _holds(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Hold]:
    if case.reason in p.reviewed_reasons:
        yield Hold(line=line.id, code="reason_reviewed", rule="reviewed_reasons", basis=case.basis)
    limit = p.review_from.minor(case.currency)
    if limit is not None and paid_for_all(case, line) >= limit:
        said = say(amount=Money(limit, case.currency))
        yield Hold(line=line.id, code="amount_reviewed", rule="review_from", said=said, basis=case.basis)

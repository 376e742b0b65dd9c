"""Do members have longer, and their money at once? A grant more and an advance; never a refusal."""

from collections.abc import Iterator, Sequence

from bff.markets import market
from bff.money import Money
from bff.policy.contributions import Advance, Grant, NoGrant, Window, say
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, Resolution, WindowAnchor
from premium_tier.membership import INSTANT_REFUND, membership, used
from premium_tier.parameters import PremiumParameters

Judged = Grant | NoGrant | Advance


@hookimpl
def judge_eligibility(
    case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters
) -> Sequence[Judged]:
    """A member's longer window and instant refund on returns without a reason.

    Granted to whatever arrived: what must not come back is forbidden by others, and a forbid beats a grant.
    """
    if case.basis is not Basis.NO_REASON:
        return ()
    said: list[Judged] = []
    for line in lines:
        p: PremiumParameters = parameters[line.id]
        if membership(facts, case.customer, case.at, p) is not None:
            said += [*_window(case, line, p), *_advance(case, line, facts, p)]
    return said


def _window(case: CaseFacts, line: Line, p: PremiumParameters) -> Iterator[Grant | NoGrant]:
    if p.window_days <= 0 or line.delivered_at is None or line.delivered_at > case.at:
        return
    calendar = market(case.market)
    closes = calendar.window_end(line.delivered_at, p.window_days)
    window = Window(
        opens_at=line.delivered_at, closes_at=closes, days=p.window_days, anchor=WindowAnchor.DELIVERED
    )
    if case.at < closes:
        yield Grant(
            line=line.id,
            code="extended_window",
            rule="window_days",
            said=say(until=closes, days=p.window_days),
            basis=Basis.NO_REASON,
            window=window,
            resolutions=(Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE),
        )
        return
    yield NoGrant(
        line=line.id,
        code="extended_window_closed",
        rule="window_days",
        said=say(until=closes, days=p.window_days),
        basis=Basis.NO_REASON,
        unmet="days_since_delivery",
        wanted=p.window_days,
        actual=(calendar.local_day(case.at) - calendar.local_day(line.delivered_at)).days,
        window=window,
    )


def _advance(case: CaseFacts, line: Line, facts: FactView, p: PremiumParameters) -> Iterator[Advance]:
    """Money before the goods are back: while the month's quota lasts, up to an amount for the whole request."""
    limit = p.instant_refund_limit.minor(case.currency)
    asked = sum(each.paid + each.shipping for each in case.together)
    if limit is None or asked > limit:
        return
    left = p.instant_refunds_a_month - used(facts, case.customer, INSTANT_REFUND, case.at)
    if left > 0:
        yield Advance(
            line=line.id,
            code="instant_refund",
            rule="instant_refunds_a_month",
            said=say(left=left, limit=p.instant_refunds_a_month, amount=Money(limit, case.currency)),
            basis=Basis.NO_REASON,
            quota=INSTANT_REFUND,
        )

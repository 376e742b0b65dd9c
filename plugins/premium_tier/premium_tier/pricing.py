"""Do members pay the way back? Not while the month's free returns last."""

from collections.abc import Iterator, Sequence

from bff.policy.contributions import RETURN_FREIGHT, Waive, say
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.hookspecs import Prior, hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, LiableParty
from premium_tier.membership import FREE_RETURN, membership, used
from premium_tier.parameters import PremiumParameters


@hookimpl
def price_refund(
    case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
) -> Sequence[Waive]:
    """A waiver of the return freight that would be the customer's; a request uses the quota once.

    Where somebody else pays the way back anyway, nothing of the quota is spent on it.
    """
    if case.basis is not Basis.NO_REASON:
        return ()
    theirs = [
        line
        for line in lines
        if prior[line.id].bearers.get(RETURN_FREIGHT, LiableParty.CUSTOMER) is LiableParty.CUSTOMER
    ]
    return [waive for line in theirs for waive in _waive(case, line, facts, parameters[line.id])]


def _waive(case: CaseFacts, line: Line, facts: FactView, p: PremiumParameters) -> Iterator[Waive]:
    if membership(facts, case.customer, case.at, p) is None:
        return
    left = p.free_returns_a_month - used(facts, case.customer, FREE_RETURN, case.at)
    if left > 0:
        yield Waive(
            line=line.id,
            code="free_return",
            rule="free_returns_a_month",
            said=say(left=left, limit=p.free_returns_a_month),
            kind=RETURN_FREIGHT,
            bps=p.free_return_bps,
            funder=LiableParty.MERCHANT if p.merchant_funds_free_returns else LiableParty.PLATFORM,
            quota=FREE_RETURN,
        )

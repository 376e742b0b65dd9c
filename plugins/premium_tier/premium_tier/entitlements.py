"""Which benefits does a member have now, and how much of each is left?"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from bff.policy.contributions import Benefit, say
from bff.policy.facts import FactView
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from premium_tier.membership import FREE_RETURN, INSTANT_REFUND, membership, next_reset, used
from premium_tier.parameters import PremiumParameters


@hookimpl
def list_entitlements(
    customer: str, market: str, at: datetime, facts: FactView, parameters: Parameters
) -> Sequence[Benefit]:
    """One item for each benefit that the market's records give; nothing for other customers."""
    p: PremiumParameters = parameters.first
    member = membership(facts, customer, at, p)
    if member is None:
        return ()
    benefits = [*_quotas(customer, market, at, facts, p), *_standing(p)]
    return [replace(benefit, expires_at=member.until) for benefit in benefits]


def _quotas(customer: str, market: str, at: datetime, facts: FactView, p: PremiumParameters) -> Iterator[Benefit]:
    limits = ((INSTANT_REFUND, p.instant_refunds_a_month), (FREE_RETURN, p.free_returns_a_month))
    for quota, limit in limits:
        if limit > 0:
            yield Benefit(
                line="",
                code=quota.partition(".")[2],
                said=say(limit=limit),
                limit=limit,
                used=min(used(facts, customer, quota, at), limit),
                resets_at=next_reset(at, market),
            )


def _standing(p: PremiumParameters) -> Iterator[Benefit]:
    if p.window_days > 0:
        yield Benefit(line="", code="extended_window", rule="window_days", said=say(days=p.window_days))
    if p.supports:
        said = say(minutes=p.first_response_minutes)
        yield Benefit(line="", code="priority_support", rule="supports", said=said)

"""Is this customer a member at that instant, and what is left of the month's quotas?"""

from datetime import datetime

from bff.markets import market
from bff.policy.facts import CUSTOMER_MEMBERSHIPS, CUSTOMER_QUOTAS, FactView, Membership, QuotaUse
from premium_tier.parameters import PremiumParameters

# The quotas' names are the benefits' full codes: who carries a decision out counts by them.
INSTANT_REFUND = "premium_tier.instant_refund"
FREE_RETURN = "premium_tier.free_return"


def membership(facts: FactView, customer: str, at: datetime, p: PremiumParameters) -> Membership | None:
    """The membership in force at that instant; of several the one that runs longest."""
    running = [
        each
        for each in facts.get(CUSTOMER_MEMBERSHIPS.id, customer)
        if each.segment in p.tiers
        and (each.since is None or each.since <= at)
        and (each.until is None or at < each.until)
    ]
    return max(running, key=lambda each: (each.until is None, each.until or at), default=None)


def used(facts: FactView, customer: str, quota: str, at: datetime) -> int:
    """Uses in the period that runs now; a period that has ended counts no more."""
    use: QuotaUse | None = facts.get(CUSTOMER_QUOTAS.id, customer).get(quota)
    if use is None or (use.resets_at is not None and use.resets_at <= at):
        return 0
    return use.used


def next_reset(at: datetime, market_code: str) -> datetime:
    """The first instant of the next month, as the market's clocks show it, in UTC."""
    calendar = market(market_code)
    today = calendar.local_day(at)
    first = today.replace(year=today.year + today.month // 12, month=today.month % 12 + 1, day=1)
    return calendar.start_of_day(first)

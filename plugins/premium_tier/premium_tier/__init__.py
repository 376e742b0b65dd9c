"""What do premium customers have? An entitlement: nothing here can make an answer worse for anybody."""

from premium_tier.eligibility import judge_eligibility
from premium_tier.entitlements import list_entitlements
from premium_tier.manifest import manifest
from premium_tier.pricing import price_refund
from premium_tier.routing import route_case, route_ticket

__all__ = [
    "judge_eligibility",
    "list_entitlements",
    "manifest",
    "price_refund",
    "route_case",
    "route_ticket",
]

"""May it come back without a reason? Owns the basis `no_reason`; the module itself is the plugin."""

from no_reason_return.eligibility import judge_eligibility
from no_reason_return.exchange import offer_exchange
from no_reason_return.liability import assign_liability
from no_reason_return.manifest import manifest
from no_reason_return.pricing import price_refund
from no_reason_return.routing import route_case

__all__ = [
    "assign_liability",
    "judge_eligibility",
    "manifest",
    "offer_exchange",
    "price_refund",
    "route_case",
]

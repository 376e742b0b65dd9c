"""Something is wrong with the goods or their way: what then? Owns the bases `quality` and `logistics`."""

from quality_claim.eligibility import judge_eligibility
from quality_claim.evidence import require_evidence
from quality_claim.liability import assign_liability
from quality_claim.manifest import manifest
from quality_claim.pricing import price_refund
from quality_claim.replacement import offer_exchange
from quality_claim.routing import route_case

__all__ = [
    "assign_liability",
    "judge_eligibility",
    "manifest",
    "offer_exchange",
    "price_refund",
    "require_evidence",
    "route_case",
]

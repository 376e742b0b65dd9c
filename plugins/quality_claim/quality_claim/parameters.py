"""What may a manager set? Every figure of the rules, with what holds where no record says otherwise."""

from msgspec import Struct

from bff.policy.manifest import Amounts, Dating
from bff.vocabulary import EvidenceKind, Resolution, ReturnMethod, ReturnReason

# The same kind named twice asks for two of it.
Evidence = tuple[EvidenceKind, ...]


class QualityParameters(Struct, frozen=True):
    """The rules of one line. Days are calendar days of the market, counted from delivery unless said otherwise."""

    # The ladder that a law gives, 0 days where a step does not exist. No merchant record may set these.
    refund_days: int = 0
    exchange_days: int = 0
    guarantee_days: int = 0
    guarantee_resolutions: tuple[Resolution, ...] = (Resolution.REPAIR, Resolution.EXCHANGE)
    guarantee_law: str = ""
    failed_repairs_for_exchange: int = 0
    failed_repairs_for_refund: int = 0
    refund_at_once: tuple[ReturnReason, ...] = (ReturnReason.COUNTERFEIT, ReturnReason.PRODUCT_EXPIRED)
    seller_proves_days: int = 0

    # What platform or merchant offers beside it.
    platform_days: int = 0
    platform_resolutions: tuple[Resolution, ...] = (Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE)
    repairable: bool = True
    repairable_reasons: tuple[ReturnReason, ...] = (ReturnReason.QUALITY_DEFECT, ReturnReason.MISSING_PARTS)
    refund_only_below_freight: bool = False

    # Parcels: days from shipping, from the order while nothing was shipped, from the order, from delivery twice.
    overdue_days: int = 15
    unshipped_days: int = 30
    delivery_days: int = 30
    late_claim_days: int = 7
    delivery_dispute_days: int = 7

    # Evidence by reason.
    evidence_quality_defect: Evidence = (EvidenceKind.PHOTO, EvidenceKind.TEXT)
    evidence_not_as_described: Evidence = (EvidenceKind.PHOTO, EvidenceKind.TEXT)
    evidence_wrong_item: Evidence = (EvidenceKind.PHOTO,)
    evidence_missing_parts: Evidence = (EvidenceKind.PHOTO, EvidenceKind.TEXT)
    evidence_counterfeit: Evidence = (EvidenceKind.PHOTO, EvidenceKind.PHOTO, EvidenceKind.TEXT)
    evidence_product_expired: Evidence = (EvidenceKind.PHOTO,)
    evidence_damaged_in_transit: Evidence = (EvidenceKind.PHOTO, EvidenceKind.PHOTO)
    evidence_not_received: Evidence = ()
    evidence_late_delivery: Evidence = ()
    evidence_when_customer_proves: Evidence = ()

    # Money and handling.
    return_freight: Amounts = Amounts({})
    inspect_from: Amounts = Amounts({})
    review_from: Amounts = Amounts({})
    reviewed_reasons: tuple[ReturnReason, ...] = (ReturnReason.COUNTERFEIT,)
    return_methods: tuple[ReturnMethod, ...] = (ReturnMethod.PICKUP, ReturnMethod.DROP_OFF)
    expected_days: int = 14
    first_response_minutes: int = 1440
    quality_queue: str = "quality"
    logistics_queue: str = "logistics"
    channel: str = "self_service"


HANDLING = (
    "return_freight",
    "inspect_from",
    "review_from",
    "return_methods",
    "expected_days",
    "first_response_minutes",
    "quality_queue",
    "logistics_queue",
    "channel",
)
# A customer's rights are those of the day of purchase; how a claim is handled is as it is on the day of asking.
DATED_BY = dict.fromkeys(HANDLING, Dating.REQUEST)

"""What may a manager set? Every figure of the rules, with what holds where no record says otherwise."""

from typing import Annotated

from msgspec import Meta, Struct

from bff.policy.manifest import Amounts, Count, Dating, Minutes, WholeDays
from bff.vocabulary import EvidenceKind, Resolution, ReturnMethod, ReturnReason

# The same kind named twice asks for two of it.
Evidence = tuple[EvidenceKind, ...]


class QualityParameters(Struct, frozen=True):
    """The rules of one line. Days are calendar days of the market, counted from delivery unless said otherwise."""

    # The ladder that a law gives, 0 days where a step does not exist: RESERVED, no merchant's record sets these.
    refund_days: WholeDays = 0
    exchange_days: WholeDays = 0
    guarantee_days: WholeDays = 0
    guarantee_resolutions: tuple[Resolution, ...] = (Resolution.REPAIR, Resolution.EXCHANGE)
    guarantee_law: str = ""
    failed_repairs_for_exchange: Count = 0
    failed_repairs_for_refund: Count = 0
    refund_at_once: tuple[ReturnReason, ...] = (ReturnReason.COUNTERFEIT, ReturnReason.PRODUCT_EXPIRED)
    seller_proves_days: WholeDays = 0
    rejecting_customer_proves: bool = False
    repairable_reasons: tuple[ReturnReason, ...] = (ReturnReason.QUALITY_DEFECT, ReturnReason.MISSING_PARTS)

    # What platform or merchant offers beside it.
    platform_days: WholeDays = 0
    platform_resolutions: tuple[Resolution, ...] = (Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE)
    repairable: bool = True
    refund_only_below_freight: bool = False

    # Parcels: days from shipping, from the order while nothing was shipped, from the order, from delivery twice.
    overdue_days: WholeDays = 15
    unshipped_days: WholeDays = 30
    delivery_days: WholeDays = 30
    late_claim_days: WholeDays = 7
    delivery_dispute_days: WholeDays = 7

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
    approved_reasons: tuple[ReturnReason, ...] = (ReturnReason.NOT_RECEIVED, ReturnReason.LATE_DELIVERY)
    return_methods: Annotated[tuple[ReturnMethod, ...], Meta(min_length=1)] = (
        ReturnMethod.PICKUP,
        ReturnMethod.DROP_OFF,
    )
    expected_days: WholeDays = 14
    first_response_minutes: Minutes = 1440
    quality_queue: str = "quality"
    logistics_queue: str = "logistics"
    channel: str = "self_service"


HANDLING = (
    "return_freight",
    "inspect_from",
    "review_from",
    "approved_reasons",
    "return_methods",
    "expected_days",
    "first_response_minutes",
    "quality_queue",
    "logistics_queue",
    "channel",
)
# A customer's rights are those of the day of purchase; how a claim is handled is as it is on the day of asking.
DATED_BY = dict.fromkeys(HANDLING, Dating.REQUEST)
# What carries out a law: the same for every merchant.
RESERVED = frozenset(
    {
        "refund_days",
        "exchange_days",
        "guarantee_days",
        "guarantee_resolutions",
        "guarantee_law",
        "failed_repairs_for_exchange",
        "failed_repairs_for_refund",
        "refund_at_once",
        "seller_proves_days",
        "rejecting_customer_proves",
        "repairable_reasons",
    }
)

"""What may a manager set? Every figure of the rules, with what holds where no record says otherwise."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from bff.policy.manifest import Amounts, BasisPoints, Dating, Minutes, WholeDays
from bff.vocabulary import LiableParty, ReturnMethod


class Exclusion(StrEnum):
    """Goods that need not be taken back; `exclusions.py` says by which attributes they are known."""

    CUSTOM_MADE = "custom_made"
    PERISHABLE = "perishable"
    UNSEALED_HYGIENE = "unsealed_hygiene"
    UNSEALED_MEDIA = "unsealed_media"
    DIGITAL = "digital"
    NEWSPAPER = "newspaper"
    ACTIVATED = "activated"
    DISCLOSED_FLAW = "disclosed_flaw"


class Intactness(StrEnum):
    """In which state goods must still be."""

    SEALED = "sealed"  # the single-use seal that the goods need is whole
    UNUSED = "unused"  # no activation, no data, no repair by others
    TAGGED = "tagged"  # tags on, not worn or soiled


class NoReasonParameters(Struct, frozen=True):
    """The rules of one line. Days are calendar days of the market, rates basis points of what was paid."""

    # The right that a law gives, and what it lets a seller take: RESERVED, so no merchant's record sets these.
    statutory_days: WholeDays = 0
    statutory_law: str = ""
    moves_to_working_day: bool = False
    uninformed_extension_days: WholeDays = 0
    exclusions: tuple[Exclusion, ...] = ()
    exclusions_if_confirmed: tuple[Exclusion, ...] = ()
    intact: tuple[Intactness, ...] = ()
    statute_refunds_outbound: bool = False
    counts_from_last_parcel: bool = False
    uninformed_pays_freight: bool = False
    resettles_promotions: bool = False
    recovers_free_shipping: bool = False

    # What platform and merchant offer beyond it, and what they take back at all.
    window_days: WholeDays = 0
    returnable: bool = True
    merchant_exclusions: tuple[Exclusion, ...] = ()

    # Money.
    restocking_bps: BasisPoints = 0
    return_freight: Amounts = Amounts({})
    return_freight_payer: LiableParty = LiableParty.CUSTOMER
    refunds_outbound: bool = False

    # Handling.
    exchanges: bool = True
    return_methods: Annotated[tuple[ReturnMethod, ...], Meta(min_length=1)] = (
        ReturnMethod.DROP_OFF,
        ReturnMethod.MAIL,
    )
    expected_days: WholeDays = 14
    first_response_minutes: Minutes = 2880
    queue: str = "returns"
    channel: str = "self_service"


# A customer's rights are those of the day of purchase; how a parcel travels is as it is on the day of asking.
DATED_BY = {
    "return_freight": Dating.REQUEST,
    "return_methods": Dating.REQUEST,
    "expected_days": Dating.REQUEST,
    "first_response_minutes": Dating.REQUEST,
    "queue": Dating.REQUEST,
    "channel": Dating.REQUEST,
}
# What carries out a law, as the right itself or as what a seller may take: the same for every merchant.
RESERVED = frozenset(
    {
        "statutory_days",
        "statutory_law",
        "moves_to_working_day",
        "uninformed_extension_days",
        "exclusions",
        "exclusions_if_confirmed",
        "intact",
        "statute_refunds_outbound",
        "counts_from_last_parcel",
        "uninformed_pays_freight",
        "resettles_promotions",
        "recovers_free_shipping",
    }
)

"""Who is liable, and who has to prove it? The merchant for the goods, whoever shipped them for their way.

Provisional until an inspection has seen the goods. The customer bears none of the freight of a claim.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum

from bff.markets import market
from bff.policy.contributions import GOODS, OUTBOUND_FREIGHT, RETURN_FREIGHT, Bear, Strength, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, LiableParty, ReturnReason, ShipmentStatus
from quality_claim.ladder import delivery, running
from quality_claim.parameters import QualityParameters

OWNED = frozenset({Basis.QUALITY, Basis.LOGISTICS})
# About the way of the parcel, not about the goods: no guarantee speaks of these.
ABOUT_THE_PARCEL = frozenset({ReturnReason.NOT_RECEIVED, ReturnReason.LATE_DELIVERY})


class Burden(Enum):
    """Who has to prove that the goods were faulty on arrival."""

    SELLER = "seller_proves"
    CUSTOMER = "customer_proves"
    CUSTOMER_TO_REJECT = "customer_proves_to_reject"  # and the seller for repair and replacement
    UNSAID = ""  # no law of the market says


# The code that says a burden is its value; this is the parameter that it rests on.
RESTS_ON = {
    Burden.SELLER: "seller_proves_days",
    Burden.CUSTOMER: "seller_proves_days",
    Burden.CUSTOMER_TO_REJECT: "rejecting_customer_proves",
}


@hookimpl
def assign_liability(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Bear]:
    """The bearer of the goods and of both ways."""
    if case.basis not in OWNED:
        return ()
    return [bear for line in lines for bear in _assign(case, line, parameters[line.id])]


def _assign(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Bear]:
    party = liable_party(case, line)
    statutory = case.reason not in ABOUT_THE_PARCEL and any(
        rung.statutory for rung in running(case, line, p, out_of_stock=False)
    )
    strength = Strength.STATUTE if statutory else Strength.FAULT
    proves = burden(case, line, p)
    end = presumption_end(case, line, p)
    yield Bear(
        line=line.id,
        code=proves.value or f"{party.value.lower()}_liable",
        rule=RESTS_ON.get(proves, ""),
        said=say(until=end) if proves in RESTS_ON and end else (),
        kind=GOODS,
        party=party,
        strength=strength,
        final=is_final(case, line),
    )
    for kind in (RETURN_FREIGHT, OUTBOUND_FREIGHT):
        yield Bear(
            line=line.id,
            code=f"freight_on_{party.value.lower()}",
            rule="guarantee_days" if statutory else "",
            kind=kind,
            party=party,
            strength=strength,
            final=is_final(case, line),
        )


def liable_party(case: CaseFacts, line: Line) -> LiableParty:
    """Merchant for the goods; for their way the platform if it shipped them, else the carrier.

    Line attribute `fulfilledBy: "platform"`.
    """
    if case.basis is Basis.QUALITY:
        return LiableParty.MERCHANT
    by_platform = line.attributes.get("fulfilledBy") == "platform"
    return LiableParty.PLATFORM if by_platform else LiableParty.CARRIER


def is_final(case: CaseFacts, line: Line) -> bool:
    """Whether no inspection can change it: the carrier's own records show the parcel lost or late."""
    if case.reason is ReturnReason.LATE_DELIVERY:
        return True
    return case.reason is ReturnReason.NOT_RECEIVED and line.shipment is ShipmentStatus.LOST


def burden(case: CaseFacts, line: Line, p: QualityParameters) -> Burden:
    """A fault that shows early is presumed to have been there on delivery; later the customer proves it.

    In Britain not for the short-term right to reject, which runs beside repair and replacement (Consumer Rights
    Act 2015 s. 19(14) and (15)).
    """
    end = presumption_end(case, line, p)
    if case.basis is not Basis.QUALITY or end is None:
        return Burden.UNSAID
    if case.at >= end:
        return Burden.CUSTOMER
    rejecting = p.rejecting_customer_proves and any(
        rung.rule == "refund_days" for rung in running(case, line, p, out_of_stock=False)
    )
    return Burden.CUSTOMER_TO_REJECT if rejecting else Burden.SELLER


def presumption_end(case: CaseFacts, line: Line, p: QualityParameters) -> datetime | None:
    """Until when the seller has to prove that the goods were in order."""
    delivered = delivery(case, line)
    if delivered is None or p.seller_proves_days <= 0:
        return None
    return market(case.market).window_end(delivered, p.seller_proves_days)

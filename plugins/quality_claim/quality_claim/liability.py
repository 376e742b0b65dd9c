"""Who is liable, and who has to prove it? The merchant for the goods, whoever shipped them for their way.

Provisional until an inspection has seen the goods. The customer bears none of the freight of a claim.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum

from bff.markets import market
from bff.policy.contributions import GOODS, OUTBOUND_FREIGHT, RETURN_FREIGHT, Bear, Said, Strength, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, LiableParty, ReturnReason, ShipmentStatus
from quality_claim.ladder import delivery, running
from quality_claim.parameters import QualityParameters

OWNED = frozenset({Basis.QUALITY, Basis.LOGISTICS})


class Burden(Enum):
    """Who has to prove that the goods were faulty on arrival."""

    SELLER = "seller"
    CUSTOMER = "customer"
    UNSAID = "unsaid"  # no law of the market says


@hookimpl
def assign_liability(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Bear]:
    """The bearer of the goods and of both ways."""
    if case.basis not in OWNED:
        return ()
    return [bear for line in lines for bear in _assign(case, line, parameters[line.id])]


def _assign(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Bear]:
    party = liable_party(case, line)
    statutory = any(rung.statutory for rung in running(case, line, p, out_of_stock=False))
    strength = Strength.STATUTE if statutory else Strength.FAULT
    code, said = _ground(case, line, p, party)
    yield Bear(
        line=line.id,
        code=code,
        rule="seller_proves_days" if code.endswith("_proves") else "",
        said=said,
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
    """A fault that shows early is presumed to have been there on delivery; later the customer proves it."""
    end = presumption_end(case, line, p)
    if case.basis is not Basis.QUALITY or end is None:
        return Burden.UNSAID
    return Burden.SELLER if case.at < end else Burden.CUSTOMER


def presumption_end(case: CaseFacts, line: Line, p: QualityParameters) -> datetime | None:
    """Until when the seller has to prove that the goods were in order."""
    delivered = delivery(case, line)
    if delivered is None or p.seller_proves_days <= 0:
        return None
    return market(case.market).window_end(delivered, p.seller_proves_days)


def _ground(
    case: CaseFacts, line: Line, p: QualityParameters, party: LiableParty
) -> tuple[str, tuple[tuple[str, Said], ...]]:
    end = presumption_end(case, line, p)
    proves = burden(case, line, p)
    if end is None or proves is Burden.UNSAID:
        return f"{party.value.lower()}_liable", ()
    return f"{proves.value}_proves", say(until=end)

"""What does a claim cost, and whom? The way back is priced, and the customer pays no fee at all."""

from collections.abc import Iterator, Sequence

from bff.money import Money
from bff.policy.contributions import RESTOCKING, RETURN_FREIGHT, BuyerCap, Cost, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import Prior, hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import GOODS_TRAVEL_BACK
from quality_claim.liability import OWNED, liable_party
from quality_claim.parameters import QualityParameters


@hookimpl
def price_refund(
    case: CaseFacts, lines: Sequence[Line], parameters: Parameters, prior: Prior
) -> Sequence[Cost | BuyerCap]:
    """The freight back where goods travel, one price for each merchant's parcel, and no restocking fee."""
    if case.basis not in OWNED:
        return ()
    return [
        said
        for line in lines
        for said in _price(
            case,
            line,
            parameters[line.id],
            travels=not GOODS_TRAVEL_BACK.isdisjoint(prior[line.id].resolutions),
        )
    ]


def _price(case: CaseFacts, line: Line, p: QualityParameters, *, travels: bool) -> Iterator[Cost | BuyerCap]:
    yield BuyerCap(
        line=line.id,
        code="no_restocking_fee",
        kind=RESTOCKING,
        amount=0,
        shift_to=liable_party(case, line),
    )
    freight = p.return_freight.minor(case.currency)
    if freight and travels:
        yield Cost(
            line=line.id,
            code="return_freight_covered",
            rule="return_freight",
            said=say(amount=Money(freight, case.currency)),
            kind=RETURN_FREIGHT,
            amount=freight,
            pool=f"return:{line.merchant}",
        )

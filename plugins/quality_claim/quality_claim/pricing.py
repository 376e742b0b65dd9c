"""What does a claim cost, and whom? The way back is priced, and the customer pays no fee at all."""

from collections.abc import Iterator, Sequence

from bff.money import Money
from bff.policy.contributions import RESTOCKING, RETURN_FREIGHT, BuyerCap, Cost, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from quality_claim.liability import OWNED, liable_party
from quality_claim.parameters import QualityParameters


@hookimpl
def price_refund(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Cost | BuyerCap]:
    """The freight back, one price for each merchant's parcel, and no restocking fee."""
    if case.basis not in OWNED:
        return ()
    return [said for line in lines for said in _price(case, line, parameters[line.id])]


def _price(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Cost | BuyerCap]:
    yield BuyerCap(
        line=line.id,
        code="no_restocking_fee",
        kind=RESTOCKING,
        amount=0,
        shift_to=liable_party(case, line),
    )
    freight = p.return_freight.minor(case.currency)
    if freight:
        yield Cost(
            line=line.id,
            code="return_freight",
            rule="return_freight",
            said=say(amount=Money(freight, case.currency)),
            kind=RETURN_FREIGHT,
            amount=freight,
            pool=f"return:{line.merchant}",
        )

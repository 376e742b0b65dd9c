"""Who pays the ways, when nobody is at fault?"""

from collections.abc import Iterator, Sequence

from bff.policy.contributions import OUTBOUND_FREIGHT, RETURN_FREIGHT, Bear, Strength
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, LiableParty
from no_reason_return.outbound import refund_rule
from no_reason_return.parameters import NoReasonParameters

PAYS_RETURN = {
    LiableParty.CUSTOMER: "customer_pays_return",
    LiableParty.MERCHANT: "merchant_pays_return",
    LiableParty.PLATFORM: "platform_pays_return",
}


@hookimpl
def assign_liability(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Bear]:
    """The bearer of the way back and, where it is not repaid, of the way out."""
    if case.basis is not Basis.NO_REASON:
        return ()
    return [said for line in lines for said in _assign(case, line, parameters[line.id])]


def _assign(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Bear]:
    payer = p.return_freight_payer if p.return_freight_payer in PAYS_RETURN else LiableParty.CUSTOMER
    yield Bear(
        line=line.id,
        code=PAYS_RETURN[payer],
        rule="return_freight_payer",
        kind=RETURN_FREIGHT,
        party=payer,
        strength=Strength.POLICY,
    )
    if line.shipping > 0 and not refund_rule(case, line, p):
        yield Bear(
            line=line.id,
            code="outbound_not_refunded",
            rule="refunds_outbound",
            kind=OUTBOUND_FREIGHT,
            party=LiableParty.CUSTOMER,
            strength=Strength.POLICY,
        )

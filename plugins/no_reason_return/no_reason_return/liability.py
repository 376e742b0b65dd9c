"""Who pays the ways, when nobody is at fault?"""

from collections.abc import Iterator, Sequence

from bff.policy.contributions import OUTBOUND_FREIGHT, RETURN_FREIGHT, Bear, Strength
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, LiableParty
from no_reason_return.outbound import refund_rule
from no_reason_return.parameters import NoReasonParameters
from no_reason_return.windows import is_uninformed, live_right

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


def return_payer(case: CaseFacts, line: Line, p: NoReasonParameters) -> LiableParty:
    """Who pays the way back by the records, or by law where the trader did not inform of the right."""
    payer = p.return_freight_payer if p.return_freight_payer in PAYS_RETURN else LiableParty.CUSTOMER
    spared = payer is LiableParty.CUSTOMER and _is_spared(case, line, p)
    return LiableParty.MERCHANT if spared else payer


def _is_spared(case: CaseFacts, line: Line, p: NoReasonParameters) -> bool:
    """Whether the customer, left uninformed, pays no way back (Directive 2011/83/EU art. 14(1))."""
    return p.uninformed_pays_freight and is_uninformed(case) and live_right(case, line, p) is not None


def _assign(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Bear]:
    payer = return_payer(case, line, p)
    spared = payer is not p.return_freight_payer and payer is LiableParty.MERCHANT
    yield Bear(
        line=line.id,
        code="uninformed_pays_return" if spared else PAYS_RETURN[payer],
        rule="uninformed_pays_freight" if spared else "return_freight_payer",
        kind=RETURN_FREIGHT,
        party=payer,
        strength=Strength.STATUTE if spared else Strength.POLICY,
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

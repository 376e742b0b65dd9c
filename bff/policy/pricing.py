"""How much is paid back for a line? What was paid, less the customer's shares of what the return costs."""

from collections.abc import Mapping

from bff.policy.contributions import OUTBOUND_FREIGHT, RESTOCKING, RETURN_FREIGHT
from bff.policy.decision import Refund, RefundComponent
from bff.policy.facts import Line
from bff.policy.ledger import Ledger, Terms
from bff.policy.liability import KERNEL
from bff.vocabulary import RefundComponentKind

FEES: Mapping[str, RefundComponentKind] = {
    RESTOCKING: RefundComponentKind.RESTOCKING_FEE,
    RETURN_FREIGHT: RefundComponentKind.RETURN_FREIGHT,
}


def price(line: Line, terms: Terms, ledger: Ledger, bonuses: tuple[RefundComponent, ...]) -> Refund:
    """The refund of one line in minor units: items + tax + shipping - fees, in [0, paid + shipping].

    The outbound freight that the customer bears is first the shipping fee, which then is not paid back; only
    what exceeds it (a free shipping that was lost with a broken threshold) is a deduction.
    """
    tax = min(line.tax, line.paid)
    outbound = ledger.customers_share(OUTBOUND_FREIGHT)
    kept = min(outbound, line.shipping)
    parts = [RefundComponent(kind=RefundComponentKind.ITEM, amount=line.paid - tax, plugin=KERNEL)]
    if tax:
        parts.append(RefundComponent(kind=RefundComponentKind.TAX, amount=tax, plugin=KERNEL))
    if line.shipping > kept:
        shipping = line.shipping - kept
        parts.append(RefundComponent(kind=RefundComponentKind.SHIPPING, amount=shipping, plugin=KERNEL))
    for kind in ledger.shares:
        amount = outbound - kept if kind == OUTBOUND_FREIGHT else ledger.customers_share(kind)
        if amount:
            fee = FEES.get(kind, RefundComponentKind.DEDUCTION)
            parts.append(RefundComponent(kind=fee, amount=amount, plugin=terms.plugin_of(kind), cost=kind))
    return Refund(
        total=line.paid + line.shipping - ledger.customers_total,
        components=(*parts, *bonuses),
        shares=tuple(
            [
                (kind, party, amount)
                for kind, by_party in ledger.shares.items()
                for party, amount in sorted(by_party.items())
            ]
        ),
        steps=ledger.steps,
        bonus=sum([each.amount for each in bonuses]),
    )

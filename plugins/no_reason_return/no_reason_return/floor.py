"""What is the least that a statutory withdrawal refunds? What was paid, less what the law lets the seller keep."""

from bff.money import BASIS_POINTS
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import LiableParty
from no_reason_return.liability import return_payer
from no_reason_return.outbound import free_shipping
from no_reason_return.parameters import NoReasonParameters
from no_reason_return.promotions import at_stake


def floor_bps(case: CaseFacts, line: Line, p: NoReasonParameters) -> int:
    """The floor in basis points of what was paid for the line, rounded down.

    A cost that several lines share counts whole, so that the floor stands below every lawful refund; whatever
    else somebody charges cannot go below it.
    """
    if line.paid <= 0:
        return 0
    return max(line.paid - lawful_costs(case, line, p), 0) * BASIS_POINTS // line.paid


def lawful_costs(case: CaseFacts, line: Line, p: NoReasonParameters) -> int:
    """All that this line could have to bear: the way back, the lost discount and the lost free delivery."""
    by_customer = return_payer(case, line, p) is LiableParty.CUSTOMER
    # Beside it the kernel always leaves the seller the shipping fee, which the law speaks of elsewhere.
    back = (p.return_freight.minor(case.currency) or 0) if by_customer else 0
    return back + at_stake(case, line, p) + free_shipping(case, p)[1]

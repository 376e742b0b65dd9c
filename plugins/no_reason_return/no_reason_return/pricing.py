"""What does it cost to send it back, and what does the law spare the customer?"""

from collections.abc import Iterator, Sequence

from bff.money import Money, portion
from bff.policy.contributions import RESTOCKING, RETURN_FREIGHT, BuyerCap, Cost, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, LiableParty
from no_reason_return.liability import return_payer
from no_reason_return.outbound import outbound_money
from no_reason_return.parameters import NoReasonParameters
from no_reason_return.promotions import promotion_money
from no_reason_return.whole import paid_for_all
from no_reason_return.windows import live_right


@hookimpl
def price_refund(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Cost | BuyerCap]:
    """The costs and protections of every line; who bears a cost is said in `liability.py`.

    `lines` are those that may come back: what was refused stays, and counts towards thresholds.
    """
    if case.basis is not Basis.NO_REASON:
        return ()
    return [said for line in lines for said in _price(case, line, lines, parameters[line.id])]


def _price(
    case: CaseFacts, line: Line, returned: Sequence[Line], p: NoReasonParameters
) -> Iterator[Cost | BuyerCap]:
    yield from _restocking(case, line, p)
    yield from _return_freight(case, line, p)
    yield from promotion_money(case, line, returned, p)
    yield from outbound_money(case, line, returned, p)


def _restocking(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Cost | BuyerCap]:
    """A fee for putting goods back on the shelf; none while the return is a statutory right."""
    fee = line.share(portion(paid_for_all(case, line), p.restocking_bps))
    if live_right(case, line, p):
        yield BuyerCap(
            line=line.id,
            code="no_restocking_fee",
            rule="statutory_days",
            kind=RESTOCKING,
            amount=0,
            shift_to=LiableParty.MERCHANT,
        )
    elif fee > 0:
        yield Cost(
            line=line.id,
            code="restocking_fee",
            rule="restocking_bps",
            said=say(amount=Money(fee, case.currency), percent=_percent(p.restocking_bps)),
            kind=RESTOCKING,
            amount=fee,
        )


def _return_freight(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Cost]:
    """One price for each merchant's parcel, however many lines travel in it."""
    freight = p.return_freight.minor(case.currency)
    theirs = return_payer(case, line, p) is LiableParty.CUSTOMER
    if freight:
        yield Cost(
            line=line.id,
            code="return_freight" if theirs else "return_freight_covered",
            rule="return_freight",
            said=say(amount=Money(freight, case.currency)),
            kind=RETURN_FREIGHT,
            amount=freight,
            pool=f"return:{line.merchant}",
        )


def _percent(bps: int) -> str:
    """Basis points as people read them: 1000 is "10", 1250 is "12.5"."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")

"""Who pays for the way to the customer, once the goods go back?

The European Union: the trader repays the standard delivery, not the surplus for a faster one (Directive
2011/83/EU art. 13). China: not repaid, and a return that breaks "free shipping from 99" lets the seller deduct
the freight (Interim Measures art. 18).
"""

from collections.abc import Iterator, Sequence

from bff.money import Money, split, units_share
from bff.policy.contributions import OUTBOUND_FREIGHT, BuyerCap, Cost, say
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import LiableParty
from no_reason_return.attributes import amount, table
from no_reason_return.parameters import NoReasonParameters
from no_reason_return.whole import chosen
from no_reason_return.windows import live_right


def refund_rule(case: CaseFacts, line: Line, p: NoReasonParameters) -> str:
    """The parameter by which the line's share of the shipping fee is repaid; empty where it is not."""
    if p.statute_refunds_outbound and live_right(case, line, p):
        return "statute_refunds_outbound"
    return "refunds_outbound" if p.refunds_outbound else ""


def surplus(case: CaseFacts, line: Line) -> int:
    """What the units bear of what was paid for more than standard delivery.

    Order attribute `shippingSurplus`, "4.00" of the order's shipping fee. It is split over the order as the fee
    itself is, by what was paid for each line, and then over the line's units.
    """
    whole = amount(case.order_attributes.get("shippingSurplus"), case.currency)
    if whole is None or case.shipping_fee <= 0:
        return 0
    goods = case.purchases
    by_line = dict(
        zip(
            (each.id for each in goods),
            split(min(whole, case.shipping_fee), [each.paid for each in goods]),
            strict=True,
        )
    )
    return min(line.share(by_line.get(line.id, 0)), line.shipping)


def outbound_money(
    case: CaseFacts, line: Line, returned: Sequence[Line], p: NoReasonParameters
) -> Iterator[Cost | BuyerCap]:
    """The repaid shipping fee less its surplus, and the freight that a lost free delivery costs."""
    rule = refund_rule(case, line, p)
    if rule and line.shipping > 0:
        kept = surplus(case, line)
        yield BuyerCap(
            line=line.id,
            code="standard_outbound_refunded" if kept else "outbound_refunded",
            rule=rule,
            said=say(amount=Money(line.shipping - kept, case.currency), surplus=Money(kept, case.currency)),
            kind=OUTBOUND_FREIGHT,
            amount=kept,
            shift_to=LiableParty.MERCHANT,
        )
    freight = free_shipping_lost(case, returned, p)
    if freight:
        yield Cost(
            line=line.id,
            code="free_shipping_lost",
            rule="recovers_free_shipping",
            said=say(amount=Money(freight, case.currency)),
            kind=OUTBOUND_FREIGHT,
            amount=freight,
            pool="free_shipping",
        )


def free_shipping(case: CaseFacts, p: NoReasonParameters) -> tuple[int, int]:
    """The threshold of a free delivery and the freight that it saved; (0, 0) where none could be deducted.

    Order attribute `freeShipping`, `{"threshold": "99.00", "freight": "8.00"}`.
    """
    named = table(case.order_attributes, "freeShipping")
    threshold, freight = (amount(named.get(key), case.currency) for key in ("threshold", "freight"))
    if threshold is None or freight is None or not p.recovers_free_shipping or case.shipping_fee > 0:
        return 0, 0
    return threshold, freight


def free_shipping_lost(case: CaseFacts, returned: Sequence[Line], p: NoReasonParameters) -> int:
    """The outbound freight that the seller may deduct now: this return breaks the threshold, none did before.

    The threshold is compared with what was paid for the goods that stay; what the same request gives back for a
    fault counts as staying, for it is not the customer's choice.
    """
    threshold, freight = free_shipping(case, p)
    asked = chosen(returned)
    before = after = 0
    for goods in case.purchases:
        free = max(goods.ordered - goods.held, 0)
        kept = max(free - asked.get(goods.id, 0), 0)
        before += units_share(goods.paid, goods.ordered, goods.ordered - free, free)
        after += units_share(goods.paid, goods.ordered, goods.ordered - kept, kept)
    return freight if before >= threshold > after else 0

"""Is there anything to decide? What no policy can change, checked before any plugin is asked."""

from collections.abc import Mapping

from bff.policy.decision import Explanation
from bff.policy.explain import own
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import Effect, OrderStatus

# The orders of which nothing comes back, and why.
UNPAID: Mapping[OrderStatus, str] = {
    OrderStatus.CANCELLED: "order_cancelled",
    OrderStatus.PLACED: "order_not_paid",
}


def refusals(case: CaseFacts, line: Line) -> tuple[Explanation, ...]:
    """Every reason for which the line is out of the question, none where it is not."""
    refused = []
    why_not = UNPAID.get(case.order_status) or ("order_not_paid" if _owes_everything(case) else None)
    if why_not is not None:
        refused.append(own(why_not, Effect.DENIES))
    left = line.ordered - line.held
    if left <= 0:
        refused.append(own("nothing_left", Effect.DENIES, ordered=line.ordered))
    elif not 1 <= line.quantity <= left:
        refused.append(own("quantity_above_left", Effect.DENIES, asked=line.quantity, left=left))
    return tuple(refused)


def _owes_everything(case: CaseFacts) -> bool:
    """Whether the order has a price of which nothing was captured, such as cash on delivery under way."""
    if case.captured != 0:
        return False
    return case.shipping_fee + sum(purchase.paid for purchase in case.purchases) > 0

"""Is there anything to decide? What no policy can change, checked before any plugin is asked."""

from collections.abc import Iterator

from bff.policy.decision import Explanation
from bff.policy.explain import own
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import Effect, OrderStatus


def refusals(case: CaseFacts, line: Line) -> tuple[Explanation, ...]:
    """Every reason for which the line is out of the question, none where it is not."""
    return tuple(_refusals(case, line))


def _refusals(case: CaseFacts, line: Line) -> Iterator[Explanation]:
    if case.order_status is OrderStatus.CANCELLED:
        yield own("order_cancelled", Effect.DENIES)
    if case.order_status is OrderStatus.PLACED:
        yield own("order_not_paid", Effect.DENIES)
    left = max(line.ordered - line.held, 0)
    if not left:
        yield own("nothing_left", Effect.DENIES, ordered=line.ordered)
    elif not 1 <= line.quantity <= left:
        yield own("quantity_above_left", Effect.DENIES, asked=line.quantity, left=left)

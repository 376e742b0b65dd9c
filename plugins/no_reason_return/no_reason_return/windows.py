"""Until when may it come back? The window that a law gives, and the one that platform or merchant offers."""

from datetime import datetime

from bff.markets import market
from bff.policy.contributions import Window
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import WindowAnchor
from no_reason_return.attributes import flag
from no_reason_return.exclusions import lawful_refusals
from no_reason_return.parameters import NoReasonParameters


def delivery(case: CaseFacts, line: Line) -> datetime | None:
    """When the goods arrived, if they have by now. Windows run from then, never from the order."""
    return line.delivered_at if line.delivered_at is not None and line.delivered_at <= case.at else None


def is_uninformed(case: CaseFacts) -> bool:
    """Whether the trader is known not to have told of the right: order attribute `withdrawalInformed: false`."""
    return case.order_attributes.get("withdrawalInformed") is False


def statutory_window(case: CaseFacts, line: Line, p: NoReasonParameters) -> Window | None:
    """The window of the statutory withdrawal, open or closed; None where there is none or nothing arrived.

    A customer whom the trader did not inform of the right has it longer (Directive 2011/83/EU art. 10).
    """
    delivered = delivery(case, line)
    if delivered is None or p.statutory_days <= 0:
        return None
    days = p.statutory_days + (p.uninformed_extension_days if is_uninformed(case) else 0)
    begins = right_begins(case, line, p) or case.at
    return _window(case, delivered, begins, days, moves=p.moves_to_working_day)


def right_begins(case: CaseFacts, line: Line, p: NoReasonParameters) -> datetime | None:
    """From when the days of the right count; None while they do not yet.

    In Europe from the last goods of the order (Directive 2011/83/EU art. 9(2)(b)); until those are here the right
    can be used already, and asked at any time it still has all its days. What was given up before it came, and
    what is not delivered at all, keeps no window open.
    """
    delivered = delivery(case, line)
    if not p.counts_from_last_parcel or delivered is None:
        return delivered
    arrivals = [delivered]
    for goods in case.purchases:
        if goods.id == line.id:
            continue
        if goods.delivered_at is not None and goods.delivered_at <= case.at:
            arrivals.append(goods.delivered_at)
        elif goods.held < goods.ordered and not flag(goods.attributes, "digital"):
            return None
    return max(arrivals)


def voluntary_window(case: CaseFacts, line: Line, p: NoReasonParameters) -> Window | None:
    """The window that platform or merchant offers, open or closed; None as above."""
    delivered = delivery(case, line)
    if delivered is None or p.window_days <= 0:
        return None
    return _window(case, delivered, delivered, p.window_days, moves=False)


def live_right(case: CaseFacts, line: Line, p: NoReasonParameters) -> Window | None:
    """The statutory window if the right can be used now: it runs, and no lawful exclusion ends it."""
    window = statutory_window(case, line, p)
    if window is None or case.at >= window.closes_at or any(lawful_refusals(line, p)):
        return None
    return window


def _window(case: CaseFacts, opens: datetime, begins: datetime, days: int, *, moves: bool) -> Window:
    """Open from the line's own delivery, for so many days from when they begin to count."""
    closes = market(case.market).window_end(begins, days, moves_to_working_day=moves)
    return Window(opens_at=opens, closes_at=closes, days=days, anchor=WindowAnchor.DELIVERED)

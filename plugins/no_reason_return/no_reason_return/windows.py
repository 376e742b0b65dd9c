"""Until when may it come back? The window that a law gives, and the one that platform or merchant offers."""

from datetime import datetime

from bff.markets import market
from bff.policy.contributions import Window
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import WindowAnchor
from no_reason_return.exclusions import lawful_refusals
from no_reason_return.parameters import NoReasonParameters


def delivery(case: CaseFacts, line: Line) -> datetime | None:
    """When the goods arrived, if they have by now. Windows run from then, never from the order."""
    return line.delivered_at if line.delivered_at is not None and line.delivered_at <= case.at else None


def statutory_window(case: CaseFacts, line: Line, p: NoReasonParameters) -> Window | None:
    """The window of the statutory withdrawal, open or closed; None where there is none or nothing arrived.

    A customer whom the trader did not inform of the right has it longer (Directive 2011/83/EU art. 10):
    order attribute `withdrawalInformed: false`.
    """
    uninformed = case.order_attributes.get("withdrawalInformed") is False
    days = p.statutory_days + (p.uninformed_extension_days if uninformed else 0)
    return _window(case, line, days, moves=p.moves_to_working_day) if p.statutory_days > 0 else None


def voluntary_window(case: CaseFacts, line: Line, p: NoReasonParameters) -> Window | None:
    """The window that platform or merchant offers, open or closed; None as above."""
    return _window(case, line, p.window_days, moves=False) if p.window_days > 0 else None


def live_right(case: CaseFacts, line: Line, p: NoReasonParameters) -> Window | None:
    """The statutory window if the right can be used now: it runs, and no lawful exclusion ends it."""
    window = statutory_window(case, line, p)
    if window is None or case.at >= window.closes_at or any(lawful_refusals(line, p)):
        return None
    return window


def _window(case: CaseFacts, line: Line, days: int, *, moves: bool) -> Window | None:
    delivered = delivery(case, line)
    if delivered is None:
        return None
    closes = market(case.market).window_end(delivered, days, moves_to_working_day=moves)
    return Window(opens_at=delivered, closes_at=closes, days=days, anchor=WindowAnchor.DELIVERED)

"""May each line come back without a reason? Every refusal, every window that runs, and why none does."""

from collections.abc import Iterator, Sequence

from bff.markets import market
from bff.policy.contributions import Forbid, Grant, Hold, Mandate, NoGrant, Window, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, Resolution
from no_reason_return.exclusions import lawful_refusals, refusals
from no_reason_return.floor import floor_bps
from no_reason_return.parameters import NoReasonParameters
from no_reason_return.promotions import review
from no_reason_return.windows import (
    delivery,
    is_uninformed,
    live_right,
    right_begins,
    statutory_window,
    voluntary_window,
)

Judged = Grant | NoGrant | Forbid | Mandate | Hold


@hookimpl
def judge_eligibility(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Judged]:
    """Refusals, windows and holds of every line; nothing is left out because something else was said."""
    if case.basis is not Basis.NO_REASON:
        return ()
    return [said for line in lines for said in _judge(case, line, parameters[line.id])]


def _judge(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Judged]:
    yield from refusals(line, p)
    yield from review(case, line, p)
    if delivery(case, line) is None:
        yield NoGrant(line=line.id, code="not_delivered", basis=Basis.NO_REASON, unmet="delivered", wanted=1)
        return
    running: list[Judged] = [*_mandates(case, line, p), *_grants(case, line, p)]
    yield from running
    if not running:
        yield from _closed(case, line, p)


def _mandates(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Mandate]:
    window = live_right(case, line, p)
    if window is not None:
        code, rule = _ground(case, line, p)
        yield Mandate(
            line=line.id,
            code=code,
            rule=rule,
            said=say(until=window.closes_at, days=window.days),
            basis=Basis.NO_REASON,
            window=window,
            resolutions=(Resolution.RETURN_AND_REFUND,),
            floor_bps=floor_bps(case, line, p),
            law=p.statutory_law,
        )


def _ground(case: CaseFacts, line: Line, p: NoReasonParameters) -> tuple[str, str]:
    """How the right is told, and the parameter by which its window is as long as it is."""
    begins = right_begins(case, line, p)
    if begins is None:
        return "withdrawal_right_not_begun", "counts_from_last_parcel"
    is_later = begins != delivery(case, line)
    code = "withdrawal_right_last_parcel" if is_later else "withdrawal_right"
    if is_uninformed(case) and p.uninformed_extension_days:
        return code, "uninformed_extension_days"
    return code, "counts_from_last_parcel" if is_later else "statutory_days"


def _grants(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Grant]:
    window = voluntary_window(case, line, p)
    if window is not None and case.at < window.closes_at:
        exchange = (Resolution.EXCHANGE,) if p.exchanges else ()
        yield Grant(
            line=line.id,
            code="window_open",
            rule="window_days",
            said=say(until=window.closes_at, days=window.days),
            basis=Basis.NO_REASON,
            window=window,
            resolutions=(Resolution.RETURN_AND_REFUND, *exchange),
        )


def _closed(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[NoGrant]:
    """Why no window runs: each that has closed, or that there never was one."""
    statutory, voluntary = statutory_window(case, line, p), voluntary_window(case, line, p)
    if statutory is None and voluntary is None:
        yield NoGrant(
            line=line.id, code="no_window", rule="window_days", basis=Basis.NO_REASON, unmet="window_days"
        )
    if statutory is not None and not any(lawful_refusals(line, p)):
        yield _lapsed(case, line, statutory, "withdrawal_closed", "statutory_days")
    if voluntary is not None:
        yield _lapsed(case, line, voluntary, "window_closed", "window_days")


def _lapsed(case: CaseFacts, line: Line, window: Window, code: str, rule: str) -> NoGrant:
    calendar = market(case.market)
    age = (calendar.local_day(case.at) - calendar.local_day(window.opens_at)).days
    return NoGrant(
        line=line.id,
        code=code,
        rule=rule,
        said=say(until=window.closes_at, days=window.days, age=age),
        basis=Basis.NO_REASON,
        unmet="days_since_delivery",
        wanted=window.days,
        actual=age,
        window=window,
    )

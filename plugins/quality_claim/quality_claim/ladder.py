"""Which remedies does the customer have on this day? The steps of the market's ladder, each with its own window.

Germany and France: two years of repair or replacement, money back once that has failed. Britain: thirty days to
reject, then one repair or replacement before money back. China: seven days for any remedy, fifteen for exchange or
repair, then the warranty. Elsewhere the platform's window.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from bff.markets import market
from bff.policy.contributions import Window
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import Resolution, WindowAnchor
from quality_claim.attributes import count
from quality_claim.parameters import QualityParameters

ANY_REMEDY = (Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE, Resolution.REPAIR)
WITHOUT_MONEY = (Resolution.EXCHANGE, Resolution.REPAIR)
MONEY_BACK = (Resolution.RETURN_AND_REFUND,)
# What is owed where the step's own remedies cannot be had.
NO_REPAIR = ("exchange_as_no_repair", (Resolution.EXCHANGE,))
NOTHING_ELSE = ("refund_as_nothing_else", MONEY_BACK)


class Rung(Struct, frozen=True):
    """One step: the code that says it, the parameter that it rests on, its window and its remedies."""

    code: str
    rule: str
    window: Window
    resolutions: tuple[Resolution, ...]
    statutory: bool


def delivery(case: CaseFacts, line: Line) -> datetime | None:
    """When the goods arrived, if they have by now."""
    return line.delivered_at if line.delivered_at is not None and line.delivered_at <= case.at else None


def ladder(case: CaseFacts, line: Line, p: QualityParameters, *, out_of_stock: bool) -> list[Rung]:
    """Every step that exists for these goods and this reason, open or closed; none before delivery.

    Days in repair do not count (line attribute `daysInRepair`). Where a law owes a remedy that cannot be had, it
    owes the next one: for a repair the exchange, for that the money back.
    """
    delivered = delivery(case, line)
    if delivered is None:
        return []
    in_repair = count(line.attributes, "daysInRepair")
    rungs = []
    for step, rule, days, remedies, statutory in (*_statutory(case, line, p), *_platform(p)):
        code, possible = step, _possible(remedies, case, p, out_of_stock=out_of_stock)
        if statutory and remedies and not possible:
            code, possible = NOTHING_ELSE if out_of_stock or Resolution.EXCHANGE in remedies else NO_REPAIR
        if days > 0 and possible:
            rungs.append(Rung(code, rule, _window(case, delivered, days + in_repair), possible, statutory))
    return rungs


def running(case: CaseFacts, line: Line, p: QualityParameters, *, out_of_stock: bool) -> list[Rung]:
    """The steps that are open now."""
    return [rung for rung in ladder(case, line, p, out_of_stock=out_of_stock) if case.at < rung.window.closes_at]


def longest(rungs: list[Rung]) -> list[Rung]:
    """The step that ends last, of those that a law gives and of those that the platform gives."""
    ends = {rung.statutory: rung for rung in sorted(rungs, key=lambda rung: rung.window.closes_at)}
    return [ends[statutory] for statutory in (True, False) if statutory in ends]


Step = tuple[str, str, int, tuple[Resolution, ...], bool]


def _statutory(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Step]:
    yield "refund_right", "refund_days", p.refund_days, ANY_REMEDY, True
    yield "exchange_right", "exchange_days", p.exchange_days, WITHOUT_MONEY, True
    yield "guarantee_right", "guarantee_days", p.guarantee_days, p.guarantee_resolutions, True
    failed = count(line.attributes, "failedRepairs")
    if 0 < p.failed_repairs_for_exchange <= failed:
        rule = "failed_repairs_for_exchange"
        yield "exchange_after_repairs", rule, p.guarantee_days, (Resolution.EXCHANGE,), True
    if 0 < p.failed_repairs_for_refund <= failed:
        yield "refund_after_repairs", "failed_repairs_for_refund", p.guarantee_days, MONEY_BACK, True
    if case.reason in p.refund_at_once:
        yield "refund_at_once", "refund_at_once", p.guarantee_days, MONEY_BACK, True


def _platform(p: QualityParameters) -> Iterator[Step]:
    yield "platform_window", "platform_days", p.platform_days, p.platform_resolutions, False


def _possible(
    remedies: tuple[Resolution, ...], case: CaseFacts, p: QualityParameters, *, out_of_stock: bool
) -> tuple[Resolution, ...]:
    """A wrong item cannot be repaired into the right one, and what is sold out is not replaced."""
    repairs = p.repairable and case.reason in p.repairable_reasons
    impossible = {Resolution.REPAIR} if not repairs else set()
    if out_of_stock:
        impossible.add(Resolution.EXCHANGE)
    return tuple(remedy for remedy in remedies if remedy not in impossible)


def _window(case: CaseFacts, delivered: datetime, days: int) -> Window:
    closes = market(case.market).window_end(delivered, days)
    return Window(opens_at=delivered, closes_at=closes, days=days, anchor=WindowAnchor.DELIVERED)

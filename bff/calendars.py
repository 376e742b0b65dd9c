"""When is it due? Minutes, hours of business, working days and days, as the clocks of a market count them.

Every answer is in UTC and half-open: at that instant it is too late (docs/decisions/windows-are-half-open.md).
"""

from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from bff.markets import Market


class _Count(Struct, frozen=True, tag_field="unit"):
    """How many of one unit, at least one. Written `{ unit = "working_days", count = 2 }` in data files."""

    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"a duration counts from one, {self.count} is none")


class Minutes(_Count, frozen=True, tag="minutes"):
    """Minutes by the clock, open or closed: "within 48 hours" is 2880 of them."""


class OpenMinutes(_Count, frozen=True, tag="open_minutes"):
    """Minutes within the market's hours of business; what is left at closing time goes on at the next opening.

    With `every_day` days off are open too, as where a platform's desk keeps hours but no holidays (JD dispute
    rules, art. 9(2), in force 2025-07-04: four hours within 09:00-18:00, working day or not).
    """

    every_day: bool = False


class WorkingDays(_Count, frozen=True, tag="working_days"):
    """Whole working days: the day it starts on does not count, the last one counts to its end."""


class Days(_Count, frozen=True, tag="days"):
    """Whole days, counted likewise; a last day off may move to the next working day."""

    moves_to_working_day: bool = False


Duration = Minutes | OpenMinutes | WorkingDays | Days


def due(market: Market, start: datetime, duration: Duration) -> datetime:
    """The first instant, in UTC, at which a duration that began at `start` is over in that market.

    Raises ValueError for a `start` without time zone: whose clock it was read from would be a guess.
    """
    if start.tzinfo is None:
        raise ValueError(f"{start.isoformat()} has no time zone")
    match duration:
        case Minutes(count):
            return start.astimezone(UTC) + timedelta(minutes=count)
        case OpenMinutes(count, every_day):
            return _after_open_time(market, start.astimezone(UTC), timedelta(minutes=count), every_day=every_day)
        case WorkingDays(count):
            last = working_day_after(market, market.local_day(start), count)
            return market.start_of_day(last + timedelta(days=1))
        case Days(count, moves):
            return market.window_end(start, count, moves_to_working_day=moves)


def working_day_after(market: Market, day: date, count: int) -> date:
    """The `count`-th working day after that day; with 0 the day itself, whether it is one or not."""
    for _ in range(count):
        day += timedelta(days=1)
        while not market.is_working_day(day):
            day += timedelta(days=1)
    return day


def opening(market: Market, day: date) -> tuple[datetime, datetime]:
    """When business opens and closes on a day that it is open, in UTC: the market's wall clock decides."""
    opens, closes = (time.fromisoformat(hour) for hour in market.business_hours)
    return (
        datetime.combine(day, opens, market.zone).astimezone(UTC),
        datetime.combine(day, closes, market.zone).astimezone(UTC),
    )


def _after_open_time(market: Market, start: datetime, left: timedelta, *, every_day: bool) -> datetime:
    day = market.local_day(start)
    while True:
        if every_day or market.is_working_day(day):
            opens, closes = opening(market, day)
            begins = max(start, opens)
            if begins + left <= closes:
                return begins + left
            left -= max(closes - begins, timedelta())
        day += timedelta(days=1)

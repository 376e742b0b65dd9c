"""Which calendar and currency does a market keep? Time zones, working days and the ends of windows."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import msgspec
from msgspec import Struct

MARKETS_FILE = Path(__file__).with_name("markets.toml")


class UnknownMarketError(LookupError):
    """A market code that no calendar is kept for; the text lists those that are."""


class Market(Struct, frozen=True, kw_only=True, dict=True):
    """One market as `markets.toml` describes it; `code` is ISO 3166-1 alpha-2."""

    code: str
    name: dict[str, str]
    currency: str
    time_zone: str
    locales: tuple[str, ...]
    working_week: tuple[int, ...]
    business_hours: tuple[str, str]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The IANA time zone of the market's calendar."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def _holidays(self) -> holidays.HolidayBase:
        return holidays.country_holidays(self.code)

    def is_working_day(self, day: date) -> bool:
        """Whether the market works on that day; weekend days declared to make up for holidays count."""
        if day in self._holidays:
            return False
        return day.isoweekday() in self.working_week or self._holidays.is_working_day(day)

    def local_day(self, at: datetime) -> date:
        """The calendar day of an instant, as the market's clocks show it."""
        return at.astimezone(self.zone).date()

    def start_of_day(self, day: date) -> datetime:
        """The first instant of a market day, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def window_end(self, anchor: datetime, days: int, *, moves_to_working_day: bool = False) -> datetime:
        """The first instant after a window of `days` days counted from `anchor`, in UTC.

        The anchor's own day does not count and the last day counts whole, so a customer always has at least
        `days` times 24 hours: where a spring clock change shortens the calendar, the hours win. With
        `moves_to_working_day` a last day off moves to the next working day (Regulation 1182/71 art. 3(4)).
        """
        last = self.local_day(anchor) + timedelta(days=days)
        while moves_to_working_day and not self.is_working_day(last):
            last += timedelta(days=1)
        return max(self.start_of_day(last + timedelta(days=1)), anchor.astimezone(UTC) + timedelta(days=days))


@cache
def markets() -> dict[str, Market]:
    """Every market by its code, read once from `markets.toml`."""
    entries = tomllib.loads(MARKETS_FILE.read_text(encoding="utf-8"))
    return {code: msgspec.convert({"code": code, **entry}, Market) for code, entry in entries.items()}


def market(code: str) -> Market:
    """The market of that code. Raises UnknownMarketError, which names those that there are."""
    found = markets().get(code)
    if found is None:
        raise UnknownMarketError(f"{code!r} is no market of this shop; there are {', '.join(sorted(markets()))}")
    return found

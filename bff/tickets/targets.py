"""By when is a ticket to be answered first? As a plugin promised, by the clock; else by priority, in open time."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from bff.calendars import Duration, Minutes, due
from bff.markets import market as market_of
from bff.vocabulary import Priority

TARGETS_FILE = Path(__file__).with_name("targets.toml")


def first_response_due(market: str, at: datetime, priority: Priority, promised: int | None) -> datetime:
    """The instant, in UTC. `promised` are minutes by the clock, day and night; none and 0 promise nothing."""
    target = Minutes(promised) if promised else _targets()[priority]
    return due(market_of(market), at, target)


@cache
def _targets() -> dict[Priority, Duration]:
    entries = tomllib.loads(TARGETS_FILE.read_text(encoding="utf-8"))
    return msgspec.convert(entries, dict[Priority, Duration])

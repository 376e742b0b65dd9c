"""Which clocks run for a case, until when, and what if they run out? One row a kind of deadline."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from bff.calendars import Duration, due
from bff.cases.conditions import (
    agent_has_to_rule,
    appeal_is_possible,
    customer_has_to_answer,
    customer_has_to_send,
    dispute_is_possible,
    exchange_is_awaited,
    merchant_has_to_answer,
    parcel_is_under_way,
    settlement_is_due,
    warehouse_has_to_look,
)
from bff.cases.state import CaseState
from bff.cases.transitions import Condition
from bff.markets import Market
from bff.vocabulary import DeadlineKind, Word

DEADLINES_FILE = Path(__file__).with_name("deadlines.toml")


class OnExpiry(Word):
    """What the passing of a deadline does; the table of transitions says where it leads."""

    APPROVE = "APPROVE"  # silence is consent
    EXPIRE = "EXPIRE"  # the right is lost
    PAY = "PAY"  # nothing more is waited for: all that is due is paid, goods that were never sent in money
    COMPLETE = "COMPLETE"  # what was sent counts as delivered
    CLOSE = "CLOSE"  # a window shuts, and nothing else happens
    ESCALATE = "ESCALATE"  # somebody else is told to look


class Clock(Struct, frozen=True):
    """A clock that runs while `runs` holds; with `restarts` it starts anew when the case changes its status."""

    kind: DeadlineKind
    runs: Condition
    on_expiry: OnExpiry
    restarts: bool = False


class Started(Struct, frozen=True):
    """A clock that has just started, and the absolute instant, in UTC, at which it runs out."""

    kind: DeadlineKind
    due_at: datetime
    on_expiry: OnExpiry


CLOCKS: tuple[Clock, ...] = (
    Clock(DeadlineKind.MERCHANT_RESPONSE, merchant_has_to_answer, OnExpiry.APPROVE),
    Clock(DeadlineKind.OFFER_RESPONSE, customer_has_to_answer, OnExpiry.CLOSE),
    Clock(DeadlineKind.CUSTOMER_SHIPMENT, customer_has_to_send, OnExpiry.EXPIRE),
    Clock(DeadlineKind.RETURN_TRANSIT, parcel_is_under_way, OnExpiry.PAY),
    Clock(DeadlineKind.WAREHOUSE_INSPECTION, warehouse_has_to_look, OnExpiry.PAY),
    Clock(DeadlineKind.REFUND, settlement_is_due, OnExpiry.PAY),
    Clock(DeadlineKind.EXCHANGE_ARRIVAL, exchange_is_awaited, OnExpiry.COMPLETE),
    Clock(DeadlineKind.DISPUTE_WINDOW, dispute_is_possible, OnExpiry.CLOSE, restarts=True),
    Clock(DeadlineKind.APPEAL_WINDOW, appeal_is_possible, OnExpiry.CLOSE),
    Clock(DeadlineKind.RULING, agent_has_to_rule, OnExpiry.ESCALATE),
)


def started(before: CaseState | None, after: CaseState, market: Market, at: datetime) -> tuple[Started, ...]:
    """The clocks that a change from `before` to `after` (None to the first state) starts at that instant."""
    return tuple(
        Started(clock.kind, due(market, at, duration(market, clock.kind)), clock.on_expiry)
        for clock in starting(before, after)
    )


def starting(before: CaseState | None, after: CaseState) -> tuple[Clock, ...]:
    """Which clocks the change starts, before anybody asks for how long.

    A clock that has run out does not start again while what it waited for stays as it is.
    """
    return tuple(
        clock for clock in CLOCKS if clock.runs(after) and not (before and _goes_on(clock, before, after))
    )


def stopped(before: CaseState, after: CaseState) -> tuple[DeadlineKind, ...]:
    """The clocks that the change stops: their deadlines are settled, before those of `started` are written."""
    return tuple(clock.kind for clock in CLOCKS if clock.runs(before) and not _goes_on(clock, before, after))


def duration(market: Market, kind: DeadlineKind) -> Duration:
    """How long that may take in that market, from deadlines.toml."""
    by_market = _durations()
    return by_market.get(market.code, {}).get(kind) or by_market["everywhere"][kind]


def _goes_on(clock: Clock, before: CaseState, after: CaseState) -> bool:
    anew = clock.restarts and before.status is not after.status
    return clock.runs(before) and clock.runs(after) and not anew


@cache
def _durations() -> dict[str, dict[DeadlineKind, Duration]]:
    entries = tomllib.loads(DEADLINES_FILE.read_text(encoding="utf-8"))
    return msgspec.convert(entries, dict[str, dict[DeadlineKind, Duration]])

"""By when is a first answer due? In hours of business by priority, or by the clock where a plugin promised."""

from datetime import UTC, datetime

import pytest

from bff.tickets.targets import first_response_due
from bff.vocabulary import Priority

# Friday, 20 November 2026, noon in Singapore, whose hours are 09:00 to 18:00, Monday to Friday.
FRIDAY_NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("priority", "day", "hour"),
    [
        (Priority.URGENT, 20, 5),  # 13:00 the same day
        (Priority.HIGH, 20, 8),  # 16:00 the same day
        (Priority.NORMAL, 23, 3),  # six hours on Friday, two on Monday
        (Priority.LOW, 24, 2),  # six on Friday, nine on Monday, one on Tuesday
    ],
)
def test_each_priority_has_its_target_in_hours_of_business(priority: Priority, day: int, hour: int) -> None:
    due = first_response_due("SG", FRIDAY_NOON, priority, None)
    assert due == datetime(2026, 11, day, hour, 0, tzinfo=UTC)


def test_a_question_after_hours_counts_from_the_next_opening() -> None:
    assert first_response_due("SG", FRIDAY_NIGHT, Priority.URGENT, None) == datetime(
        2026, 11, 23, 2, 0, tzinfo=UTC
    )


def test_what_a_plugin_promised_runs_at_night_too() -> None:
    assert first_response_due("SG", FRIDAY_NIGHT, Priority.LOW, 60) == datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def test_a_promise_of_no_minutes_is_none() -> None:
    urgent = first_response_due("SG", FRIDAY_NOON, Priority.URGENT, None)
    assert first_response_due("SG", FRIDAY_NOON, Priority.URGENT, 0) == urgent


def test_every_market_counts_in_its_own_hours() -> None:
    at = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)  # 11:30 in Berlin, evening in Singapore
    berlin, singapore = (first_response_due(code, at, Priority.URGENT, None) for code in ("DE", "SG"))
    assert (berlin.day, singapore.day) == (20, 23)

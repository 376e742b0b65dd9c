"""When does a window close? At the end of a market's day, whatever clock the customer reads."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.markets import UnknownMarketError, market, markets
from bff.money import exponent


def test_the_window_closes_fourteen_days_after_delivery_in_germany() -> None:
    delivered = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday; 16 March 2026 is one too
    assert market("DE").window_end(delivered, 14) == datetime(2026, 3, 16, 23, 0, tzinfo=UTC)


def test_the_anchor_day_is_the_markets_not_utcs() -> None:
    delivered = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # 2 March, 01:00 in Shanghai
    assert market("CN").window_end(delivered, 7) == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)


def test_a_spring_clock_change_never_shortens_a_window_below_its_hours() -> None:
    delivered = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    assert market("DE").window_end(delivered, 30) == delivered + timedelta(days=30)


def test_a_last_day_off_moves_to_the_next_working_day_where_the_law_says_so() -> None:
    delivered = datetime(2026, 4, 17, 10, 0, tzinfo=UTC)  # 1 May 2026 is a holiday, 2 and 3 May a weekend
    assert market("DE").window_end(delivered, 14, moves_to_working_day=True) == datetime(
        2026, 5, 4, 22, 0, tzinfo=UTC
    )
    assert market("DE").window_end(delivered, 14) == datetime(2026, 5, 1, 22, 0, tzinfo=UTC)


def test_a_weekend_day_that_makes_up_for_a_holiday_is_a_working_day_in_china() -> None:
    assert market("CN").is_working_day(date(2026, 2, 14))  # a Saturday, worked for the Spring Festival
    assert not market("CN").is_working_day(date(2026, 2, 17))
    assert not market("CN").is_working_day(date(2026, 2, 7))


def test_vietnam_works_on_saturdays_and_germany_does_not() -> None:
    saturday = date(2026, 6, 6)
    assert market("VN").is_working_day(saturday)
    assert not market("DE").is_working_day(saturday)


@pytest.mark.parametrize("code", sorted(markets()))
def test_every_market_can_price_and_keep_time(code: str) -> None:
    kept = market(code)
    assert exponent(kept.currency) in {0, 2, 3}
    assert kept.start_of_day(date(2026, 7, 1)).tzinfo is UTC
    assert set(kept.name) == {"en", "zh"}


def test_an_unknown_market_names_those_that_there_are() -> None:
    with pytest.raises(UnknownMarketError, match="'XX' is no market of this shop; there are CN, DE"):
        market("XX")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - aware by st
    st.integers(0, 730),
    st.sampled_from(sorted(markets())),
    st.integers(-12, 14),
)
def test_a_window_is_the_same_for_every_offset_and_never_shorter_than_its_days(
    anchor: datetime, days: int, code: str, offset: int
) -> None:
    end = market(code).window_end(anchor, days)
    elsewhere = anchor.astimezone(timezone(timedelta(hours=offset)))
    assert end == market(code).window_end(elsewhere, days)
    assert end - anchor >= timedelta(days=days)
    assert end - anchor <= timedelta(days=days + 1, hours=1)

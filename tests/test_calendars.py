"""When is it due? The published clocks of marketplaces, and laws over any market, instant and duration."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.calendars import Days, Duration, Minutes, OpenMinutes, WorkingDays, due, opening, working_day_after
from bff.markets import Market, market, markets

JD_EVIDENCE = OpenMinutes(4 * 60, every_day=True)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware
places = st.sampled_from(sorted(markets())).map(market)
law = settings(max_examples=150, deadline=None)


def local(code: str, text: str) -> datetime:
    """An instant as the market's clocks show it."""
    return datetime.fromisoformat(text).replace(tzinfo=market(code).zone)


def due_locally(code: str, start: str, duration: Duration) -> str:
    """When it is due, by the market's clock."""
    ends = due(market(code), local(code, start), duration)
    assert ends.tzinfo is UTC
    return ends.astimezone(market(code).zone).strftime("%Y-%m-%d %H:%M")


# ---- as published -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-03-02 10:00", "2026-03-02 14:00"),  # the rule's first example
        ("2026-03-02 14:01", "2026-03-03 09:01"),  # its second
        ("2026-03-02 14:00", "2026-03-02 18:00"),
        ("2026-03-02 17:59", "2026-03-03 12:59"),
        ("2026-03-02 18:00", "2026-03-03 13:00"),
        ("2026-03-02 23:30", "2026-03-03 13:00"),
        ("2026-03-02 03:00", "2026-03-02 13:00"),
        ("2026-03-06 14:01", "2026-03-07 09:01"),  # a Friday: Saturdays are days like any other
        ("2026-02-16 14:01", "2026-02-17 09:01"),  # and so is the Spring Festival
    ],
)
def test_jd_gives_four_hours_of_its_desks_day_for_more_evidence(asked: str, expected: str) -> None:
    assert due_locally("CN", asked, JD_EVIDENCE) == expected


@pytest.mark.parametrize(
    ("code", "start", "duration", "expected"),
    [
        # Lazada Singapore, two working days to act, asked on Friday the 13th: Monday and, after the two days of
        # Chinese New Year, Thursday.
        ("SG", "2026-02-13 15:00", WorkingDays(2), "2026-02-20 00:00"),
        ("SG", "2026-03-02 00:00", WorkingDays(2), "2026-03-05 00:00"),
        # Shopee, two days to answer and one on an offer, weekend or not.
        ("MY", "2026-03-06 23:59", Days(2), "2026-03-09 00:00"),
        ("PH", "2026-03-06 08:00", Days(1), "2026-03-08 00:00"),
        # Shopee Malaysia, five working days to rule.
        ("MY", "2026-03-02 11:00", WorkingDays(5), "2026-03-10 00:00"),
        # TikTok Shop, one working day: on a Saturday Thailand rests and Vietnam works.
        ("TH", "2026-03-06 16:00", WorkingDays(1), "2026-03-10 00:00"),
        ("VN", "2026-03-06 16:00", WorkingDays(1), "2026-03-08 00:00"),
        # TikTok Shop Indonesia, two calendar days.
        ("ID", "2026-03-06 16:00", Days(2), "2026-03-09 00:00"),
        # JD, 48 hours for the merchant, to the minute and through the night.
        ("CN", "2026-03-06 14:01", Minutes(48 * 60), "2026-03-08 14:01"),
        # eBay, three business days, over the Fourth of July, kept on Friday the third.
        ("US", "2026-07-01 12:00", WorkingDays(3), "2026-07-08 00:00"),
        # Regulation 1182/71: a fortnight that ends on Labour Day ends with the next working day.
        ("DE", "2026-04-17 12:00", Days(14, moves_to_working_day=True), "2026-05-05 00:00"),
    ],
)
def test_a_published_clock_runs_out_as_published(code: str, start: str, duration: Duration, expected: str) -> None:
    assert due_locally(code, start, duration) == expected


def test_chinas_make_up_saturday_is_a_working_day() -> None:
    assert due_locally("CN", "2026-02-13 12:00", WorkingDays(1)) == "2026-02-15 00:00"
    assert due_locally("CN", "2026-02-14 12:00", WorkingDays(1)) == "2026-02-25 00:00"


def test_hours_of_business_skip_the_night_the_weekend_and_the_holiday() -> None:
    assert due_locally("DE", "2026-04-30 16:30", OpenMinutes(60)) == "2026-05-04 09:30"
    assert due_locally("DE", "2026-05-02 11:00", OpenMinutes(60)) == "2026-05-04 10:00"
    assert due_locally("VN", "2026-03-07 17:00", OpenMinutes(60)) == "2026-03-09 08:30"


def test_a_shop_opens_by_its_wall_clock_whatever_the_season() -> None:
    before, after = date(2026, 3, 27), date(2026, 3, 30)  # the Friday and the Monday around the change
    assert opening(market("DE"), before)[0] == datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert opening(market("DE"), after)[0] == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert due_locally("DE", "2026-03-27 16:00", OpenMinutes(8 * 60)) == "2026-03-30 16:00"


def test_minutes_are_as_long_in_the_night_of_the_clock_change() -> None:
    assert due_locally("DE", "2026-03-28 12:00", Minutes(24 * 60)) == "2026-03-29 13:00"
    assert due_locally("US", "2026-10-31 12:00", Minutes(24 * 60)) == "2026-11-01 11:00"


def test_a_clock_change_never_shortens_days_below_their_hours() -> None:
    assert due_locally("DE", "2026-03-28 23:30", Days(1)) == "2026-03-30 00:30"
    assert due_locally("DE", "2026-03-28 22:30", Days(1)) == "2026-03-30 00:00"


def test_a_time_of_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-02T14:01:00 has no time zone"):
        due(market("CN"), datetime(2026, 3, 2, 14, 1), JD_EVIDENCE)  # noqa: DTZ001 - that is what is refused


@pytest.mark.parametrize("count", [0, -1])
def test_a_duration_counts_from_one(count: int) -> None:
    with pytest.raises(ValueError, match="counts from one"):
        WorkingDays(count)


def test_data_files_say_how_long_in_the_units_words() -> None:
    read = msgspec.convert({"unit": "open_minutes", "count": 240, "every_day": True}, Duration)
    assert read == JD_EVIDENCE
    with pytest.raises(msgspec.ValidationError, match="counts from one"):
        msgspec.convert({"unit": "days", "count": 0}, Duration)


# ---- laws ---------------------------------------------------------------------------------------

lengths: st.SearchStrategy[Duration] = st.one_of(
    st.builds(Minutes, st.integers(1, 20_000)),
    st.builds(OpenMinutes, st.integers(1, 5_000), st.booleans()),
    st.builds(WorkingDays, st.integers(1, 30)),
    st.builds(Days, st.integers(1, 60), st.booleans()),
)


@law
@given(places, instants, instants, lengths)
def test_who_starts_later_is_never_due_earlier(
    where: Market, one: datetime, other: datetime, long: Duration
) -> None:
    first, second = sorted((one, other))
    assert first < due(where, first, long) <= due(where, second, long)


@law
@given(places, instants, lengths)
def test_one_more_is_never_due_earlier(where: Market, start: datetime, long: Duration) -> None:
    longer = msgspec.structs.replace(long, count=long.count + 1)
    assert due(where, start, long) <= due(where, start, longer)


@law
@given(places, instants, lengths, st.sampled_from(["Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin"]))
def test_the_callers_zone_changes_nothing(where: Market, start: datetime, long: Duration, zone: str) -> None:
    assert due(where, start.astimezone(ZoneInfo(zone)), long) == due(where, start, long)


@law
@given(places, instants, st.integers(1, 3_000), st.integers(1, 3_000), st.booleans())
def test_open_minutes_add_up(where: Market, start: datetime, one: int, other: int, every_day: bool) -> None:  # noqa: FBT001 - drawn
    halfway = due(where, start, OpenMinutes(one, every_day))
    assert due(where, halfway, OpenMinutes(other, every_day)) == due(
        where, start, OpenMinutes(one + other, every_day)
    )


@law
@given(places, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 20), st.integers(0, 20))
def test_working_days_add_up(where: Market, day: date, one: int, other: int) -> None:
    halfway = working_day_after(where, day, one)
    assert working_day_after(where, halfway, other) == working_day_after(where, day, one + other)


@law
@given(places, instants, st.integers(1, 5_000), st.booleans())
def test_hours_of_business_never_end_while_business_is_closed(
    where: Market,
    start: datetime,
    count: int,
    every_day: bool,  # noqa: FBT001 - drawn
) -> None:
    ends = due(where, start, OpenMinutes(count, every_day)).astimezone(where.zone)
    opens, closes = (time.fromisoformat(hour) for hour in where.business_hours)
    assert every_day or where.is_working_day(ends.date())
    assert opens < ends.timetz().replace(tzinfo=None) <= closes


@settings(max_examples=25, deadline=None)
@given(places, instants.map(lambda at: at.replace(second=0, microsecond=0)), st.integers(1, 1_200))
def test_hours_of_business_are_what_counting_minute_by_minute_gives(
    where: Market, start: datetime, count: int
) -> None:
    opens, closes = (time.fromisoformat(hour) for hour in where.business_hours)
    at, counted = start, 0
    while counted < count:
        clock = at.astimezone(where.zone)
        counted += where.is_working_day(clock.date()) and opens <= clock.time() < closes
        at += timedelta(minutes=1)
    assert due(where, start, OpenMinutes(count)) == at


@law
@given(places, instants, st.integers(1, 30))
def test_working_days_end_at_the_midnight_after_a_working_day_and_hold_that_many(
    where: Market, start: datetime, count: int
) -> None:
    ends = due(where, start, WorkingDays(count))
    last = where.local_day(ends) - timedelta(days=1)
    days = (last - where.local_day(start)).days
    between = [where.local_day(start) + timedelta(days=n) for n in range(1, days + 1)]
    assert ends == where.start_of_day(where.local_day(ends))
    assert where.is_working_day(last)
    assert sum(where.is_working_day(day) for day in between) == count

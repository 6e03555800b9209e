from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import FixedClock, SystemClock, isoformat, parse_iso

BEIJING = timezone(timedelta(hours=8))
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, BEIJING, timezone(timedelta(hours=-9, minutes=-30))]),
)


def test_the_system_clock_tells_aware_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 2, 28, 23, 0, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.advance(timedelta(hours=2))
    assert clock.now() == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 7, 1, 8, 30, 15, 123999, tzinfo=BEIJING)
    assert isoformat(moment) == "2026-07-01T00:30:15.123Z"


@given(MOMENTS)
def test_what_was_written_reads_back_to_the_millisecond(moment: datetime) -> None:
    back = parse_iso(isoformat(moment))
    assert back.tzinfo is UTC
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T08:00:00Z", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01T08:00:00+08:00", datetime(2026, 7, 1, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 7, 1, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_taken_as_utc(text: str, moment: datetime) -> None:
    assert parse_iso(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-07-01T25:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_iso(text)

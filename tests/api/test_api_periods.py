"""Periods: whole local days, what they are compared with, and dates that make none."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from api.periods import Period, chosen_period
from core.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Half past midnight of the 31st in Shanghai: still the 30th in UTC.
NOW = datetime(2026, 3, 30, 16, 30, tzinfo=UTC)


def chosen(code: str = "", first: str = "", last: str = "") -> Period:
    return chosen_period(code, first, last, now=NOW, zone=SHANGHAI)


def days(period: Period) -> tuple[str, str]:
    return period.first.isoformat(), period.last.isoformat()


@pytest.mark.parametrize(
    ("code", "expected", "before"),
    [
        ("7", ("2026-03-25", "2026-03-31"), ("2026-03-18", "2026-03-24")),
        ("30", ("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01")),
        ("", ("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01")),
        ("nonsense", ("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01")),
        # February has no 31st: the whole month is what the month so far is compared with.
        ("month", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ("last_month", ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
    ],
)
def test_a_period_ends_with_the_local_day_and_knows_the_one_before(
    code: str, expected: tuple[str, str], before: tuple[str, str]
) -> None:
    period = chosen(code)
    assert days(period) == expected
    assert days(period.previous()) == before


def test_a_month_so_far_is_compared_with_the_same_days() -> None:
    now = datetime(2026, 3, 10, 4, tzinfo=UTC)
    period = chosen_period("month", "", "", now=now, zone=SHANGHAI)
    assert days(period) == ("2026-03-01", "2026-03-10")
    assert days(period.previous()) == ("2026-02-01", "2026-02-10")


def test_days_begin_at_local_midnight() -> None:
    period = chosen("", "2026-03-01", "2026-03-02")
    assert period.after == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert period.before == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert period.days == 2
    assert period.fields == {"from": "2026-03-01", "to": "2026-03-02"}


def test_days_that_have_not_come_are_left_out_and_one_date_is_enough() -> None:
    assert chosen("", "2026-03-30", "2027-01-01").last == date(2026, 3, 31)
    assert days(chosen("", "2026-03-30", "")) == ("2026-03-30", "2026-03-31")
    assert days(chosen("", "", "2026-03-05")) == ("2026-03-05", "2026-03-05")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-05", "2026-03-04"),
        ("2026-04-01", "2026-04-02"),
        ("2020-01-01", "2026-03-01"),
        ("yesterday", ""),
        ("2026-02-30", ""),
        ("0001-01-01", "0001-01-02"),
        ("2026-03-01", "x"),
    ],
)
def test_dates_that_make_no_period_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        chosen("", first, last)
    assert refused.value.field in {"from", "to"}

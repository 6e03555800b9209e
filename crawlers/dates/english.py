"""Dates with the month as a word: RFC 822, Weibo's API, Java's and the usual English ones."""

import re
from datetime import datetime
from typing import Final

from crawlers.dates.time_of_day import TIME, at

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH: Final = r"(?P<name>" + "|".join(_MONTHS) + r")[a-z]{0,6}\.?"
DAY_FIRST: Final = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-](?:of )?"
    + _MONTH
    + r",?[\s-](?P<year>\d{4}|\d{2}(?=\s\d))(?!\d)"
    + TIME,
    re.IGNORECASE,
)
# Mon Nov 03 08:09:10 +0800 2025 has the year behind, Nov 3, 2025 before the time.
MONTH_FIRST: Final = re.compile(
    _MONTH + r"\s(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year>(?:19|20)\d{2})(?!\d))?"
    + TIME + r"(?:\s(?P<late>(?:19|20)\d{2})(?!\d))?",
    re.IGNORECASE,
)  # fmt: skip


def read_day_first(found: re.Match[str], now: datetime) -> datetime:
    """Read 03 Nov 2025 08:09:10 +0800 (RFC 822 also has years of two figures)."""
    year = int(found["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    return at(now.replace(year=year, month=_month(found), day=int(found["day"])), found)


def read_month_first(found: re.Match[str], now: datetime) -> datetime | None:
    """Read Nov 3, 2025 10:05 AM and Nov 03 08:09:10 +0800 2025."""
    year = found["year"] or found["late"]
    if year is None:
        return None
    return at(now.replace(year=int(year), month=_month(found), day=int(found["day"])), found)


def _month(found: re.Match[str]) -> int:
    return _MONTHS.index(found["name"].lower()) + 1

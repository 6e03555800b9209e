"""Dates in figures: 2025-11-03, 2025年11月3日, 25-11-03, 20251103183000, 11-03 18:33."""

import re
from datetime import datetime, timedelta
from typing import Final

from crawlers.dates.time_of_day import TIME, at

_DAY: Final = r"(?P<day>\d{1,2})(?!\d)"
YEAR_FIRST: Final = re.compile(
    r"(?<![vV])(?P<year>(?:19|20)\d{2})(?:\s?年\s?(?P<month>\d{1,2})\s?[-月./]\s?"
    + _DAY
    + r"\s?[日号]?"
    r"|\s?(?P<mark>[-/.])\s?(?P<month2>\d{1,2})\s?(?P=mark)\s?(?P<day2>\d{1,2})(?!\.?\d)\s?[日号]?)"
    + TIME,
    re.IGNORECASE,
)
SHORT_YEAR: Final = re.compile(
    r"(?P<year>\d{2})(?:年(?P<month>\d{1,2})月" + _DAY + r"[日号]?"
    r"|(?P<mark>[-/])(?P<month2>\d{2})(?P=mark)(?P<day2>\d{2})(?![\d/-]))" + TIME,
    re.IGNORECASE,
)
# Numbers of orders, issues and licences look like this as well: no letter before, no 号 behind.
COMPACT: Final = re.compile(
    r"(?<![A-Za-z_#第№-])(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)"
    r"(?:(?P<hh>[01]\d|2[0-3])(?P<mm>[0-5]\d)(?:(?P<ss>[0-5]\d)(?:\d{3})?)?(?!\d)|(?!\d)"
    + TIME + r")(?![\w-]|\.\d)",
    re.IGNORECASE | re.ASCII,
)  # fmt: skip
_NUMBERED: Final = re.compile(r"\s?[号期元件辆次]")
MONTH_DAY: Final = re.compile(
    r"(?P<month>\d{1,2})\s?月\s?" + _DAY + r"(?:\s?[日号]|(?=\s|$))" + TIME, re.IGNORECASE
)
SHORT: Final = re.compile(
    r"(?P<month>\d{1,2})(?P<mark>[-/.])" + _DAY + r"(?![-/.]\d)" + TIME, re.IGNORECASE
)
# 10-20元, 3-5 and 1/2 are no dates: without a time both need two figures and nothing counted.
_BARE: Final = re.compile(
    r"\d\d[-/]\d\d(?=$|[\s,|·()\[\]【】;。]|发|来|编|更|IP)(?!\s?[元块%万人个岁名次倍℃度斤米条页天年月小分])"
)
_LABELLED: Final = re.compile(r"(?:^|[\s:于在布表间期日新辑|·,(\[【>])$")


def read_year_first(found: re.Match[str], now: datetime) -> datetime:
    """Read a date that begins with its four-figure year."""
    year, month, day = (
        found["year"],
        found["month"] or found["month2"],
        found["day"] or found["day2"],
    )
    return at(now.replace(year=int(year), month=int(month), day=int(day)), found)


def read_short_year(found: re.Match[str], now: datetime) -> datetime | None:
    """Read 25-11-03; a year that is still to come is none (31-12-05 may be anything)."""
    year = now.year // 100 * 100 + int(found["year"])
    if year > now.year:
        return None
    month, day = found["month"] or found["month2"], found["day"] or found["day2"]
    return at(now.replace(year=year, month=int(month), day=int(day)), found)


def read_compact(found: re.Match[str], now: datetime) -> datetime | None:
    """Read 20251103 and 20251103183000."""
    if _NUMBERED.match(found.string, found.end()):
        return None
    day = now.replace(year=int(found["year"]), month=int(found["month"]), day=int(found["day"]))
    if found["hh"] is None:
        return at(day, found)
    return day.replace(
        hour=int(found["hh"]), minute=int(found["mm"]), second=int(found["ss"] or 0), microsecond=0
    )


def read_short(found: re.Match[str], now: datetime) -> datetime | None:
    """Read 11-03 18:33 and, where nothing speaks against it, 11-03."""
    timed = found["hour"] is not None or found["alone"] is not None
    if found["mark"] == "." and not (timed and len(found["month"]) == len(found["day"]) == 2):
        return None
    if not timed and not (
        _BARE.match(found.string, found.start()) and _LABELLED.search(found.string[: found.start()])
    ):
        return None
    return read_month_day(found, now)


def read_month_day(found: re.Match[str], now: datetime) -> datetime | None:
    """Read 11月3日: of this year, or of the last where that is still to come."""
    if found.string.endswith(("农历", "阴历"), 0, found.start()):
        return None
    this_year = in_year(found, now, now.year)
    # 12-30 read on 2 January was last year; a few hours ahead is only a clock that is off.
    if this_year is None or this_year > now + timedelta(days=1):
        return in_year(found, now, now.year - 1)
    return this_year


def in_year(found: re.Match[str], now: datetime, year: int) -> datetime | None:
    """Return the month and day of *found* in *year*, or None where *year* has no such day."""
    try:
        return at(now.replace(year=year, month=int(found["month"]), day=int(found["day"])), found)
    except ValueError:  # 29 February
        return None

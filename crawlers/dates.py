"""When something was published: the forms that Chinese pages and feeds write dates in.

Results are aware UTC and never after *now*; a time without a zone is taken in *zone* (China).
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)

_TIME: Final = (
    r"(?:[\sT,，]*(?:(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上|AM|PM)\s*)?"
    r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{2})?分?(?:[:：]?(?P<second>\d{2}))?"
    r"(?:[.,]\d{1,9})?秒?(?:\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?"
)
_YEAR_FIRST: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*[-/.月]\s*"
    r"(?P<day>\d{1,2})(?!\d)\s*[日号]?" + _TIME,
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?(?!\d)"
)
_YEAR_WORD: Final = re.compile(
    r"(?P<word>今年|去年|前年)\s*(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?" + _TIME
)
_MONTH_DAY: Final = re.compile(
    r"(?<![\d.])(?P<month>\d{1,2})\s*[-/月]\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?" + _TIME
)
_DAY_WORD: Final = re.compile(r"(?P<word>今天|今日|昨天|昨日|昨晚|前天|前日)" + _TIME)
_WEEKDAY: Final = re.compile(
    r"(?P<word>上周|上星期|本周|这周|周|星期)(?P<day>[一二三四五六日天])" + _TIME
)
_CLOCK: Final = re.compile(
    r"^\s*(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?\s*$"
)
_AGO: Final = re.compile(
    r"(?P<count>\d+(?:\.\d+)?|[一二两三四五六七八九十]+|半|几)\s*个?半?\s*"
    r"(?P<unit>秒钟?|分钟?|小时|钟头|天|日|周|星期|礼拜|月|年|seconds?|minutes?|mins?|hours?|days?|weeks?)"
    r"\s*(?:之?前|以前|ago)"
)
_UNIX: Final = re.compile(r"^\s*(\d{10})(\d{3})?\s*$")
_NOW: Final = re.compile(r"刚刚|刚才|just now")

_AGO_SECONDS: Final = {
    "秒": 1, "分": 60, "小": 3600, "钟": 3600, "天": 86400, "日": 86400, "周": 7 * 86400,
    "星": 7 * 86400, "礼": 7 * 86400, "月": 30 * 86400, "年": 365 * 86400,
    "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400,
}  # fmt: skip
_DAYS_BACK: Final = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "前日": 2}
_YEARS_BACK: Final = {"今年": 0, "去年": 1, "前年": 2}
_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
                  "八": 8, "九": 9, "十": 10, "半": 0.5, "几": 3}  # fmt: skip
_AFTERNOON: Final = frozenset({"下午", "傍晚", "晚上", "pm"})


def parse_date(text: str | None, now: datetime, zone: tzinfo = CHINA) -> datetime | None:
    """Return the moment that *text* names, seen at *now* (aware), or None when it names none."""
    if not text or not text.strip():
        return None
    text = text.strip()[:200]
    local = now.astimezone(zone)
    for reader in _READERS:
        try:
            moment = reader(text, local)
        except (ValueError, OverflowError):
            continue  # 13月32日: not a date, though it looks like one
        if moment is not None:
            return clamp(moment, now, zone)
    return None


def clamp(moment: datetime, now: datetime, zone: tzinfo = CHINA) -> datetime | None:
    """Return *moment* in UTC, not after *now*; None for what cannot be a publication date."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return None if moment < _OLDEST else min(moment, now.astimezone(UTC))


def _iso(text: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}(?:[T ]|$)", text):
        return None
    return datetime.fromisoformat(text)


def _unix(text: str, now: datetime) -> datetime | None:
    found = _UNIX.match(text)
    return datetime.fromtimestamp(int(found.group(1)), UTC) if found else None


def _mail(text: str, now: datetime) -> datetime | None:
    if not re.search(r"[A-Za-z]{3}", text) or not re.search(r"\d{1,2}:\d{2}", text):
        return None
    text = re.sub(r"(?:GMT|UTC)\s*\+\s*0?8(?::?00)?$", "+0800", text.strip())
    moment = parsedate_to_datetime(text)
    # RFC 5322: -0000 is a time in UTC from a place it does not name.
    return moment.replace(tzinfo=UTC) if text.endswith("-0000") else moment


def _year_first(text: str, now: datetime) -> datetime | None:
    found = _YEAR_FIRST.search(text) or _COMPACT.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    return _at(_day(now, parts, int(parts["year"])), parts)


def _year_word(text: str, now: datetime) -> datetime | None:
    found = _YEAR_WORD.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    return _at(_day(now, parts, now.year - _YEARS_BACK[parts["word"]]), parts)


def _month_day(text: str, now: datetime) -> datetime | None:
    found = _MONTH_DAY.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    this_year = _in_year(parts, now, now.year)
    # 12-30 read on 2 January was last year; a few hours ahead is only a clock that is off.
    if this_year is None or this_year > now + timedelta(days=1):
        return _in_year(parts, now, now.year - 1)
    return this_year


def _in_year(parts: dict[str, str], now: datetime, year: int) -> datetime | None:
    try:
        return _at(_day(now, parts, year), parts)
    except ValueError:  # 29 February
        return None


def _day_word(text: str, now: datetime) -> datetime | None:
    found = _DAY_WORD.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    if parts["word"] == "昨晚":
        parts["half"] = parts["half"] or "晚上"
    return _at(now - timedelta(days=_DAYS_BACK[parts["word"]]), parts)


def _weekday(text: str, now: datetime) -> datetime | None:
    found = _WEEKDAY.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    wanted = "一二三四五六日".index(parts["day"].replace("天", "日"))
    back = now.weekday() - wanted
    if parts["word"].startswith("上") or back < 0:
        back += 7
    return _at(now - timedelta(days=back), parts)


def _ago(text: str, now: datetime) -> datetime | None:
    if _NOW.search(text):
        return now
    found = _AGO.search(text)
    if found is None:
        return None
    count, unit = found.group("count"), found.group("unit")
    amount = float(count) if count[0].isdigit() else _number(count)
    if "半" in found.group(0) and count != "半":
        amount += 0.5  # 一个半小时前
    return now - timedelta(seconds=amount * _AGO_SECONDS[unit[0]])


def _clock(text: str, now: datetime) -> datetime | None:
    found = _CLOCK.match(text)
    if found is None:
        return None
    moment = _at(now, found.groupdict())
    return moment if moment <= now + timedelta(minutes=5) else moment - timedelta(days=1)


def _number(word: str) -> float:
    if word in _DIGITS:
        return _DIGITS[word]
    tens, _, ones = word.partition("十")
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def _day(now: datetime, parts: dict[str, str], year: int) -> datetime:
    return now.replace(year=year, month=int(parts["month"]), day=int(parts["day"]))


def _at(day: datetime, parts: dict[str, str]) -> datetime:
    """*day* at the time of *parts*, or at its beginning; *parts* may name the zone."""
    hour, half = int(parts.get("hour") or 0), (parts.get("half") or "").lower()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    if half in {"am", "凌晨"} and hour == 12:
        hour = 0
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    zone = parts.get("zone")
    days, hour = divmod(hour, 24) if hour == 24 else (0, hour)
    moment = day.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if zone:
        moment = moment.replace(tzinfo=datetime.strptime(_offset(zone), "%z").tzinfo)
    return moment + timedelta(days=days)


def _offset(zone: str) -> str:
    return zone if zone[0] in "+-" else "+0000"


_READERS: Final[tuple[Callable[[str, datetime], datetime | None], ...]] = (
    _iso,
    _unix,
    _mail,
    _year_first,
    _year_word,
    _ago,
    _day_word,
    _weekday,
    _month_day,
    _clock,
)

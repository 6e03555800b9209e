"""Dates counted from now: 3小时前, 昨天 18:33, 周三, 去年12月1日, 本月3日."""

import re
from datetime import datetime, timedelta
from typing import Final

from crawlers.dates.numeric import in_year
from crawlers.dates.time_of_day import TIME, at

_COUNT: Final = r"(?:\d{1,5}(?:\.\d{1,3})?|半|几|数|an?(?=\s))"
_UNIT: Final = (
    r"秒钟?|分钟?|小时|钟头|天|日|周|星期|礼拜|月|年"
    r"|sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?"
)
AGO: Final = re.compile(
    rf"(?P<count>{_COUNT})\s?[多余来]?\s?个?\s?(?P<more>半)?[多余]?\s?(?P<unit>{_UNIT})[多半]?"
    rf"(?:零?\s?(?P<count2>\d{{1,4}})\s?(?P<unit2>分钟?|秒钟?|小时|天|个?月))?"
    rf"\s?(?:之前|以前|前(?![后往端台面言]|\d)|\bago\b)" + TIME,
    re.IGNORECASE,
)
JUST_NOW: Final = re.compile(r"刚刚|刚才|just now|moments? ago", re.IGNORECASE)
DAY_WORD: Final = re.compile(
    r"(?:(?P<word>今天|今日|昨天|昨日|大前天|前天|前日|today|yesterday)"
    r"|(?P<short>今|昨|前)(?P<daypart>早|晨|晚|夜)(?![报会餐饭安])(?P<upon>[上间里])?)" + TIME,
    re.IGNORECASE,
)
WEEKDAY: Final = re.compile(
    r"(?<![下每至到~\d一二三四五六日-])(?P<word>上上个?周|上个?周|上个?星期|上个?礼拜|本周|这周|这个?星期|周|星期|礼拜)"
    r"(?P<day>[一二三四五六日天])(?!\s?[-至到~、])" + TIME,
    re.IGNORECASE,
)
YEAR_WORD: Final = re.compile(
    r"(?P<word>今年|去年|前年)\s?(?P<month>\d{1,2})\s?[月/-]\s?(?P<day>\d{1,2})(?!\d)\s?[日号]?"
    + TIME,
    re.IGNORECASE,
)
MONTH_WORD: Final = re.compile(
    r"(?P<word>本月|这个?月|当月|上个?月)\s?(?P<day>\d{1,2})\s?[日号]" + TIME, re.IGNORECASE
)

_SECONDS: Final = {
    "秒": 1, "分": 60, "小": 3600, "钟": 3600, "天": 86400, "日": 86400, "周": 7 * 86400,
    "星": 7 * 86400, "礼": 7 * 86400, "月": 30 * 86400, "个": 30 * 86400, "年": 365 * 86400,
    "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400, "y": 365 * 86400,
}  # fmt: skip
_DAYS_BACK: Final = {
    "今": 0, "today": 0, "昨": 1, "yesterday": 1, "前": 2, "大": 3,
}  # fmt: skip
_YEARS_BACK: Final = {"今年": 0, "去年": 1, "前年": 2}
_VAGUE: Final = {"半": 0.5, "几": 3.0, "数": 3.0, "a": 1.0, "an": 1.0}


def read_just_now(found: re.Match[str], now: datetime) -> datetime:
    """Read 刚刚."""
    return now


def read_ago(found: re.Match[str], now: datetime) -> datetime:
    """Read 3小时前, 一个半小时前, 1小时5分钟前, 3天前 18:33; a month has 30 days, a year 365."""
    amount = _amount(found["count"])
    if found["more"] and found["count"] != "半":
        amount += 0.5
    seconds = amount * _seconds(found["unit"])
    if found["count2"]:
        seconds += float(found["count2"]) * _seconds(found["unit2"])
    moment = now - timedelta(seconds=seconds)
    return at(moment, found) if found["hour"] and seconds >= 86400 else moment


def read_day_word(found: re.Match[str], now: datetime) -> datetime:
    """Read 昨天 18:33 and 昨晚8点."""
    word = (found["word"] or found["short"]).lower()
    back = _DAYS_BACK.get(word[0], _DAYS_BACK.get(word, 0))
    return at(now - timedelta(days=back), found, found["daypart"])


def read_weekday(found: re.Match[str], now: datetime) -> datetime:
    """Read 周三 12:00 as the last one there was; 上周三 is of the week before this."""
    back = now.weekday() - "一二三四五六日".index(found["day"].replace("天", "日"))
    word = found["word"]
    if word.startswith("上"):
        back += 14 if word.startswith("上上") else 7
    elif back < 0:
        back += 7
    return at(now - timedelta(days=back), found)


def read_year_word(found: re.Match[str], now: datetime) -> datetime | None:
    """Read 去年12月1日."""
    return in_year(found, now, now.year - _YEARS_BACK[found["word"]])


def read_month_word(found: re.Match[str], now: datetime) -> datetime:
    """Read 本月3日 and 上个月3日."""
    first = now.replace(day=1)
    if found["word"].startswith("上"):
        first = (first - timedelta(days=1)).replace(day=1)
    return at(first.replace(day=int(found["day"])), found)


def _amount(count: str) -> float:
    return float(count) if count[0].isdigit() else _VAGUE[count.lower()]


def _seconds(unit: str) -> int:
    unit = unit.lower()
    return _SECONDS["mo"] if unit.startswith("mo") else _SECONDS[unit[0]]

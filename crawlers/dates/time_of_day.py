"""The time behind a day: 18:33, 下午3点半, 9:05 PM, with its zone."""

import re
from datetime import datetime, timedelta
from typing import Final

from crawlers.dates.zones import ZONE, zone_of

# When a part of the day begins, for texts that tell no hour.
_BEGINS: Final = {
    "凌晨": 0, "半夜": 0, "清晨": 6, "早晨": 6, "早上": 6, "早": 6, "晨": 6, "上午": 8, "am": 0,
    "中午": 12, "正午": 12, "午间": 12, "下午": 13, "午后": 13, "pm": 12, "傍晚": 17,
    "晚上": 18, "晚间": 18, "晚": 18, "夜间": 18, "夜里": 18, "夜": 18, "深夜": 22,
}  # fmt: skip
_AFTERNOON: Final = frozenset({"下午", "午后", "傍晚", "pm"})
_NIGHT: Final = frozenset({"晚上", "晚间", "晚", "夜间", "夜里", "夜", "深夜"})
_PARTS: Final = (
    "凌晨|半夜|清晨|早晨|早上|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜间|夜里|深夜"
)
_HOUR: Final = (
    r"(?P<hour>[01]?\d|2[0-4])(?:"
    r"\s?:\s?(?P<minute>[0-5]\d)(?!\d)"
    r"(?::(?P<second>[0-5]\d)(?!\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|\s?[点时](?![间代光候])(?:(?P<half>半)|(?P<quarter>[13])刻|\s?(?P<minutes>[0-5]?\d)(?!\d)"
    r"(?:\s?分\s?(?:(?P<seconds>[0-5]?\d)\s?秒)?)?)?)"
    r"(?:\s?(?P<suffix>[ap]\.?m)\b)?(?:\s?" + ZONE + ")?"
)
_WEEKDAY: Final = (
    r"(?:\(?(?:周|星期|礼拜)[一二三四五六日天]\)?|\(?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\)?)"
)
TIME: Final = (
    rf"(?:[\sT,|/·_-]{{0,4}}(?:{_WEEKDAY}[\s,|]{{0,3}})?(?:at\s)?"
    rf"(?:(?P<part>{_PARTS}|[早晨晚夜](?=\s?\d|\s|$)|[ap]m)?\s?{_HOUR}|(?P<alone>{_PARTS}|[早晨晚夜](?=\s|$))))?"
)
CLOCK: Final = re.compile(rf"(?:(?P<part>{_PARTS}|[ap]m)\s?)?{_HOUR}\s?$", re.IGNORECASE)


def at(day: datetime, found: re.Match[str], part: str | None = None) -> datetime:
    """Return *day* at the time that *found* (of a pattern with ``TIME``) tells, else its beginning.

    *part* is the part of the day that the word for the day has in it (昨晚).
    """
    told = found.groupdict()
    part = (told.get("part") or told.get("suffix") or told.get("alone") or part or "").lower()
    part = part.replace(".", "")
    if told["hour"] is None:
        return day.replace(hour=_BEGINS.get(part, 0), minute=0, second=0, microsecond=0)
    days, hour = _hour(int(told["hour"]), part)
    moment = day.replace(
        hour=hour, minute=_minute(told), second=int(told["second"] or told["seconds"] or 0),
        microsecond=int((told["fraction"] or "0").ljust(6, "0")[:6]),
    )  # fmt: skip
    if told["zone"]:
        moment = moment.replace(tzinfo=zone_of(told["zone"]))
    return moment + timedelta(days=days)


def _hour(hour: int, part: str) -> tuple[int, int]:
    """Return how many days later, and at which of 24 hours."""
    if part in _AFTERNOON and hour < 12:
        hour += 12
    elif part in _NIGHT and hour < 12:
        hour += 24 if hour < 5 else 12  # 昨晚1点 is after midnight
    elif part in _NIGHT and hour == 12:
        hour = 24
    elif part in {"中午", "正午", "午间"} and hour < 4:
        hour += 12
    elif part in {"am", "凌晨", "半夜"} and hour == 12:
        hour = 0
    return divmod(hour, 24)


def _minute(told: dict[str, str | None]) -> int:
    if told["half"]:
        return 30
    if told["quarter"]:
        return 15 * int(told["quarter"])
    return int(told["minute"] or told["minutes"] or 0)

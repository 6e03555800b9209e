"""From a text to the moment it names: the first date in it, as long as that day exists."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from crawlers.dates import english, numeric, relative
from crawlers.dates.limits import CHINA, clamp
from crawlers.dates.notation import normal
from crawlers.dates.stamps import read_stamp
from crawlers.dates.time_of_day import CLOCK, at

Reader = Callable[[re.Match[str], datetime], datetime | None]
Readers = tuple[tuple[re.Pattern[str], Reader], ...]

_LONGEST: Final = 200
_PUBLISHED: Final = re.compile(r"发布|发表|刊登|首发|创建|上传|published", re.IGNORECASE)
_UPDATED: Final = re.compile(r"更新|编辑于|修改|updated|modified", re.IGNORECASE)
_BEIJING: Final = re.compile(r"\(?北京时间\)?:?")
_LABEL: Final = re.compile(r"(?:发布|发表|更新|编辑)?(?:时间|日期|于)?[: ]{0,2}")
# Where a date may begin; a figure within a longer number or date is no beginning.
_BEGINNING: Final = re.compile(
    r"(?<!\d)(?<!\d[-./年:])\d|[今昨前大去上本这当周星礼刚半几数]"
    r"|(?<![a-z])(?:[adfjmnosty](?=[a-z ]))",
    re.IGNORECASE,
)
_FROM_FIGURES: Final[Readers] = (
    (numeric.YEAR_FIRST, numeric.read_year_first),
    (numeric.COMPACT, numeric.read_compact),
    (numeric.SHORT_YEAR, numeric.read_short_year),
    (relative.AGO, relative.read_ago),
    (numeric.MONTH_DAY, numeric.read_month_day),
    (numeric.SHORT, numeric.read_short),
    (english.DAY_FIRST, english.read_day_first),
)
_FROM_LETTERS: Final[Readers] = (
    (english.MONTH_FIRST, english.read_month_first),
    (relative.AGO, relative.read_ago),
    (relative.JUST_NOW, relative.read_just_now),
    (relative.DAY_WORD, relative.read_day_word),
)
_FROM_WORDS: Final[Readers] = (
    (relative.JUST_NOW, relative.read_just_now),
    (relative.AGO, relative.read_ago),
    (relative.DAY_WORD, relative.read_day_word),
    (relative.YEAR_WORD, relative.read_year_word),
    (relative.MONTH_WORD, relative.read_month_word),
    (relative.WEEKDAY, relative.read_weekday),
)


def parse_date(text: str | None, now: datetime, zone: tzinfo = CHINA) -> datetime | None:
    """Return the moment that *text* names, seen at *now* (aware), or None when it names none.

    The result is aware UTC and never after *now*; a time without a zone is taken in *zone*.
    Of a text with several dates the first counts, but the publication before an update.
    """
    if not text:
        return None
    text = text[: 4 * _LONGEST].strip()[:_LONGEST]
    moment = read_stamp(text, now)
    if moment is None:
        text = normal(text)
        if "北京时间" in text:
            text, zone = _BEIJING.sub(" ", text).strip(), CHINA
        moment = _read(text, now.astimezone(zone))
    return None if moment is None else clamp(moment, now, zone)


def _read(text: str, now: datetime) -> datetime | None:
    for part in _published_first(text):
        moment = _scan(part, now)
        if moment is not None:
            return moment
    found = CLOCK.match(text, _LABEL.match(text).end())  # type: ignore[union-attr]
    if found is None:
        return None
    moment = at(now, found)
    return moment if moment <= now + timedelta(minutes=5) else moment - timedelta(days=1)


def _published_first(text: str) -> tuple[str, ...]:
    updated = _UPDATED.search(text)
    if updated is None:
        return (text,)
    published = _PUBLISHED.search(text)
    if published is None:
        return (text,)
    if published.start() < updated.start():
        return text[: updated.start()], text
    return text[published.end() :], text


def _scan(text: str, now: datetime) -> datetime | None:
    after = 0
    for beginning in _BEGINNING.finditer(text):
        place, letter = beginning.start(), beginning.group()
        if place < after:
            continue
        readers = (
            _FROM_FIGURES
            if letter.isdigit()
            else _FROM_LETTERS
            if letter.isascii()
            else _FROM_WORDS
        )
        for pattern, reader in readers:
            found = pattern.match(text, place)
            if found is None:
                continue
            try:
                moment = reader(found, now)
            except (ValueError, OverflowError):
                after = found.end()  # 2月30日: not a day, and no part of it is one
                break
            if moment is not None:
                return moment
    return None

"""Which date of a page is its publication: a declared one, one it shows, or a guess."""

from collections.abc import Iterable
from datetime import datetime, time
from itertools import islice
from typing import Any, Final

from lxml import etree, html

from crawlers.dates import CHINA, parse_date
from crawlers.page_dates import declared, shown

_MIDNIGHT: Final = time(0, 0)
# Five times those of a heavy article page. Of more it would copy and read millions, for seconds.
_MOST_ELEMENTS: Final = 30_000


def page_date(tree: html.HtmlElement, now: datetime) -> datetime | None:
    """Return the publication date of the page *tree*, aware UTC and not after *now*, or None."""
    metas, scripts = declared.metas(tree), declared.scripts(tree)
    sure = _first(
        now,
        declared.published_metas(metas),
        declared.published_in_json(scripts),
        declared.marked_times(tree),
        declared.published_in_scripts(scripts),
        declared.marked_attributes(tree),
    )
    if sure is not None and _has_time(sure):
        return sure
    seen = _seen(tree, now)
    if sure is not None:
        # A day alone is declared; the line below the title mostly has the time as well.
        return seen if seen is not None and _has_time(seen) and _same_day(sure, seen) else sure
    perhaps = _first(now, declared.changed_in_json(scripts), declared.changed_metas(metas))
    chosen = _agreed(perhaps, seen) or _best(shown.classed(tree), now)
    return chosen if chosen is not None else _guessed(tree, now)


def _seen(tree: html.HtmlElement, now: datetime) -> datetime | None:
    near = _best(shown.near_title(tree), now)
    if near is not None and _has_time(near):
        return near
    # A bare day below the title may belong to the text; one with its label does not.
    return _best(shown.labelled(tree), now) or near


def _first(now: datetime, *sources: Iterable[str]) -> datetime | None:
    for source in sources:
        for text in source:
            moment = parse_date(text, now)
            if moment is not None:
                return moment
    return None


def _best(lines: Iterable[str], now: datetime) -> datetime | None:
    """Return the first date, or a later line's time of that day where the first has none."""
    best: datetime | None = None
    for line in lines:
        moment = parse_date(line, now)
        if moment is None or (best is not None and not _same_day(best, moment)):
            continue
        if _has_time(moment):
            return moment
        best = best or moment
    return best


def _agreed(perhaps: datetime | None, seen: datetime | None) -> datetime | None:
    """Choose between a date that may be that of a change and the one that readers see."""
    if perhaps is None or seen is None:
        return perhaps or seen
    if _same_day(perhaps, seen):
        return seen if _has_time(seen) else perhaps
    return min(perhaps, seen)


def _guessed(tree: html.HtmlElement, now: datetime) -> datetime | None:
    """Ask htmldate, which is slow and knows only days, for a page that gives no hint."""
    if next(islice(tree.iter(), _MOST_ELEMENTS, None), None) is not None:
        return None
    from htmldate import find_date

    settings: dict[str, Any] = {"extensive_search": False, "original_date": True}
    try:
        day = find_date(tree, max_date=now.astimezone(CHINA).strftime("%Y-%m-%d"), **settings)
    except (ValueError, TypeError, RecursionError, etree.LxmlError):
        return None
    return parse_date(day, now)


def _same_day(one: datetime, other: datetime) -> bool:
    return one.astimezone(CHINA).date() == other.astimezone(CHINA).date()


def _has_time(moment: datetime) -> bool:
    return moment.astimezone(CHINA).time() != _MIDNIGHT

"""When an article page was published: meta and ``<time>``, then htmldate, then the visible text."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from lxml import etree, html

from crawlers.dates import CHINA, parse_date

_META: Final = (
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "publishdate",
    "pubdate",
    "pubtime",
    "publish_time",
    "datepublished",
    "weibo: article:create_at",
    "apub:time",
    "dc.date",
    "date",
)
_JSON_DATE: Final = re.compile(
    r'"(?:datePublished|pubDate|uploadDate)"\s*:\s*("(?:[^"\\]|\\.){4,60}")'
)
_DATE_LIKE: Final = re.compile(r"time|date|pub|info|source|meta|byline", re.IGNORECASE)
_LONGEST_LINE: Final = 120
_LOOKED_AT: Final = 400


def page_date(tree: html.HtmlElement, now: datetime) -> datetime | None:
    """Return the publication date of the page *tree*, aware UTC and not after *now*, or None."""
    for text in (*_declared(tree), *_from_htmldate(tree, now)):
        moment = parse_date(text, now)
        if moment is not None:
            return moment
    for text in _visible(tree):
        moment = parse_date(text, now)
        if moment is not None:
            return moment
    return None


def _declared(tree: html.HtmlElement) -> Iterator[str]:
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").lower()
        if name in _META and node.get("content"):
            found.setdefault(name, node.get("content"))
    yield from (found[name] for name in _META if name in found)
    for node in tree.iter("script"):
        if node.get("type") == "application/ld+json" and node.text:
            yield from map(_json_text, _JSON_DATE.findall(node.text[:200_000])[:1])
    for node in tree.iter("time"):
        yield node.get("datetime") or str(node.text_content())
        break


def _json_text(written: str) -> str:
    try:
        return str(json.loads(written))
    except ValueError:
        return written.strip('"')  # an escape that JSON does not know


def _from_htmldate(tree: html.HtmlElement, now: datetime) -> Iterator[str]:
    from htmldate import find_date

    settings: dict[str, Any] = {"extensive_search": False, "original_date": True}
    try:
        # One day ahead, for zones; a date that is truly in the future is no publication date.
        day = find_date(tree, max_date=now.astimezone(CHINA).strftime("%Y-%m-%d"), **settings)
    except (ValueError, TypeError, RecursionError, etree.LxmlError):
        return
    if day:
        yield next((text for text in _visible(tree) if _same_day(text, day, now)), day)


def _same_day(text: str, day: str, now: datetime) -> bool:
    # htmldate gives only the day; the line it stands in mostly has the time as well.
    moment = parse_date(text, now)
    return moment is not None and f"{moment.astimezone(CHINA):%Y-%m-%d}" == day and ":" in text


def _visible(tree: html.HtmlElement) -> Iterator[str]:
    """Short texts of elements whose class or id speaks of a time."""
    looked_at = 0
    for node in tree.iter("span", "div", "p", "em", "i", "li", "small", "a", "td"):
        if not _DATE_LIKE.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
            continue
        looked_at += 1
        if looked_at > _LOOKED_AT:
            return
        text = "".join(_first_texts(node)).strip()
        if any(letter.isdigit() or letter in "昨刚前" for letter in text):
            yield text[:_LONGEST_LINE]


def _first_texts(node: html.HtmlElement) -> Iterator[str]:
    length = 0
    for text in node.itertext():
        yield text
        length += len(text)
        if length > _LONGEST_LINE:
            return

"""Dates that a page declares for machines: meta, JSON-LD, ``<time>`` and fields of its scripts."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from lxml import html

_PUBLISHED_METAS: Final = (
    "article:published_time", "og:published_time", "og:article:published_time",
    "bytedance:published_time", "og:release_date", "og:time", "datepublished", "publishdate",
    "publish-date", "publish_date", "publishedtime", "firstpublishedtime", "pubdate", "pubtime",
    "pub_date", "publish_time", "published_time", "releasedate", "release_date", "apub:time",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "citation_publication_date",
)  # fmt: skip
# The server's now, the draft's date or the last change stand here as well.
_CHANGED_METAS: Final = ("weibo: article:create_at", "dc.date", "date", "dateupdate", "createdate")
_JSON_DATE: Final = re.compile(r'"(datePublished|uploadDate|pubDate)"\s*:\s*"([^"]{4,60})"')
# Fields of the article in the scripts of WeChat, Toutiao, Tencent, ifeng, stcn and their like.
_SCRIPT_FIELDS: Final = (
    "publish_time", "publishTime", "pubtime", "pubTime", "publishdate", "publishDate", "newsTime",
    "pub_time", "pubDate", "datePublished", "var ct", "oriCreateTime",
)  # fmt: skip
_VALUE: Final = re.compile(
    r"""["']?\s*[:=]\s*(?:["']([^"'<>]{6,40})["']|(\d{10}(?:\d{3})?)(?!\d))"""
)
_ATTRIBUTES: Final = ("data-ptime", "data-pubtime", "data-publish-time", "data-publishtime")
_MOST_OF_ONE_FIELD: Final = 8
_LONGEST_JSON: Final = 200_000
_MOST_OF_A_TAG: Final = 2_000


def metas(tree: html.HtmlElement) -> dict[str, str]:
    """Return the page's meta values by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for node in islice(tree.iter("meta"), _MOST_OF_A_TAG):
        name = node.get("property") or node.get("name") or node.get("itemprop")
        content = node.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def scripts(tree: html.HtmlElement) -> list[tuple[bool, str]]:
    """Return the inline scripts, each with whether it is JSON-LD."""
    return [
        ("ld+json" in (node.get("type") or ""), node.text)
        for node in tree.iter("script")
        if node.text
    ]


def published_metas(found: dict[str, str]) -> Iterator[str]:
    """Yield the publication dates among *found* metas, the most reliable name first."""
    return (found[name] for name in _PUBLISHED_METAS if name in found)


def changed_metas(found: dict[str, str]) -> Iterator[str]:
    """Yield dates among *found* metas that may be those of a change."""
    return (found[name] for name in _CHANGED_METAS if name in found)


def published_in_json(found: list[tuple[bool, str]]) -> Iterator[str]:
    """Yield ``datePublished`` of the JSON-LD blocks, also of those within ``@graph``."""
    for name, value in _dates_in_json(found):
        if name != "pubDate":
            yield value


def changed_in_json(found: list[tuple[bool, str]]) -> Iterator[str]:
    """Yield ``pubDate`` of Baidu's JSON-LD, where sites also put the last change."""
    for name, value in _dates_in_json(found):
        if name == "pubDate":
            yield value


def marked_times(tree: html.HtmlElement) -> Iterator[str]:
    """Yield the ``<time>`` that is marked as the publication, or the only one of the page."""
    times = list(islice(tree.iter("time"), _MOST_OF_A_TAG))
    marked = [node for node in times if _is_marked(node)]
    for node in marked[:1] or (times if len(times) == 1 else []):
        yield node.get("datetime") or node.get("content") or " ".join(node.itertext())


def marked_attributes(tree: html.HtmlElement) -> Iterator[str]:
    """Yield the publication times in attributes, unless several articles have them."""
    found = set(tree.xpath("|".join(f"//@{name}" for name in _ATTRIBUTES)))
    if len(found) == 1:
        yield found.pop()


def published_in_scripts(found: list[tuple[bool, str]]) -> Iterator[str]:
    """Yield fields of scripts that name the publication, unless several articles have them."""
    texts = [text for is_json, text in found if not is_json]
    for field in _SCRIPT_FIELDS:
        values: set[str] = set()
        for text in texts:
            values |= _values(text, field)
        if len(values) == 1:
            yield values.pop()


def _values(text: str, field: str) -> set[str]:
    values: set[str] = set()
    place = text.find(field)
    for _ in range(_MOST_OF_ONE_FIELD):
        if place < 0:
            break
        place += len(field)
        value = _VALUE.match(text, place)
        if value:
            values.add(value[1] or value[2])
        place = text.find(field, place)
    return values


def _is_marked(node: html.HtmlElement) -> bool:
    marks = f"{node.get('itemprop') or ''} {node.get('class') or ''}".lower()
    return node.get("pubdate") is not None or "publish" in marks or "entry-date" in marks


def _dates_in_json(found: list[tuple[bool, str]]) -> Iterator[tuple[str, str]]:
    for is_json, text in found:
        if not is_json:
            continue
        try:
            yield from _walk(json.loads(text[:_LONGEST_JSON], strict=False))
        except (ValueError, RecursionError):  # sites paste titles with quotation marks into it
            yield from _JSON_DATE.findall(text[:_LONGEST_JSON])


def _walk(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the dates of the outermost things first; lists of other articles come last."""
    level = [value]
    for _ in range(4):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                for name in ("datePublished", "uploadDate", "pubDate"):
                    if isinstance(one.get(name), str):
                        yield name, one[name]
                below += [child for child in one.values() if isinstance(child, dict | list)]
            elif isinstance(one, list):
                below += one[:50]
        level = below

"""A page's title: the heading that the page shows, else what it declares, without the site's name.

The ``<title>`` mostly is the heading with names of the site and its channels around it. So the
heading is what stands in both; only where none does the names are cut off by their separators.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import html

from crawlers.extraction.meta import first_meta
from crawlers.plain_text import clean

_SHORTEST: Final = 4
_LONGEST: Final = 150
_MOST_HEADINGS: Final = 200
_MOST_ELEMENTS: Final = 20_000
_DECLARED: Final = ("og:title", "articletitle", "twitter:title", "headline")
_NAMED: Final = re.compile(r"tit(?:le)?(?![a-z])|headline|subject|biaoti|[Tt]itle|activity-name")
_HEADINGS: Final = ("h1", "h2", "h3")
_PERHAPS: Final = ("div", "p", "span", "td", "h4", "strong", "b", "font")
_SUFFIX: Final = re.compile(r"\s*(?:[_|｜»]|-{1,2}|[–—]{1,2}|\s·\s)\s*([^_|｜»\-–—]{2,30})$")
# A separator that also stands inside headings is one only before what is named like a site.
_SITE: Final = re.compile(
    r"网|频道|官网|新闻|资讯|日报|晚报|早报|时报|论坛|博客|贴吧|社区|微博|知乎|公众号|头条|快讯|号$|[a-z]\.(?:com|cn|net)",
    re.IGNORECASE,
)
_SURE: Final = frozenset("_|｜»")


def title_of(tree: html.HtmlElement) -> str:
    """Return the article's title on one line, or an empty string."""
    shown = _line(tree.findtext(".//title") or "")
    declared = _line(first_meta(tree, _DECLARED) or "")
    headings = list(_headings(tree))
    for whole in (shown, declared):
        matching = [text for text in headings if _is_in(text, whole)]
        if matching:
            return max(matching, key=len)
    first = next(_main_headings(tree), "")
    if declared:
        return _without_site(declared, tree)
    if shown and not (first and _is_general(shown)):
        return _without_site(shown, tree)
    return first


def _headings(tree: html.HtmlElement) -> Iterator[str]:
    for node in islice(_named_headings(tree), _MOST_HEADINGS):
        text = _short_text(node)
        if _SHORTEST <= len(text) <= _LONGEST:
            yield text


def _named_headings(tree: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for node in islice(tree.iter(*_HEADINGS, *_PERHAPS), _MOST_ELEMENTS):
        if node.tag in _HEADINGS:
            yield node
            continue
        name, identity = node.get("class"), node.get("id")
        if (name or identity) and _NAMED.search(f"{name or ''} {identity or ''}"):
            yield node


def _main_headings(tree: html.HtmlElement) -> Iterator[str]:
    for node in islice(tree.iter("h1"), _MOST_HEADINGS):
        text = _short_text(node)
        if _SHORTEST <= len(text) <= _LONGEST:
            yield text


def _short_text(node: html.HtmlElement) -> str:
    parts, length = [], 0
    for text in node.itertext():
        parts.append(text)
        length += len(text.strip())
        if length > _LONGEST:
            return ""
    return _line("".join(parts))


def _is_in(heading: str, whole: str) -> bool:
    """Say whether *heading* is the better part of *whole*, whatever the spaces and marks."""
    bare, around = _bare(heading), _bare(whole)
    if len(bare) < _SHORTEST or bare not in around or 3 * len(bare) < len(around):
        return False
    # What comes last after something longer is the site's name, which many pages head with.
    return not (around.endswith(bare) and len(around) > 2 * len(bare))


def _is_general(shown: str) -> bool:
    """Say whether a ``<title>`` names the site alone: all of it is short or speaks of a site."""
    return all(len(part) < 6 or _SITE.search(part) for part in re.split(r"[_|｜»\-–—]+", shown))


def _without_site(title: str, tree: html.HtmlElement) -> str:
    site = _bare(first_meta(tree, ("og:site_name", "application-name", "sitename")) or "")
    while found := _SUFFIX.search(title):
        rest, part = title[: found.start()], found.group(1)
        is_site = bool(site) and _bare(part) == site
        mark = title[found.start() : found.start(1)]
        # Spaces around a dash mark the site; a dash inside a heading has none.
        sure = mark.strip()[0] in _SURE or (mark[0] == mark[-1] == " " and not part[0].isdigit())
        if len(rest) < 6 and not is_site:
            break
        if not (sure or is_site or _SITE.search(part) or len(rest) >= 2 * len(part)):
            break
        title = rest.strip()
    return title


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")[: 2 * _LONGEST]


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text)

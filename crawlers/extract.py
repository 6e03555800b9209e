"""An article page becomes title, text, author and date. The stages are tried in order."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree, html

from crawlers.page_dates import page_date
from crawlers.plain_text import clean, html_to_text

# What is longer is no article but an archive or an attack; its beginning is enough.
_LONGEST_PAGE: Final = 2_000_000
_LONGEST_TEXT: Final = 100_000
_SHORTEST_TEXT: Final = 40
# libxml2 stops at 256 without its huge_tree; deeper pages are cut there, not followed.
_PARSER: Final = html.HTMLParser(encoding="utf-8", huge_tree=False)
_SITE_SUFFIX: Final = re.compile(r"\s*[_|｜\-–—]\s*[^_|｜\-–—]{2,20}$")
_AUTHOR_META: Final = ("author", "article:author", "og:article:author", "dc.creator", "byl")


@dataclass(frozen=True)
class Article:
    """What was found; *text* is empty where nothing was, *published_at* aware UTC."""

    title: str
    text: str
    author: str | None
    published_at: datetime | None


Stage = Callable[[str, str], str]


def extract(page: str, url: str, now: datetime) -> Article:
    """Read the article of *page* (HTML text) at *url*, seen at *now*. Never raises for bad HTML."""
    page = page[:_LONGEST_PAGE]
    tree = parse(page)
    if tree is None:
        return Article("", "", None, None)
    title = _title(tree)
    return Article(title, _text(page, url, title), _author(tree), page_date(tree, now))


def parse(page: str) -> html.HtmlElement | None:
    """Return *page* as an lxml tree, or None when there is nothing in it."""
    try:
        return html.document_fromstring(page.encode("utf-8", "replace"), parser=_PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def by_readability(page: str, url: str) -> str:
    """Return the text that readability finds, or an empty string."""
    from readability import Document
    from readability.readability import Unparseable

    # It logs each failure with a traceback, and failing is an ordinary answer here.
    logging.getLogger("readability.readability").setLevel(logging.CRITICAL)
    try:
        return html_to_text(Document(page).summary(html_partial=True))
    except (Unparseable, RecursionError, etree.LxmlError, ValueError):
        return ""


def by_trafilatura(page: str, url: str) -> str:
    """Return the text that trafilatura finds, or an empty string."""
    import trafilatura

    try:
        found = trafilatura.extract(page, url=url, include_comments=False, favor_recall=True)
    except (RecursionError, etree.LxmlError, ValueError, AttributeError):
        return ""
    return clean(found or "")


# Rules by host come first in this list once there are some.
STAGES: Final[tuple[Stage, ...]] = (by_readability, by_trafilatura)


def _text(page: str, url: str, title: str) -> str:
    best = ""
    for stage in STAGES:
        found = stage(page, url)
        if len(found) >= _SHORTEST_TEXT:
            return _without_title(found, title)[:_LONGEST_TEXT]
        best = max(best, found, key=len)
    return _without_title(best, title)


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if rest and first.strip() == title else text


def _title(tree: html.HtmlElement) -> str:
    declared = _meta(tree, ("og:title", "twitter:title"))
    headings = [clean(str(node.text_content())) for node in tree.iter("h1")]
    heading = next((text for text in headings if 4 <= len(text) <= 100), "")
    shown = clean(str(tree.findtext(".//title") or "")).replace("\n", " ")
    if heading and (not shown or heading in shown):
        return heading
    return (declared or _SITE_SUFFIX.sub("", shown) or heading).replace("\n", " ")


def _author(tree: html.HtmlElement) -> str | None:
    author = _meta(tree, _AUTHOR_META)
    return author if author and len(author) <= 40 and "http" not in author else None


def _meta(tree: html.HtmlElement, names: tuple[str, ...]) -> str | None:
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = (node.get("property") or node.get("name") or "").lower()
        if name in names and (node.get("content") or "").strip():
            found.setdefault(name, clean(node.get("content")))
    return next((found[name] for name in names if name in found), None)

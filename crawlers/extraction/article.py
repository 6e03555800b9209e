"""An article page becomes title, text, author and date. The stages are tried in order.

The host's rule where there is one, then the page's blocks, then what else may know: all on one
tree, which no stage changes.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from lxml import html

from crawlers.dates import parse_date
from crawlers.extraction.author import author_of, person
from crawlers.extraction.blocks import Blocks, read_blocks
from crawlers.extraction.body import body_of
from crawlers.extraction.fallbacks import from_fallbacks
from crawlers.extraction.host_rules import HostArticle, apply, find_rule
from crawlers.extraction.page import parse
from crawlers.extraction.title import title_of
from crawlers.page_dates import page_date

_LONGEST_TEXT: Final = 100_000
# A shorter text is believed where it is most of what the page says: a post may be one line.
_SHORT_TEXT: Final = 40
_MOST_OF_IT: Final = 0.5


@dataclass(frozen=True)
class Article:
    """What was found; *text* is empty where nothing was, *published_at* aware UTC."""

    title: str
    text: str
    author: str | None
    published_at: datetime | None


def extract(page: str, url: str, now: datetime) -> Article:
    """Read the article of *page* (HTML text) at *url*, seen at *now*. Never raises for bad HTML."""
    tree = parse(page)
    if tree is None:
        return Article("", "", None, None)
    rule = find_rule(url, tree)
    ruled = apply(rule, tree) if rule else None
    return _Reading(page, url, tree).article(ruled, now)


def generic_text(page: str, url: str) -> str:
    """Return the text that is found without any host's rule."""
    tree = parse(page)
    return "" if tree is None else _Reading(page, url, tree).text(title_of(tree))


class _Reading:
    def __init__(self, page: str, url: str, tree: html.HtmlElement) -> None:
        self._page, self._url, self._tree = page, url, tree

    def article(self, ruled: HostArticle | None, now: datetime) -> Article:
        """Return the article; what the host's rule found goes before all else."""
        title = (ruled and ruled.title) or title_of(self._tree)
        text = ruled.text if ruled else self.text(title)
        author = person(ruled.author if ruled else None) or author_of(
            self._tree, self._blocks.every, title, text
        )
        stated = ruled and ruled.published_at
        moment = parse_date(stated, now) if stated else None
        return Article(title, text[:_LONGEST_TEXT], author, moment or page_date(self._tree, now))

    def text(self, title: str) -> str:
        """Return the article's text by the page's blocks, or by what else knows where they fail."""
        body = body_of(self._blocks, title)
        if len(body.text) >= _SHORT_TEXT or (body.text and body.share >= _MOST_OF_IT):
            return body.text
        found = from_fallbacks(self._page, self._tree, self._blocks.every, self._url)
        return found or body.text

    @cached_property
    def _blocks(self) -> Blocks:
        return read_blocks(self._tree)

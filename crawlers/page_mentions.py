"""An article page becomes mentions: the article by rules or extraction, and its comments."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from parsel import Selector

from crawlers.counts import parse_count
from crawlers.dates import parse_date
from crawlers.extraction import Article, extract, parse
from crawlers.job import CrawlJob
from crawlers.page_dates import page_date
from crawlers.page_key import page_key
from crawlers.raw import RawMention
from crawlers.rules.css import field, paragraphs
from storage.mentions import Engagement

LONGEST_TEXT: Final = 100_000
_MOST_COMMENTS: Final = 500
_COUNTS: Final = ("likes", "comments", "shares", "views")


@dataclass(frozen=True)
class Page:
    """A fetched page: its markup, where it lay, when it was seen."""

    markup: str
    url: str
    seen_at: datetime


def page_mentions(job: CrawlJob, page: Page) -> list[RawMention]:
    """Return the article of *page* and the comments below it; empty where there is no text."""
    tree = Selector(page.markup)
    article = _article(job, page, tree)
    if article is None:
        return []
    return [article, *_comments(job, page, tree, article.title)]


def with_text_of(entry: RawMention, page: list[RawMention], url: str | None) -> list[RawMention]:
    """Return *entry* of a feed or an API with the full text that its page gave, and the comments.

    What the entry says of itself comes first; its page fills in the rest. *url* is where the page
    lay in truth, None to keep the entry's address because its id is made of it.
    """
    if not page or len(page[0].text) <= len(entry.text):
        return [entry, *page[1:]]
    article = page[0]
    whole = replace(
        entry,
        text=article.text,
        title=entry.title or _title_of(entry, article),
        url=url or entry.url,
        author=entry.author or article.author,
        published_at=entry.published_at or article.published_at,
        engagement=article.engagement if entry.engagement == Engagement() else entry.engagement,
    )
    return [whole, *(replace(comment, title=whole.title) for comment in page[1:])]


def comment_id(page_url: str, given: str | None, author: str | None, text: str) -> str:
    """Return the id of a comment: sites count them page by page, so the page is part of it."""
    if not given:
        parts = "\x1f".join((author or "", text)).encode("utf-8", "replace")
        given = hashlib.sha1(parts, usedforsecurity=False).hexdigest()[:16]
    return f"{page_key(page_url)}:{given}"


def _title_of(entry: RawMention, article: RawMention) -> str:
    """An entry that had only a headline kept it as its text."""
    return entry.text if "\n" not in entry.text and len(entry.text) <= 100 else article.title


def _article(job: CrawlJob, page: Page, tree: Selector) -> RawMention | None:
    rules, now = job.rules, page.seen_at
    body = paragraphs(tree, rules.get("text"))
    # Extraction costs fifty times what rules cost, so it runs only where a rule gave nothing.
    found = Article("", "", None, None) if body else extract(page.markup, page.url, now)
    if not (body or found.text):
        return None
    published_at = parse_date(field(tree, rules.get("published_at")), now, ZoneInfo(job.timezone))
    if published_at is None and body:
        root = parse(page.markup)
        published_at = page_date(root, now) if root is not None else None
    counts = {name: parse_count(field(tree, rules.get(name))) for name in _COUNTS}
    return RawMention(
        platform=job.platform,
        text=(body or found.text)[:LONGEST_TEXT],
        detected_at=now,
        native_id=field(tree, rules.get("native_id")),
        url=page.url,
        kind=job.kind_of_mention,
        title=(field(tree, rules.get("title")) or found.title)[:LONGEST_TEXT],
        author=field(tree, rules.get("author")) or found.author,
        published_at=published_at or found.published_at,
        engagement=Engagement(**counts),
    )


def _comments(job: CrawlJob, page: Page, tree: Selector, title: str) -> Iterator[RawMention]:
    rules = job.rules
    if not rules.get("comment"):
        return
    for node in tree.css(rules["comment"])[:_MOST_COMMENTS]:
        text = paragraphs(node, rules.get("comment_text")) or (
            "" if rules.get("comment_text") else paragraphs(node, "*::text")
        )
        if not text:
            continue
        author = field(node, rules.get("comment_author"))
        written = field(node, rules.get("comment_published_at"))
        yield RawMention(
            platform=job.platform,
            text=text[:LONGEST_TEXT],
            detected_at=page.seen_at,
            native_id=comment_id(page.url, field(node, rules.get("comment_id")), author, text),
            url=page.url,
            kind="comment",
            title=title,
            author=author,
            published_at=parse_date(written, page.seen_at, ZoneInfo(job.timezone)),
            engagement=Engagement(likes=parse_count(field(node, rules.get("comment_likes")))),
        )

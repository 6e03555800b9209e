"""Renders the three sample sites: a newspaper, a forum, and a microblog with a feed."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from core.errors import InvalidInput
from crawlers.sample.entry import Entry, ten_thousands
from crawlers.sample.history import past
from crawlers.sample.load import Site, mentions

NEWS_PER_PAGE = 12
HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"


class Page(NamedTuple):
    """What it takes to render one page."""

    template: str
    context: dict[str, Any]
    content_type: str = HTML


class SampleSite:
    """The sample sites as they are from *started_at* on.

    *started_at* is aware; every entry was published some minutes before it. Links are absolute,
    under *base_url* (``http://host:port``). The same arguments always give the same bytes.
    Raises ``InvalidInput`` for a time without a zone.
    """

    def __init__(self, started_at: datetime, base_url: str) -> None:
        if started_at.tzinfo is None:
            raise InvalidInput("started_at must carry a time zone, e.g. UTC", field="started_at")
        self._started_at = started_at.astimezone(UTC).replace(microsecond=0)
        self._root = base_url.rstrip("/")

    def respond(self, path: str) -> tuple[int, str, bytes]:
        """Return status, content type and body for *path* (a query string is ignored)."""
        page = self._pages.get(path.partition("?")[0])
        if page is None:
            return HTTPStatus.NOT_FOUND.value, HTML, self._render(Page("missing.html", {}))
        return HTTPStatus.OK.value, page.content_type, self._render(page)

    def etag(self, path: str) -> str | None:
        """Return the strong validator of *path*, quotes included; ``None`` if there is no page."""
        status, _, body = self.respond(path)
        if status != HTTPStatus.OK:
            return None
        return f'"{hashlib.sha256(body).hexdigest()[:32]}"'

    @cached_property
    def _pages(self) -> dict[str, Page]:
        return dict(self._list_pages())

    def _list_pages(self) -> Iterator[tuple[str, Page]]:
        yield "/sample/", Page("index.html", {})
        yield from self._news_lists()
        yield "/sample/forum/", Page("forum_list.html", {"entries": self._entries["forum"]})
        yield "/sample/feed.xml", Page("feed.xml", {"entries": self._entries["feed"]}, RSS)
        templates: dict[Site, str] = {
            "news": "news_story.html",
            "forum": "forum_thread.html",
            "feed": "post.html",
            "shop": "post.html",
        }
        for site, template in templates.items():
            for entry in self._entries[site]:
                yield entry.path, Page(template, {"entry": entry})
        for entry in self._past:
            yield entry.path, Page(templates[entry.mention.site], {"entry": entry})

    def _news_lists(self) -> Iterator[tuple[str, Page]]:
        entries = self._entries["news"]
        last = -(-len(entries) // NEWS_PER_PAGE)
        for number in range(1, last + 1):
            shown = entries[(number - 1) * NEWS_PER_PAGE : number * NEWS_PER_PAGE]
            context = {"entries": shown, "number": number, "last": last}
            yield _news_list_path(number), Page("news_list.html", context)

    @cached_property
    def _entries(self) -> dict[Site, list[Entry]]:
        """Every entry by site, newest first."""
        found: dict[Site, list[Entry]] = {"news": [], "forum": [], "feed": [], "shop": []}
        for mention in sorted(mentions(), key=lambda one: (one.minutes_ago, one.id)):
            published = self._started_at - timedelta(minutes=mention.minutes_ago)
            found[mention.site].append(Entry(mention, published, self._root))
        return found

    @cached_property
    def _past(self) -> list[Entry]:
        """What was said before: it has its pages, but no list leads a crawl there again."""
        started_at = self._started_at
        return [Entry(one.told, one.published(started_at), self._root) for one in past()]

    def _render(self, page: Page) -> bytes:
        return self._templates.get_template(page.template).render(page.context).encode()

    @cached_property
    def _templates(self) -> Environment:
        templates = Environment(
            loader=PackageLoader("crawlers.sample"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.globals.update(root=self._root, news_list_path=_news_list_path)
        templates.filters["wan"] = ten_thousands
        return templates


def _news_list_path(number: int) -> str:
    return "/sample/news/" if number == 1 else f"/sample/news/page/{number}"

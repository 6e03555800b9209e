"""A site's own list of its pages: the young ones among them are read."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from scrapy.http import Request, Response

from core.errors import InvalidInput
from crawlers.hints import Trouble, explain
from crawlers.pipeline import Item
from crawlers.raw import RawMention
from crawlers.rules import check_rules
from crawlers.rules.sitemap import choosing
from crawlers.sitemaps import NotASitemap, SitemapEntry, parse_sitemap, robots_sitemaps
from crawlers.spiders.articles import ArticleSpider

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_MOST_SITEMAPS: Final = 50
_DEEPEST: Final = 3
_NOT_A_SITEMAP: Final = "返回的不是站点地图（sitemap）。请检查地址，或改用“订阅源”或“列表页”类型。"
_NONE_LISTED: Final = "站点地图里没有符合条件的新页面：可调大 newer_days，或检查 include、exclude。"


class SitemapSpider(ArticleSpider):
    """Reads a sitemap, the sitemaps it names, and the pages that the rules choose."""

    name = "sitemap"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the sitemap; of a site's root, for its robots.txt, which names sitemaps."""
        try:
            check_rules(self.job.kind, self.job.rules)
        except InvalidInput as error:
            self.outcome.failed(explain(error, self.job.url), fatal=True)
            return
        self._choosing = choosing(self.job.rules)
        self._oldest = self.now() - timedelta(days=self._choosing.newer_days)
        self._seen: set[str] = set()
        self._asked_pages: set[str] = set()
        if urlsplit(self.job.url).path in {"", "/", "/robots.txt"}:
            request = self.ask(urljoin(self.job.url, "/robots.txt"), self.parse_robots, entry=True)
            assert request is not None, "the first page is always within the cap"
            yield request.replace(errback=self.on_no_robots)
        else:
            for each in self._sitemap(self.job.url, 0):
                yield each

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """Ask for the sitemaps that robots.txt names, else for the usual one."""
        named = robots_sitemaps(self.text_of(response))
        for url in named or [self._usual()]:
            yield from self._sitemap(url, 0)

    def on_no_robots(self, failure: "Failure") -> Iterator[Request]:
        """A site without robots.txt may have a sitemap all the same."""
        yield from self._sitemap(self._usual(), 0)

    def parse_map(self, response: Response, depth: int) -> Iterator[Request | Item]:
        """Yield requests for what one sitemap names, the youngest first."""
        self.outcome.pages += 1
        try:
            found = parse_sitemap(response.body, self.now(), self.zone)
        except NotASitemap as error:
            self.outcome.failed_pages += 1
            trouble = Trouble(f"{response.url}: {error}", _NOT_A_SITEMAP)
            self.outcome.failed(trouble, fatal=depth == 0)
            return
        self.outcome.cut_short = self.outcome.cut_short or not found.complete
        for entry in _youngest_first(found.sitemaps):
            if self._is_young(entry):
                yield from self._sitemap(entry.url, depth + 1)
        chosen = [entry for entry in _youngest_first(found.pages) if self._chooses(entry)]
        if found.pages and not chosen:
            self.outcome.notice = _NONE_LISTED
        for place, entry in enumerate(chosen):
            request = self._page(entry, place)
            if request is not None:
                yield request

    def parse_listed(self, response: Response, key: str, entry: SitemapEntry) -> Iterator[Item]:
        """Yield a page's mentions; what the sitemap says of it fills what the page does not."""
        for item in self.parse_article(response, key):
            if isinstance(item, RawMention) and item.kind != "comment":
                yield replace(
                    item,
                    title=item.title or entry.title,
                    published_at=item.published_at or entry.published_at,
                )
            else:
                yield item

    def _page(self, entry: SitemapEntry, place: int) -> Request | None:
        if entry.url in self._asked_pages:
            return None
        self._asked_pages.add(entry.url)
        # Scrapy takes the last that it was given first, unless it is told otherwise.
        return self.visit(entry.url, self.parse_listed, cb_kwargs={"entry": entry}, priority=-place)

    def _sitemap(self, url: str, depth: int) -> Iterator[Request]:
        if url in self._seen or not url.startswith(("http://", "https://")):
            return  # an index may name itself
        if len(self._seen) >= _MOST_SITEMAPS or depth > _DEEPEST:
            self.outcome.cut_short = True
            return
        self._seen.add(url)
        request = self.ask(
            url, self.parse_map, entry=depth == 0, cb_kwargs={"depth": depth}, priority=1
        )
        if request is not None:
            yield request

    def _is_young(self, entry: SitemapEntry) -> bool:
        return entry.at is None or entry.at >= self._oldest

    def _chooses(self, entry: SitemapEntry) -> bool:
        return self._is_young(entry) and self._choosing.takes(entry.url)

    def _usual(self) -> str:
        return urljoin(self.job.url, "/sitemap.xml")


def _youngest_first(entries: list[SitemapEntry]) -> list[SitemapEntry]:
    """Entries without a date keep their order behind those that have one."""
    return sorted(entries, key=lambda entry: -entry.at.timestamp() if entry.at else 0.0)

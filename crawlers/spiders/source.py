"""What all spiders of sources share: the job, the outcome and how trouble is told."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

import scrapy
from scrapy import signals
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.encoding import decode
from crawlers.hints import explain
from crawlers.job import CrawlJob
from crawlers.outcome import Outcome
from crawlers.page_key import page_key
from crawlers.page_mentions import Page

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure


class SourceSpider(scrapy.Spider):
    """A spider for one job. Each subclass yields ``RawMention`` items."""

    name = "source"
    job: CrawlJob
    outcome: Outcome

    def __init__(self, job: CrawlJob, outcome: Outcome, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job, self.outcome = job, outcome
        self.zone = ZoneInfo(job.timezone)
        self._asked = 0
        self._known = frozenset(job.known)

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *args: Any, **kwargs: Any) -> Self:
        """Build for *crawler*, which tells when nothing is left to do."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_idle, signals.spider_idle)
        crawler.signals.connect(spider.on_fault, signals.spider_error)
        return spider

    def ask(self, url: str, callback: Any, *, entry: bool, **kwargs: Any) -> Request | None:
        """Return a request for *url*, or None when the job's pages are used up.

        *entry* marks the page without which there is nothing: its failure is the crawl's.
        """
        if self._asked >= self.job.max_pages:
            self.outcome.cut_short = True
            return None
        self._asked += 1
        return Request(
            url,
            callback=callback,
            errback=self.on_entry_error if entry else self.on_page_error,
            dont_filter=entry,
            **kwargs,
        )

    def visit(self, url: str, callback: Any, **kwargs: Any) -> Request | None:
        """Return a request for a page that gives mentions, or None: known, no address, too many.

        The callback gets the page's key as *key*, to yield ``PageRead`` once it has given all.
        """
        if not url.startswith(("http://", "https://")):
            return None
        key = page_key(url)
        if self.knows(key):
            return None
        arguments = {"key": key} | kwargs.pop("cb_kwargs", {})
        try:
            return self.ask(url, callback, entry=False, cb_kwargs=arguments, **kwargs)
        except ValueError:  # no address after all, and one bad link must not hide the others
            return None

    def knows(self, key: str) -> bool:
        """Say whether what *key* names needs no visit now, and count it."""
        known = key in self._known
        self.outcome.known += known
        return known

    def page_of(self, response: Response) -> Page:
        """Return *response* as a page, counted."""
        return Page(self.text_of(response), response.url, self.now())

    def on_entry_error(self, failure: "Failure") -> None:
        """The first page could not be had: that is the result."""
        self._on_error(failure, fatal=True)

    def on_page_error(self, failure: "Failure") -> None:
        """One page of many could not be had."""
        self._on_error(failure, fatal=False)

    def _on_error(self, failure: "Failure", *, fatal: bool) -> None:
        problem: Any = failure.value
        url = getattr(getattr(failure, "request", None), "url", self.job.url)
        self.outcome.failed_pages += 1
        if isinstance(problem, HttpError):
            self.outcome.pages += 1
        self.outcome.failed(explain(problem, url), fatal=fatal)

    def on_fault(self, failure: "Failure", response: Response) -> None:
        """Our own code failed on a page (Scrapy logged it): never let that pass for success."""
        problem: Any = failure.value
        self.outcome.failed_pages += 1
        self.outcome.failed(explain(problem, response.url), fatal=False)

    def text_of(self, response: Response) -> str:
        """Count *response* as a page and return its text by our own rules of encoding."""
        self.outcome.pages += 1
        return decode(response.body, _header(response, "Content-Type"))

    def keep_validators(self, response: Response) -> None:
        """Remember what lets the next visit ask whether anything changed."""
        self.outcome.etag = _header(response, "ETag")
        self.outcome.last_modified = _header(response, "Last-Modified")

    def now(self) -> datetime:
        """Return the present moment: the ``detected_at`` of what was just fetched."""
        return datetime.now(UTC)

    def on_idle(self) -> None:
        """Note that nothing is left to fetch; a crawl that is stopped never comes here."""
        self.outcome.reached_end = True


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None

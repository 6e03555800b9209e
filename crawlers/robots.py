"""robots.txt: obeyed by every request, and its ``Crawl-delay`` kept."""

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, NotConfigured

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

ROBOTS_NAME: Final = "shengyu"
_LONGEST_CRAWL_DELAY_S: Final = 60.0
# RFC 9309, 2.5: at least the first 500 KiB are to be read.
_LONGEST_ROBOTS: Final = 500 * 1024
UNREAD: Final = "could not be read"


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, with one request at a time waiting for a host's robots.txt.

    In Scrapy 2.19 the requests that wait for the same robots.txt await one Deferred, and Twisted
    hands its result to the first of them only; the others get None, which means "all allowed".
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._waiting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unread: dict[str, str] = {}

    async def robot_parser(self, request: "Request") -> "RobotParser | None":
        """Return the rules of the request's host, None when it has none."""
        async with self._waiting[urlsplit(request.url).netloc]:
            return await super().robot_parser(request)

    async def _parse_robots(self, response: "Response", netloc: str, request: "Request") -> None:
        """Read the rules; a server that fails to give them has closed everything for now.

        Source: RFC 9309, 2.3.1.4. A file that is not there (4xx) forbids nothing (2.3.1.3).
        """
        if response.status >= 500:
            self._unread[netloc] = f"HTTP {response.status}"
        body = b"" if response.status >= 300 else response.body[:_LONGEST_ROBOTS]
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        """Rules too long to read may close anything; where nobody answers, the page will tell."""
        if isinstance(exc, DownloadCancelledError) or "during decompression" in str(exc):
            self._unread[netloc] = "it is too large"
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: "RobotParser | None", request: "Request") -> None:
        """Raise ``IgnoreRequest`` for what the host's rules forbid, or may forbid."""
        problem = self._unread.get(urlsplit(request.url).netloc)
        if problem is not None:
            raise IgnoreRequest(f"robots.txt {UNREAD}: {problem}")
        super().process_request_2(rp, request)


class CrawlDelay:
    """Honours ``Crawl-delay``, which Scrapy reads but does not act upon."""

    def __init__(self, crawler: "Crawler") -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        crawler.signals.connect(self._slow_down, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the crawler."""
        return cls(crawler)

    def _slow_down(self, robotparser: "RobotParser", request: "Request") -> None:
        wanted = robotparser.crawl_delay(ROBOTS_NAME)
        if wanted is None:
            return
        downloader = self._crawler.engine.downloader
        _, slot = downloader._get_slot(request)  # Scrapy has no public way to the slot
        slot.delay = max(slot.delay, min(float(wanted), _LONGEST_CRAWL_DELAY_S))

"""robots.txt: obeyed by every request, and its ``Crawl-delay`` kept."""

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

ROBOTS_NAME: Final = "shengyu"
_LONGEST_CRAWL_DELAY_S: Final = 60.0


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, with one request at a time waiting for a host's robots.txt.

    In Scrapy 2.19 the requests that wait for the same robots.txt await one Deferred, and Twisted
    hands its result to the first of them only; the others get None, which means "all allowed".
    """

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._waiting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: "Request") -> "RobotParser | None":
        """Return the rules of the request's host, None when it has none."""
        async with self._waiting[urlsplit(request.url).netloc]:
            return await super().robot_parser(request)


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

"""All our Scrapy settings in one add-on: Scrapy's own defaults are unsafe for a service."""

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser
    from scrapy.settings import BaseSettings, Settings

ROBOTS_NAME: Final = "shengyu"
MAX_BODY: Final = 8 * 1024 * 1024
_LONGEST_CRAWL_DELAY_S: Final = 60.0

_SAFE: Final[dict[str, Any]] = {
    # Nothing of the crawl listens, and nothing outside can run code in it. Naming the two as None
    # as well keeps their web server from being imported.
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "EXTENSIONS": {
        "scrapy.extensions.telnet.TelnetConsole": None,
        "scrapy.extensions.remote_control.RemoteControl": None,
        "scrapy.extensions.feedexport.FeedExporter": None,
        "crawlers.addon.CrawlDelay": 0,
    },
    "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None},
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_MAXSIZE": MAX_BODY,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_TIMEOUT": 30,
    "DNS_TIMEOUT": 10,
    "COOKIES_ENABLED": False,
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_MAXDELAY": 10,
    # The next turn of the source is the retry; a broken site is not asked three times a minute.
    "RETRY_ENABLED": False,
    "CONCURRENT_REQUESTS": 8,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "AUTOTHROTTLE_MAX_DELAY": 30.0,
    "MEMUSAGE_LIMIT_MB": 700,
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5.0,
    "DOWNLOADER_MIDDLEWARES": {"crawlers.guard.GuardMiddleware": 10},
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    },
    "STATS_DUMP": False,
    "LOG_LEVEL": "WARNING",
    "LOGSTATS_INTERVAL": 0,
    "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",
}


class ShengyuAddon:
    """Turns every unsafe default round. Named in ``ADDONS`` of the settings."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: "BaseSettings") -> None:
        """Set what the crawler process itself reads: it installs the resolver."""
        settings.set("TWISTED_DNS_RESOLVER", "crawlers.guard.GuardedResolver", priority="addon")
        settings.set("DNS_TIMEOUT", _SAFE["DNS_TIMEOUT"], priority="addon")

    def update_settings(self, settings: "Settings") -> None:
        """Set everything else; what the job itself set (at a higher priority) stays."""
        for name, value in _SAFE.items():
            settings.set(name, value, priority="addon")


class CrawlDelay:
    """Honours ``Crawl-delay`` of robots.txt, which Scrapy reads but does not act upon."""

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


def politeness(
    *, delay_s: float, obey_robots: bool, contact: str | None, max_pages: int, max_seconds: float
) -> dict[str, Any]:
    """Return the settings that differ from source to source, for the ``project`` priority."""
    return {
        "ADDONS": {"crawlers.addon.ShengyuAddon": 0},
        "ROBOTSTXT_OBEY": obey_robots,
        "ROBOTSTXT_USER_AGENT": ROBOTS_NAME,
        "USER_AGENT": user_agent(contact),
        "DOWNLOAD_DELAY": delay_s,
        "DOWNLOAD_DELAY_JITTER": 0.25,
        # A host of one's own may be crawled without delay; then nothing may slow it down again.
        "AUTOTHROTTLE_ENABLED": delay_s > 0,
        "AUTOTHROTTLE_START_DELAY": delay_s,
        "CLOSESPIDER_TIMEOUT": max_seconds,
        # The spiders count their pages themselves; this is the net below, robots.txt included.
        "CLOSESPIDER_PAGECOUNT": max_pages * 2 + 10,
    }


def user_agent(contact: str | None) -> str:
    """Return the name that crawls go by, with the operator's contact where one is set."""
    try:
        release = version("shengyu")
    except PackageNotFoundError:  # run from a checkout
        release = "0"
    about = f"; +{contact}" if contact else ""
    return f"Mozilla/5.0 (compatible; {ROBOTS_NAME}/{release}{about})"

"""All our Scrapy settings in one add-on: Scrapy's own defaults are unsafe for a service."""

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from crawlers.robots import ROBOTS_NAME

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings, Settings

MAX_BODY: Final = 8 * 1024 * 1024
_LONGEST_PAGE_S: Final = 30.0

_SAFE: Final[dict[str, Any]] = {
    # Nothing of the crawl listens, and nothing outside can run code in it. Naming the two as None
    # as well keeps their web server from being imported.
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "EXTENSIONS": {
        "scrapy.extensions.telnet.TelnetConsole": None,
        "scrapy.extensions.remote_control.RemoteControl": None,
        "scrapy.extensions.feedexport.FeedExporter": None,
        "scrapy.extensions.memusage.MemoryUsage": None,
        "crawlers.memory.OwnMemoryUsage": 0,
        "crawlers.robots.CrawlDelay": 0,
        "crawlers.disk.DiskReserve": 0,
    },
    "DOWNLOAD_HANDLERS": {
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
        "http": "crawlers.download.CappedHandler",
        "https": "crawlers.download.CappedHandler",
    },
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_MAXSIZE": MAX_BODY,
    "DOWNLOAD_WARNSIZE": 0,
    "DNS_TIMEOUT": 10,
    "COOKIES_ENABLED": False,
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_MAXDELAY": 10,
    # The next turn of the source is the retry; a broken site is not asked three times a minute.
    "RETRY_ENABLED": False,
    "CONCURRENT_REQUESTS": 8,
    # Scrapy starts so many tasks for every page; our pipeline has no use for more than one.
    "CONCURRENT_ITEMS": 1,
    # A check of our own source at every start, for the mistakes of people who write spiders.
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "AUTOTHROTTLE_MAX_DELAY": 30.0,
    "MEMUSAGE_LIMIT_MB": 700,
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5.0,
    "DOWNLOADER_MIDDLEWARES": {
        "crawlers.guard.GuardMiddleware": 10,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "crawlers.robots.RobotsMiddleware": 100,
        # Last before the wire: whatever led here, another host gets none of a source's headers.
        "crawlers.source_headers.SourceHeaders": 950,
    },
    # After HttpErrorMiddleware: a 403 is told as what it is.
    "SPIDER_MIDDLEWARES": {"crawlers.walls.WallMiddleware": 60},
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    },
    "STATS_DUMP": False,
    "LOG_LEVEL": "WARNING",
    "LOGSTATS_INTERVAL": 0,
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
        # A crawl that is closed waits for the page under way.
        "DOWNLOAD_TIMEOUT": min(_LONGEST_PAGE_S, max_seconds or _LONGEST_PAGE_S),
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

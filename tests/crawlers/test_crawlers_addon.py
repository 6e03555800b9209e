"""Scrapy's defaults, one by one: what is unsafe is turned round, what is new must be judged."""

from typing import Any

import pytest
from scrapy.settings import Settings, default_settings
from scrapy.settings.default_settings import (
    DOWNLOAD_HANDLERS_BASE,
    DOWNLOADER_MIDDLEWARES_BASE,
    EXTENSIONS_BASE,
    ITEM_PIPELINES_BASE,
    SPIDER_MIDDLEWARES_BASE,
)
from scrapy.utils.conf import build_component_list

from crawlers.addon import ShengyuAddon, politeness

# What Scrapy 2.19 switches on, each judged: left as it is, replaced, or without effect in ours.
JUDGED_EXTENSIONS = {
    "CoreStats", "LogCount", "CloseSpider", "AutoThrottle",
    "MemoryDebugger", "LogStats", "SpiderState",  # opt out by themselves with our settings
}  # fmt: skip
REFUSED_EXTENSIONS = {"TelnetConsole", "RemoteControl", "FeedExporter", "MemoryUsage"}
JUDGED_HANDLERS = {"http", "https"}
REFUSED_HANDLERS = {"data", "file", "ftp", "s3"}
JUDGED_DOWNLOADER_MIDDLEWARES = {
    "OffsiteMiddleware", "DownloadTimeoutMiddleware", "DefaultHeadersMiddleware",
    "UserAgentMiddleware", "MetaRefreshMiddleware", "HttpCompressionMiddleware",
    "RedirectMiddleware", "HttpProxyMiddleware", "DownloaderStats",
    "HttpAuthMiddleware", "RetryMiddleware", "CookiesMiddleware", "HttpCacheMiddleware",
}  # fmt: skip
REFUSED_DOWNLOADER_MIDDLEWARES = {"RobotsTxtMiddleware"}
JUDGED_SPIDER_MIDDLEWARES = {
    "StartSpiderMiddleware", "HttpErrorMiddleware", "RefererMiddleware", "UrlLengthMiddleware",
    "DepthMiddleware", "MetaCopyDetectionMiddleware",
}  # fmt: skip
OURS = {
    "GuardMiddleware", "RobotsMiddleware", "OwnMemoryUsage", "CrawlDelay", "DiskReserve",
    "WallMiddleware", "SourceHeaders",
}  # fmt: skip

# name → what Scrapy sets and what a crawl of ours runs with.
UNSAFE: dict[str, tuple[object, object]] = {
    "ROBOTSTXT_OBEY": (False, True),
    "DOWNLOAD_VERIFY_CERTIFICATES": (False, True),
    "DOWNLOAD_MAXSIZE": (1024**3, 8 * 1024**2),
    "DOWNLOAD_TIMEOUT": (180, 30.0),
    "DOWNLOAD_DELAY": (0, 1.0),
    "AUTOTHROTTLE_ENABLED": (False, True),
    "CONCURRENT_REQUESTS_PER_DOMAIN": (8, 1),
    "TELNETCONSOLE_ENABLED": (1, False),
    "REMOTE_CONTROL_ENABLED": (True, False),
    "COOKIES_ENABLED": (True, False),
    "RETRY_ENABLED": (True, False),
    "REDIRECT_MAX_TIMES": (20, 5),
    "METAREFRESH_MAXDELAY": (100, 10),
    "DNS_TIMEOUT": (60, 10),
    "MEMUSAGE_LIMIT_MB": (0, 700),
    "CLOSESPIDER_TIMEOUT": (0.0, 300.0),
    "CLOSESPIDER_PAGECOUNT": (0, 410),
    "TWISTED_DNS_RESOLVER": (
        "scrapy.resolver.CachingThreadedResolver",
        "crawlers.guard.GuardedResolver",
    ),
    "LOG_LEVEL": ("DEBUG", "WARNING"),
}
# Safe as they are; a release that changes one of them changes what a crawl may do.
RELIED_UPON: dict[str, object] = {
    "HTTPAUTH_USER": "",
    "HTTPCACHE_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": False,
    "FEEDS": {},
    "FILES_STORE": None,
    "IMAGES_STORE": None,
    "JOBDIR": None,
    "STATSMAILER_RCPTS": [],
    "MEMUSAGE_NOTIFY_MAIL": [],
    "MEMDEBUG_ENABLED": False,
    "URLLENGTH_LIMIT": 2083,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 5_000_000,
}


@pytest.fixture
def ours() -> Settings:
    """The settings of a source as it is made, with the add-on applied as Scrapy applies it."""
    chosen = politeness(
        delay_s=1.0, obey_robots=True, contact=None, max_pages=200, max_seconds=300.0
    )
    settings = Settings(chosen, priority="project")
    ShengyuAddon.update_pre_crawler_settings(settings)
    ShengyuAddon().update_settings(settings)
    return settings


def enabled(settings: Settings, name: str) -> set[str]:
    """The class names that Scrapy would load for *name*."""
    components: Any = settings.get_component_priority_dict_with_base(name)
    return {str(path).rpartition(".")[2] for path in build_component_list(components)}


@pytest.mark.parametrize(("name", "theirs", "ours_is"), [(n, *v) for n, v in UNSAFE.items()])
def test_every_unsafe_default_is_turned_round(
    ours: Settings, name: str, theirs: object, ours_is: object
) -> None:
    assert getattr(default_settings, name) == theirs, "Scrapy's default has changed: judge it anew"
    assert ours[name] == ours_is


@pytest.mark.parametrize(("name", "value"), RELIED_UPON.items())
def test_defaults_that_we_rely_on_are_as_they_were_judged(
    ours: Settings, name: str, value: object
) -> None:
    found = ours[name]
    assert (dict(found) if isinstance(value, dict) else found) == value


@pytest.mark.parametrize(
    ("base", "judged"),
    [
        (EXTENSIONS_BASE, JUDGED_EXTENSIONS | REFUSED_EXTENSIONS),
        (
            DOWNLOADER_MIDDLEWARES_BASE,
            JUDGED_DOWNLOADER_MIDDLEWARES | REFUSED_DOWNLOADER_MIDDLEWARES,
        ),
        (SPIDER_MIDDLEWARES_BASE, JUDGED_SPIDER_MIDDLEWARES),
        (ITEM_PIPELINES_BASE, set()),
    ],
)
def test_nothing_that_scrapy_switches_on_is_unknown_to_us(
    base: dict[str, int], judged: set[str]
) -> None:
    assert {path.rpartition(".")[2] for path in base} == judged


def test_no_handler_is_unknown_to_us(ours: Settings) -> None:
    assert set(DOWNLOAD_HANDLERS_BASE) == JUDGED_HANDLERS | REFUSED_HANDLERS
    handlers = ours.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, path in handlers.items() if path} == JUDGED_HANDLERS


def test_only_what_was_judged_is_loaded(ours: Settings) -> None:
    assert enabled(ours, "EXTENSIONS") - OURS == JUDGED_EXTENSIONS
    assert enabled(ours, "DOWNLOADER_MIDDLEWARES") - OURS == JUDGED_DOWNLOADER_MIDDLEWARES
    assert enabled(ours, "SPIDER_MIDDLEWARES") - OURS == JUDGED_SPIDER_MIDDLEWARES
    loaded = {"EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"}
    assert set().union(*(enabled(ours, name) for name in loaded)) >= OURS


def test_the_guard_comes_before_everything_that_reads_a_request(ours: Settings) -> None:
    components: Any = ours.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    assert str(build_component_list(components)[0]) == "crawlers.guard.GuardMiddleware"


@pytest.mark.parametrize(("seconds", "page"), [(300.0, 30.0), (5.0, 5.0), (0, 30.0)])
def test_no_page_may_take_longer_than_its_crawl(seconds: float, page: float) -> None:
    chosen = politeness(delay_s=0, obey_robots=True, contact=None, max_pages=1, max_seconds=seconds)
    assert chosen["DOWNLOAD_TIMEOUT"] == page

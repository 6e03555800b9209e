"""A source's own headers, secrets among them, go to the host of its address and nowhere else."""

from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawlers.job import CrawlJob

_PORTS: Final = {"http": 80, "https": 443}


class SourceHeaders:
    """Adds them last of all, to redirected requests too, and takes them off for other hosts."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the crawler."""
        return cls(crawler)

    def process_request(self, request: "Request") -> None:
        """Set or remove the headers of the job; a spider without a job has none."""
        job: CrawlJob | None = getattr(self._crawler.spider, "job", None)
        if job is None or not job.headers:
            return
        own = same_host(request.url, job.url)
        for name, value in job.headers.items():
            if own:
                request.headers[name] = value
            else:
                # A redirect copies the headers of the request before it.
                request.headers.pop(name, None)


def same_host(url: str, home: str) -> bool:
    """Say whether *url* is on the host and port of *home*, over a transport no less safe."""
    try:
        to, at = urlsplit(url), urlsplit(home)
        ports = [part.port or _PORTS[part.scheme] for part in (to, at)]
    except (ValueError, KeyError):
        return False
    if to.hostname != at.hostname:
        return False
    raised = at.scheme == "http" and to.scheme == "https" and ports == [443, 80]
    return raised or (to.scheme == at.scheme and ports[0] == ports[1])

"""A site to crawl, a second one that nobody may reach, and jobs against the first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from crawlers_bad_site import MakeJob, Site, serving

from crawlers.job import CrawlJob

RULES = {
    "item": "ul li a",
    "next": "a.next",
    "title": "h1::text",
    "text": "div.body p::text",
    "author": "span.author::text",
    "published_at": "meta[property]::attr(content)",
    "likes": "b.likes::text",
    "views": "b.views::text",
}


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A site on loopback that jobs may reach; its ``other`` is one that they may not."""
    with serving() as open_site, serving() as closed_site:
        open_site.other = closed_site
        yield open_site


@pytest.fixture
def make_job(site: Site, tmp_path: Path) -> MakeJob:
    """Make a job for a path of the site; every field can be given."""

    def make(path: str, **fields: object) -> CrawlJob:
        defaults: dict[str, object] = {
            "source_id": "source_1",
            "source_name": "试验源",
            "kind": "feed",
            "url": path if "://" in path else f"{site.base}{path}",
            "platform": "weibo",
            "spool": str(tmp_path / "spool"),
            "trace_id": "trace_1",
            "pseudonym_key": "00ff",
            "delay_s": 0.0,
            "max_seconds": 20.0,
            "allow_private": (site.pair,),
        }
        if fields.get("kind") == "listing":
            defaults |= {"rules": RULES, "source_type": "news", "identity": "url"}
        return CrawlJob(**(defaults | fields))  # type: ignore[arg-type]

    return make

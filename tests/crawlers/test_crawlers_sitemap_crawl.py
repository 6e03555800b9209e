"""Whole crawls of sitemaps: which pages are asked for, and what comes of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from crawlers_api_site import XML, Answer, ApiSite, article, serving_api
from crawlers_bad_site import MakeJob

from crawlers.job import CrawlJob
from crawlers.launch import run_crawl
from crawlers.raw import Batch
from crawlers.spool import Spool

TEXT = "星澜科技的净化器滤芯上周又涨价了，不少用户在论坛里表示不满，要求公司说明原因并退还差价。"


@pytest.fixture
def web() -> Iterator[ApiSite]:
    with serving_api() as site:
        yield site


@pytest.fixture
def make(web: ApiSite, make_job: MakeJob) -> MakeJob:
    def make(path: str, **fields: Any) -> CrawlJob:
        given: dict[str, Any] = {
            "kind": "sitemap",
            "identity": "url",
            "source_type": "news",
            "allow_private": (web.pair,),
        }
        return make_job(f"{web.base}{path}", **(given | fields))

    return make


def batches(job: CrawlJob) -> list[Batch]:
    spool, found = Spool(job.spool_path), []
    for path in spool.pending():
        claimed = spool.claim(path)
        assert claimed is not None
        with claimed:
            found.append(claimed.read())
    return found


def day(ago: int) -> str:
    return (datetime.now(UTC) - timedelta(days=ago)).isoformat(timespec="seconds")


def pages(web: ApiSite, *entries: tuple[str, str]) -> Answer:
    inside = "".join(
        f"<url><loc>{web.base}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>"
        for path, at in entries
    )
    return 200, XML, f"<urlset>{inside}</urlset>".encode()


def index(web: ApiSite, *entries: tuple[str, str]) -> Answer:
    inside = "".join(
        f"<sitemap><loc>{web.base}{path}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for path, at in entries
    )
    return 200, XML, f"<sitemapindex>{inside}</sitemapindex>".encode()


def test_a_sites_root_leads_over_robots_and_index_to_its_young_pages(
    web: ApiSite, make: MakeJob
) -> None:
    robots = f"User-agent: *\nDisallow: /private\nSitemap: {web.base}/index.xml\n".encode()
    web.routes |= {
        "/robots.txt": lambda _: (200, {"Content-Type": "text/plain"}, robots),
        "/index.xml": lambda _: index(web, ("/new.xml", day(0)), ("/old.xml", day(60))),
        "/new.xml": lambda _: pages(
            web, ("/news/1", day(3)), ("/news/2", day(1)), ("/news/3", ""), ("/news/4", day(30))
        ),
        **{f"/news/{n}": lambda _, n=n: article(f"滤芯涨价 {n}", f"{TEXT}{n}") for n in range(5)},
    }
    job = make("/")
    report = run_crawl(job)
    assert (report.status, report.items, report.complete) == ("ok", 3, True)
    assert web.paths() == ["/index.xml", "/new.xml", "/news/2", "/news/1", "/news/3"]
    (batch,) = batches(job)
    assert {mention.kind for mention in batch.mentions} == {"article"}
    assert all(TEXT in mention.text for mention in batch.mentions)
    assert len(batch.head.visited) == 3


def test_known_pages_are_not_asked_for_and_that_is_a_success(web: ApiSite, make: MakeJob) -> None:
    web.routes |= {
        "/map.xml": lambda _: pages(web, ("/news/1", ""), ("/news/2", "")),
        "/news/1": lambda _: article("滤芯涨价", TEXT),
        "/news/2": lambda _: (200, {"Content-Type": "text/html"}, b"<p></p>"),
    }
    first = make("/map.xml")
    run_crawl(first)
    known = tuple(key for batch in batches(first) for key in batch.head.visited)
    assert len(known) == 2, "a page that gave nothing was read too"
    web.asked.clear()
    report = run_crawl(make("/map.xml", known=known))
    assert (report.status, report.items, report.known) == ("ok", 0, 2)
    assert web.paths() == ["/map.xml"]


def test_without_robots_the_usual_sitemap_is_tried(web: ApiSite, make: MakeJob) -> None:
    web.routes["/sitemap.xml"] = lambda _: pages(web, ("/news/1", ""))
    web.routes["/news/1"] = lambda _: article("滤芯涨价", TEXT)
    assert run_crawl(make("")).items == 1


def test_patterns_keep_pages_out(web: ApiSite, make: MakeJob) -> None:
    web.routes["/map.xml"] = lambda _: pages(web, ("/news/1", ""), ("/about", ""), ("/news/ad", ""))
    web.routes["/news/1"] = lambda _: article("滤芯涨价", TEXT)
    rules = {"include": ["*/news/*"], "exclude": ["*/ad"]}
    assert run_crawl(make("/map.xml", rules=rules)).items == 1
    assert web.paths() == ["/map.xml", "/news/1"]


def test_indexes_that_name_themselves_and_each_other_end(web: ApiSite, make: MakeJob) -> None:
    web.routes["/a.xml"] = lambda _: index(web, ("/a.xml", ""), ("/b.xml", ""))
    web.routes["/b.xml"] = lambda _: index(web, ("/a.xml", ""), ("/c.xml", ""))
    web.routes["/c.xml"] = lambda _: pages(web, ("/news/1", ""))
    web.routes["/news/1"] = lambda _: article("滤芯涨价", TEXT)
    assert run_crawl(make("/a.xml")).items == 1
    assert sorted(web.paths()) == ["/a.xml", "/b.xml", "/c.xml", "/news/1"]


def test_endless_indexes_end_at_the_cap(web: ApiSite, make: MakeJob) -> None:
    class Endless(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            names = [(f"{path.removesuffix('.xml')}{n}.xml", "") for n in range(9)]
            return (lambda _: index(web, *names)) if path != "/robots.txt" else None

    web.routes = Endless()
    report = run_crawl(make("/m.xml", max_pages=500))
    assert (report.items, report.complete) == (0, False)
    assert len(web.paths()) == 50


def test_the_sitemaps_title_and_date_fill_what_the_page_does_not_tell(
    web: ApiSite, make: MakeJob
) -> None:
    at = day(1)
    news = (
        f"<urlset xmlns:n='x'><url><loc>{web.base}/news/1</loc><n:news><n:title>滤芯涨价</n:title>"
        f"<n:publication_date>{at}</n:publication_date></n:news></url></urlset>"
    )
    web.routes["/map.xml"] = lambda _: (200, XML, news.encode())
    web.routes["/news/1"] = lambda _: (
        200,
        {"Content-Type": "text/html; charset=utf-8"},
        f"<div><p>{TEXT}</p></div>".encode(),
    )
    job = make("/map.xml")
    run_crawl(job)
    (mention,) = batches(job)[0].mentions
    assert mention.title == "滤芯涨价"
    assert mention.published_at is not None
    assert mention.published_at.isoformat() == at


def test_a_page_that_is_no_sitemap_is_told(web: ApiSite, make: MakeJob) -> None:
    web.routes["/map.xml"] = lambda _: article("登录", TEXT)
    report = run_crawl(make("/map.xml"))
    assert report.status == "error"
    assert "no sitemap" in (report.error or "")
    assert "站点地图" in (report.hint or "")

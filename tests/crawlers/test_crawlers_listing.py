"""Listings: comments below articles, and pages that are known."""

from collections.abc import Iterator
from typing import Any

import pytest
from crawlers_api_site import HTML, ApiSite, article, serving_api
from crawlers_bad_site import MakeJob

from crawlers.identity import mention_id
from crawlers.job import CrawlJob
from crawlers.launch import run_crawl
from crawlers.raw import Batch
from crawlers.spool import Spool

TEXT = "星澜科技的净化器滤芯上周又涨价了，不少用户在论坛里表示不满，要求公司说明原因并退还差价。"
COMMENTS = (
    "<ul><li class=c data-id=7><b>用户甲</b><time>2025年11月3日 8:00</time>"
    "<p>我家的也涨了</p><i>1.2万</i></li>"
    "<li class=c data-id=8><b>用户乙</b><p>已退货</p></li><li class=c><p> </p></li></ul>"
)
RULES = {
    "item": "a.t",
    "title": "h1::text",
    "text": "div.body p::text",
    "comment": "li.c",
    "comment_id": "::attr(data-id)",
    "comment_author": "b::text",
    "comment_text": "p::text",
    "comment_published_at": "time::text",
    "comment_likes": "i::text",
}


@pytest.fixture
def web() -> Iterator[ApiSite]:
    with serving_api() as site:
        body = b"<a class=t href=/t/1>a</a><a class=t href=/t/1?utm_source=x>a</a>"
        site.routes["/list"] = lambda _: (200, HTML, body)
        site.routes["/t/1"] = lambda _: article("滤芯涨价", TEXT, COMMENTS)
        yield site


@pytest.fixture
def make(web: ApiSite, make_job: MakeJob) -> MakeJob:
    def make(**fields: Any) -> CrawlJob:
        given: dict[str, Any] = {
            "kind": "listing",
            "identity": "url",
            "rules": RULES,
            "allow_private": (web.pair,),
        }
        return make_job(f"{web.base}/list", **(given | fields))

    return make


def batch_of(job: CrawlJob) -> Batch:
    spool = Spool(job.spool_path)
    (path,) = spool.pending()
    claimed = spool.claim(path)
    assert claimed is not None
    with claimed:
        return claimed.read()


def test_comments_become_mentions_of_their_own(web: ApiSite, make: MakeJob) -> None:
    job = make()
    run_crawl(job)
    batch = batch_of(job)
    comments = [each for each in batch.mentions if each.kind == "comment"]
    first = comments[0]
    assert (first.text, first.title, first.url) == (
        "我家的也涨了",
        "滤芯涨价",
        f"{web.base}/t/1",
    )
    assert first.author is not None
    assert first.author.startswith("用**")
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2025-11-03T00:00:00+00:00"
    assert first.engagement.likes == 12_000
    assert {each.text for each in comments} == {"我家的也涨了", "已退货"}
    ids = {mention_id("x", "url", each, "s") for each in batch.mentions}
    assert len(ids) == 3, "comments have their page's address and yet ids of their own"


def test_known_pages_are_left_out_whatever_their_spelling(web: ApiSite, make: MakeJob) -> None:
    job = make()
    run_crawl(job)
    known = batch_of(job).head.visited
    assert len(known) == 1
    web.asked.clear()
    report = run_crawl(make(known=known))
    assert (report.status, report.items, report.known) == ("ok", 0, 2)
    assert web.paths() == ["/list"]


def test_a_dead_link_among_known_pages_is_no_failure(web: ApiSite, make: MakeJob) -> None:
    job = make()
    run_crawl(job)
    known = batch_of(job).head.visited
    body = b"<a class=t href=/t/1>a</a><a class=t href=/gone>b</a>"
    web.routes["/list"] = lambda _: (200, HTML, body)
    report = run_crawl(make(known=known))
    assert (report.status, report.failed_pages) == ("ok", 1)

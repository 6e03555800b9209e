"""What RSSHub gives in truth: cut titles, names in front, guids that are titles, empty routes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from crawlers_api_site import ApiSite, Asked, article, serving_api
from crawlers_bad_site import MakeJob, item, rss

from crawlers.feeds import parse_feed, to_mention
from crawlers.identity import mention_id
from crawlers.job import CrawlJob
from crawlers.launch import run_crawl
from crawlers.raw import Batch, RawMention
from crawlers.spool import Spool

NOW = datetime(2025, 6, 12, tzinfo=UTC)
RSS = {"Content-Type": "application/xml; charset=utf-8"}
TEXT = "星澜科技的净化器滤芯上周又涨价了，不少用户在论坛里表示不满，要求公司说明原因并退还差价。"


@pytest.fixture
def web() -> Iterator[ApiSite]:
    with serving_api() as site:
        yield site


@pytest.fixture
def make(web: ApiSite, make_job: MakeJob) -> MakeJob:
    def make(path: str, **fields: Any) -> CrawlJob:
        given: dict[str, Any] = {"allow_private": (web.pair,)}
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


def read(body: bytes) -> list[RawMention]:
    entries = parse_feed(body, "application/xml", NOW).entries
    found = [to_mention(entry, "weibo", "post", NOW) for entry in entries]
    return [mention for mention in found if mention is not None]


def test_a_cut_title_and_the_authors_name_in_front_are_dropped() -> None:
    body = rss(
        "<item><title>林小雨: 星澜净化器的滤芯又涨...</title>"
        "<description>&lt;a href='https://weibo.com/1'&gt;林小雨&lt;/a&gt;: "
        "星澜净化器的滤芯又涨价了&lt;img alt='[怒]' src='x'&gt;，客服不理人</description>"
        "<dc:creator>林小雨</dc:creator><link>https://weibo.com/1/a</link>"
        "<guid>https://weibo.com/1/a</guid><category>星澜</category></item>"
    )
    (mention,) = read(body)
    assert mention.text == "星澜净化器的滤芯又涨价了[怒]，客服不理人"
    assert mention.title == ""
    assert mention.author == "林小雨"


def test_a_retweet_keeps_what_it_quotes_on_a_line_of_its_own() -> None:
    body = rss(
        "<item><title>太过分了 - 转发 @阑夕: 滤芯又涨价…</title>"
        "<description>太过分了&lt;br&gt;&lt;blockquote&gt; - 转发 &lt;a&gt;@阑夕&lt;/a&gt;: "
        "滤芯又涨价了&lt;/blockquote&gt;</description><author>周末</author>"
        "<link>https://weibo.com/2/b</link></item>"
    )
    (mention,) = read(body)
    assert mention.text.split("\n")[0] == "太过分了"
    assert "滤芯又涨价了" in mention.text


def test_items_of_one_link_and_a_title_for_guid_stay_apart_by_their_content() -> None:
    body = rss(
        *(
            f"<item><title>{title}</title><description>&lt;img src='x'&gt;</description>"
            f"<link>https://www.xiaohongshu.com/user/profile/1/</link>"
            f'<guid isPermaLink="false">{title}</guid><author>小满</author></item>'
            for title in ("滤芯换新", "又涨价了")
        )
    )
    found = read(body)
    assert [mention.text for mention in found] == ["滤芯换新", "又涨价了"]
    assert {mention.published_at for mention in found} == {None}
    ids = {mention_id("xhs", "content", mention, "s1") for mention in found}
    assert len(ids) == 2


def test_links_of_a_search_that_change_at_every_visit_become_the_true_address() -> None:
    link = (
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;tid={}&amp;"
        "url=https%3a%2f%2fn.example%2fa%3fb%3d1&amp;mkt=zh-cn"
    )
    entry = "<item><title>滤芯涨价</title><link>{}</link></item>"
    first, second = (read(rss(entry.format(link.format(tid))))[0] for tid in ("1", "2"))
    assert first.url == second.url == "https://n.example/a?b=1"


def test_an_empty_route_is_a_success_with_nothing(web: ApiSite, make: MakeJob) -> None:
    web.routes["/weibo"] = lambda _: (503, {}, b"<p>Error: this route is empty, please check</p>")
    job = make("/weibo")
    report = run_crawl(job)
    assert (report.status, report.items, report.error) == ("ok", 0, None)
    assert "没有内容" in (report.hint or "")
    assert batches(job) == []


def test_a_server_that_is_down_is_none(web: ApiSite, make: MakeJob) -> None:
    web.routes["/weibo"] = lambda _: (503, {"Retry-After": "60"}, b"maintenance")
    report = run_crawl(make("/weibo"))
    assert (report.status, report.retry_after_s) == ("error", 60)
    assert "HTTP 503" in (report.error or "")


def headlines(web: ApiSite, *paths: str) -> bytes:
    return rss(
        *(
            f"<item><title>滤芯涨价了</title><link>{web.base}{path}</link><guid>{path}</guid></item>"
            for path in paths
        )
    )


def test_the_articles_behind_headlines_are_read(web: ApiSite, make: MakeJob) -> None:
    web.routes |= {
        "/feed": lambda _: (200, RSS | {"ETag": '"1"'}, headlines(web, "/to", "/gone")),
        "/to": lambda _: (302, {"Location": "/news/1"}, b""),
        "/news/1": lambda _: article(
            "星澜滤芯涨价", TEXT, "<div class=c><i>用户甲</i>我也是</div>"
        ),
    }
    rules = {"follow": True, "comment": "div.c", "comment_author": "i::text"}
    job = make("/feed", rules=rules, source_type="news")
    report = run_crawl(job)
    assert (report.status, report.items, report.failed_pages, report.etag) == ("ok", 3, 1, None)
    (batch,) = batches(job)
    whole, headline = sorted(
        (each for each in batch.mentions if each.kind != "comment"),
        key=lambda mention: -len(mention.text),
    )
    assert TEXT in whole.text
    assert (whole.title, whole.native_id) == ("滤芯涨价了", "/to")
    assert whole.url == f"{web.base}/news/1"
    assert (headline.text, headline.native_id) == ("滤芯涨价了", "/gone")
    (comment,) = (each for each in batch.mentions if each.kind == "comment")
    assert "我也是" in comment.text
    assert comment.title == "滤芯涨价了"
    assert len(batch.head.visited) == 1, "the page that failed is asked for again"


def test_known_articles_are_not_read_again(web: ApiSite, make: MakeJob) -> None:
    web.routes |= {
        "/feed": lambda _: (200, RSS, headlines(web, "/news/1", "/news/2")),
        "/news/1": lambda _: article("星澜滤芯涨价", TEXT),
        "/news/2": lambda _: article("星澜滤芯涨价", TEXT),
    }
    first = make("/feed", rules={"follow": True})
    run_crawl(first)
    known = batches(first)[0].head.visited
    assert len(known) == 2
    web.asked.clear()
    report = run_crawl(make("/feed", rules={"follow": True}, known=known))
    assert (report.status, report.items, report.known) == ("ok", 0, 2)
    assert web.paths() == ["/feed"]


def test_where_the_cap_ends_the_articles_headlines_remain(web: ApiSite, make: MakeJob) -> None:
    def page(asked: Asked) -> Any:
        return article("星澜滤芯涨价", TEXT + asked.path)

    paths = [f"/news/{number}" for number in range(6)]
    web.routes = dict.fromkeys(paths, page)
    web.routes["/feed"] = lambda _: (200, RSS, headlines(web, *paths))
    report = run_crawl(make("/feed", rules={"follow": True}, max_pages=3))
    assert (report.items, report.pages, report.complete) == (6, 3, False)


def test_whole_texts_are_not_followed(web: ApiSite, make: MakeJob) -> None:
    web.routes["/feed"] = lambda _: (200, RSS, rss(item(1, TEXT * 6)))
    report = run_crawl(make("/feed", rules={"follow": True}))
    assert (report.items, web.paths()) == (1, ["/feed"])

"""The sample sites give what their rules and their feed promise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import struct_time

import feedparser
import pytest
from parsel import Selector

from core.errors import InvalidInput
from crawlers.sample.load import SampleMention, SampleSource, mentions, sources
from crawlers.sample.site import SampleSite

COUNTS = ("likes", "comments", "shares", "views")


def listing(platform: str, base_url: str) -> SampleSource:
    return next(one for one in sources(base_url) if one.platform == platform)


def of_site(name: str) -> dict[str, SampleMention]:
    return {one.id: one for one in mentions() if one.site == name}


def page(site: SampleSite, url: str, base_url: str) -> Selector:
    status, content_type, body = site.respond(url.removeprefix(base_url))
    assert (status, content_type) == (200, "text/html; charset=utf-8")
    return Selector(body.decode())


def pages_of(site: SampleSite, source: SampleSource, base_url: str) -> Iterator[Selector]:
    url: str | None = source.url
    while url:
        found = page(site, url, base_url)
        yield found
        follow = source.rules["next"]
        url = found.css(follow).attrib.get("href") if follow else None


def entry_links(site: SampleSite, source: SampleSource, base_url: str) -> list[str]:
    css = source.rules["item"]
    assert css
    return [
        link.attrib["href"] for found in pages_of(site, source, base_url) for link in found.css(css)
    ]


def published(one: SampleMention, started_at: datetime) -> datetime:
    return started_at - timedelta(minutes=one.minutes_ago)


def test_the_newspaper_turns_the_page_and_the_forum_has_one(
    site: SampleSite, base_url: str
) -> None:
    news, forum = listing("sample-news", base_url), listing("sample-forum", base_url)
    assert len(list(pages_of(site, news, base_url))) == 2
    assert len(list(pages_of(site, forum, base_url))) == 1


@pytest.mark.parametrize(("platform", "name"), [("sample-news", "news"), ("sample-forum", "forum")])
def test_a_listing_links_each_entry_once_newest_first(
    site: SampleSite, base_url: str, platform: str, name: str
) -> None:
    links = entry_links(site, listing(platform, base_url), base_url)
    newest_first = sorted(of_site(name).values(), key=lambda one: one.minutes_ago)
    shown = [link.rpartition("/")[2].removesuffix(".html") for link in links]
    assert shown == [one.id for one in newest_first]


@pytest.mark.parametrize(("platform", "name"), [("sample-news", "news"), ("sample-forum", "forum")])
def test_the_rules_select_on_every_page_what_was_written(
    site: SampleSite, base_url: str, started_at: datetime, platform: str, name: str
) -> None:
    source, written = listing(platform, base_url), of_site(name)
    for link in entry_links(site, source, base_url):
        found = page(site, link, base_url)
        got = {
            field: found.css(css).getall() if css else []
            for field, css in source.rules.items()
            if field not in ("item", "next")
        }
        one = written[got["native_id"][0]]
        assert got["title"] == [one.title]
        assert "\n".join(got["text"]) == one.text
        assert got["author"] == [one.author]
        assert [datetime.fromisoformat(at) for at in got["published_at"]] == [
            published(one, started_at)
        ]
        for count in COUNTS:
            value = getattr(one, count)
            assert got[count] == ([] if value is None else [str(value)])


def test_times_are_shown_in_shanghai(site: SampleSite, base_url: str) -> None:
    time = page(site, "/sample/news/n-005.html", base_url).css("time")
    assert time.attrib["datetime"] == "2026-11-23T12:29:00+08:00"
    assert time.css("::text").get() == "2026-11-23 12:29"


def test_big_counts_are_shown_in_ten_thousands(site: SampleSite, base_url: str) -> None:
    views = page(site, "/sample/forum/t/t-001.html", base_url).css("data.views")
    assert (views.attrib["value"], views.css("::text").get()) == ("38790", "3.9万")


def test_the_feed_is_valid_and_complete(
    site: SampleSite, base_url: str, started_at: datetime
) -> None:
    status, content_type, body = site.respond("/sample/feed.xml")
    assert (status, content_type) == (200, "application/rss+xml; charset=utf-8")
    feed = feedparser.parse(body, response_headers={"content-type": content_type})
    assert (feed.bozo, feed.version) == (False, "rss20")
    written = of_site("feed")
    assert {one.id for one in feed.entries} == set(written)
    for item in feed.entries:
        one = written[item.id]
        assert (item.title, item.author) == (one.title, one.author)
        assert Selector(item.summary).css("p::text").getall() == one.text.split("\n")
        assert moment(item.published_parsed) == published(one, started_at)


def moment(parsed: struct_time) -> datetime:
    return datetime(*parsed[:6], tzinfo=UTC)


def test_every_link_on_every_page_leads_somewhere(site: SampleSite, base_url: str) -> None:
    waiting, seen = [base_url + "/sample/"], set[str]()
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        assert url.startswith(base_url + "/sample/"), "links are absolute"
        status, _, body = site.respond(url.removeprefix(base_url))
        assert status == 200, url
        if url.endswith(".xml"):
            waiting += [item.link for item in feedparser.parse(body).entries]
        else:
            waiting += Selector(body.decode()).css("a::attr(href), link::attr(href)").getall()
    assert len(seen) == len(mentions()) + 5


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sample",
        "/sample/news/page/1",
        "/sample/news/page/3",
        "/sample/news/t-001.html",
        "/sample/news/../mentions.json",
        "/sample/forum/t/t-999.html",
        "/sample/mentions.json",
    ],
)
def test_anything_else_is_missing(site: SampleSite, path: str) -> None:
    status, _, body = site.respond(path)
    assert (status, site.etag(path)) == (404, None)
    assert "页面不存在" in body.decode()


def test_a_query_string_changes_nothing(site: SampleSite) -> None:
    assert site.respond("/sample/news/?from=mail") == site.respond("/sample/news/")


def test_the_etag_is_strong_and_follows_the_content(
    site: SampleSite, started_at: datetime, base_url: str
) -> None:
    again = SampleSite(started_at, base_url + "/")
    later = SampleSite(started_at + timedelta(minutes=1), base_url)
    for path in ("/sample/feed.xml", "/sample/news/", "/sample/forum/t/t-001.html"):
        tag = site.etag(path)
        assert tag is not None
        assert tag.startswith('"')
        assert again.etag(path) == tag
        assert later.etag(path) != tag


def test_markup_in_the_address_is_escaped(started_at: datetime) -> None:
    site = SampleSite(started_at, 'http://h/"><script>')
    assert b"<script>" not in site.respond("/sample/")[2]


def test_a_start_without_a_zone_is_refused(base_url: str) -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        SampleSite(datetime(2026, 11, 23, 6, 5), base_url)  # noqa: DTZ001 -- the fault under test


def test_pages_say_that_they_are_made_up(site: SampleSite) -> None:
    for path in ("/sample/", "/sample/news/", "/sample/forum/", "/sample/posts/f-001.html"):
        assert "虚构" in site.respond(path)[2].decode()

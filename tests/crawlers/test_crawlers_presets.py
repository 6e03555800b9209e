"""Presets: data that makes sources that can be, and says honestly how far it was tried."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from crawlers_api_site import XML, Answer, ApiSite, Asked, article, as_json, serving_api
from crawlers_bad_site import MakeJob

from core.errors import InvalidInput, NotFound
from crawlers.addresses import AllowList
from crawlers.launch import run_crawl
from crawlers.presets import Preset, fill, preset_called, presets
from crawlers.spool import Spool

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
TEXT = "星澜科技的净化器滤芯上周又涨价了，不少用户在论坛里表示不满，要求公司说明原因并退还差价。"
TIME = "2025-11-03T08:00:00"


def example(preset: Preset) -> dict[str, str]:
    return {parameter.name: parameter.example for parameter in preset.parameters}


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.key)
def test_every_preset_makes_a_source_that_can_be_saved(preset: Preset) -> None:
    source = fill(preset, example(preset))
    source.check(AllowList.parse(["127.0.0.1:1200"]))
    assert source.kind == preset.kind
    assert "{" not in source.url
    assert preset.description
    assert preset.needs
    assert preset.verified.how
    if preset.verified.on is not None:
        date.fromisoformat(preset.verified.on)


def test_the_manual_lists_exactly_the_presets() -> None:
    _, _, listed = MANUAL.read_text("utf-8").partition("## Presets")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \|", listed, flags=re.M)
    assert dict(rows) == {preset.key: preset.name for preset in presets()}


def test_a_keyword_is_encoded_and_cannot_change_the_address() -> None:
    source = fill(preset_called("bing-news"), {"keyword": "星澜 &format=x#/../?{keyword}"})
    assert source.url.startswith(
        "https://www.bing.com/news/search?q=%E6%98%9F%E6%BE%9C%20%26format"
    )
    assert source.url.endswith("%7Bkeyword%7D&format=rss")
    assert source.name == "必应新闻：星澜 &format=x#/../?{keyword}"


@pytest.mark.parametrize(
    ("key", "values", "wrong"),
    [
        ("bing-news", {}, "keyword"),
        ("bing-news", {"keyword": " "}, "keyword"),
        ("bing-news", {"keyword": "a\x00b"}, "keyword"),
        ("bing-news", {"keyword": "a" * 201}, "keyword"),
        ("bing-news", {"keyword": "a", "colour": "b"}, "colour"),
        ("rsshub-zhihu-question", {"rsshub": "http://h.example", "question": "1/../2"}, "question"),
        ("rsshub-zhihu-question", {"rsshub": "h.example", "question": "1"}, "rsshub"),
        ("site-sitemap", {"site": "https://n.example/?q=1"}, "site"),
        ("site-sitemap", {"site": "file:///etc"}, "site"),
        ("mastodon-tag-token", {"site": "https://m.example", "tag": "a", "token": "x y"}, "token"),
    ],
)
def test_wrong_values_are_named(key: str, values: dict[str, str], wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        fill(preset_called(key), values)
    assert refused.value.field == wrong


def test_a_token_is_asked_for_by_the_name_of_its_secret() -> None:
    preset = preset_called("mastodon-tag-token")
    assert [parameter.name for parameter in preset.parameters if parameter.secret] == ["token"]
    assert fill(preset, example(preset)).rules["headers"] == {
        "Authorization": "Bearer secret:MASTODON"
    }


def test_an_unknown_preset_is_told_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="bing-news"):
        preset_called("nosuch")


@pytest.fixture
def web() -> Iterator[ApiSite]:
    with serving_api() as site:
        yield site


def discourse(web: ApiSite) -> dict[str, Any]:
    topic = {"id": 5, "title": "滤芯涨价", "created_at": f"{TIME}Z", "reply_count": 3, "views": 40}
    posts = [{"id": 51, "cooked": f"<p>{TEXT}</p>", "username": "甲", "created_at": f"{TIME}Z"}]

    def latest(asked: Asked) -> Answer:
        more = "/latest?page=1" if asked.query["page"] == "0" else None
        topics = [topic] if more else []
        return as_json({"topic_list": {"topics": topics, "more_topics_url": more}})

    return {
        "/latest.json": latest,
        "/t/5.json": lambda _: as_json({"post_stream": {"posts": posts}}),
    }


def mastodon(web: ApiSite) -> dict[str, Any]:
    toot = {
        "id": "9",
        "uri": "https://m.example/u/1/9",
        "url": "https://m.example/@u/9",
        "content": f"<p>{TEXT}</p>",
        "account": {"acct": "u"},
        "created_at": f"{TIME}.000Z",
        "favourites_count": 2,
        "replies_count": 0,
        "reblogs_count": 1,
    }
    return {
        "/api/v1/timelines/tag/星澜科技": lambda asked: as_json(
            [] if "max_id" in asked.query else [toot]
        )
    }


def wordpress(web: ApiSite) -> dict[str, Any]:
    entry = {
        "id": 3,
        "link": "https://w.example/3",
        "title": {"rendered": "滤芯涨价"},
        "content": {"rendered": f"<p>{TEXT}</p>"},
        "date_gmt": TIME,
    }
    return {
        "/wp-json/wp/v2/posts": lambda asked: as_json([entry] if asked.query["page"] == "1" else [])
    }


def sitemap(web: ApiSite) -> dict[str, Any]:
    inside = f"<urlset><url><loc>{web.base}/1</loc></url></urlset>".encode()
    return {
        "/sitemap.xml": lambda _: (200, XML, inside),
        "/1": lambda _: article("滤芯涨价", TEXT),
    }


@pytest.mark.parametrize(
    ("key", "routes", "items"),
    [
        ("discourse-latest", discourse, 2),
        ("mastodon-tag", mastodon, 1),
        ("mastodon-tag-token", mastodon, 1),
        ("wordpress-api", wordpress, 1),
        ("site-sitemap", sitemap, 1),
    ],
)
def test_a_preset_reads_what_such_a_site_answers(
    web: ApiSite, make_job: MakeJob, key: str, routes: Any, items: int
) -> None:
    web.routes = {quote(path): route for path, route in routes(web).items()}
    preset = preset_called(key)
    source = fill(preset, example(preset) | {"site": web.base})
    job = make_job(
        source.url, kind=source.kind, rules=source.rules, allow_private=(web.pair,), max_pages=20
    )
    report = run_crawl(job)
    assert (report.status, report.items) == ("ok", items), report
    spool = Spool(job.spool_path)
    claimed = spool.claim(spool.pending()[0])
    assert claimed is not None
    with claimed:
        found = claimed.read().mentions
    assert any(TEXT in mention.text for mention in found)
    if preset.kind == "json_api":
        assert {mention.published_at.isoformat() for mention in found if mention.published_at} == {
            f"{TIME}+00:00"
        }


def test_the_search_of_hacker_news_is_read(web: ApiSite, make_job: MakeJob) -> None:
    story = {"objectID": "1", "title": "Xinglan", "story_text": TEXT, "created_at_i": 1762156800}
    note = {"objectID": "2", "story_title": "Xinglan", "comment_text": TEXT, "points": None}

    def page(asked: Asked) -> Answer:
        return as_json({"hits": [story, note] if asked.query["page"] == "0" else []})

    web.routes["/api/v1/search_by_date"] = page
    preset = preset_called("hacker-news-search")
    source = fill(preset, example(preset))
    url = source.url.replace("https://hn.algolia.com", web.base)
    job = make_job(url, kind="json_api", rules=source.rules, allow_private=(web.pair,))
    assert run_crawl(job).items == 2
    spool = Spool(job.spool_path)
    claimed = spool.claim(spool.pending()[0])
    assert claimed is not None
    with claimed:
        first, second = claimed.read().mentions
    assert {first.text, second.text} == {TEXT}
    assert {first.title, second.title} == {"Xinglan"}
    assert first.url == "https://news.ycombinator.com/item?id=1"
    assert first.published_at is not None

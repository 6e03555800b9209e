"""Ids, canonical URLs, pseudonyms and counts."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawlers.counts import parse_count
from crawlers.identity import canonical_url, mention_id
from crawlers.pseudonym import pseudonym
from crawlers.raw import RawMention

RAW = RawMention(
    platform="weibo",
    text="滤芯涨价",
    detected_at=datetime(2026, 1, 1, tzinfo=UTC),
    native_id="42",
    url="https://weibo.example/1?utm_source=x",
    author="林**·3fa2",
)


def test_the_declared_identity_alone_makes_the_id() -> None:
    by_native = mention_id("weibo", "native_id", RAW, "s1")
    assert by_native == mention_id("weibo", "native_id", replace(RAW, text="改过", url=None), "s2")
    assert by_native != mention_id("zhihu", "native_id", RAW, "s1")
    by_url = mention_id("weibo", "url", RAW, "s1")
    assert by_url == mention_id(
        "zhihu", "url", replace(RAW, native_id="7", url="https://WEIBO.example/1#top"), "s2"
    )
    by_content = mention_id("weibo", "content", RAW, "s1")
    assert by_content == mention_id("weibo", "content", replace(RAW, url=None, native_id="8"), "s1")
    assert by_content != mention_id("weibo", "content", RAW, "s2")
    assert len({by_native, by_url, by_content}) == 3
    assert all(len(one) == 40 and int(one, 16) for one in (by_native, by_url, by_content))


def test_a_missing_part_falls_back_to_the_next() -> None:
    no_native = replace(RAW, native_id=None)
    assert mention_id("weibo", "native_id", no_native, "s") == mention_id("x", "url", RAW, "s")
    bare = replace(no_native, url=None)
    assert mention_id("weibo", "native_id", bare, "s") == mention_id("x", "content", RAW, "s")
    assert mention_id("weibo", "url", bare, "s") == mention_id("x", "content", RAW, "s")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example.CN:443/a?b=2&a=1#x", "https://news.example.cn/a?a=1&b=2"),
        ("https://a.cn/1?utm_source=x&utm_medium=y&id=3", "https://a.cn/1?id=3"),
        ("https://a.cn/1?spm=a.b&from=timeline&share_token=9", "https://a.cn/1"),
        ("http://a.cn:8080", "http://a.cn:8080/"),
        (
            "https://a.cn/新闻?q=净化器",
            "https://a.cn/%E6%96%B0%E9%97%BB?q=%E5%87%80%E5%8C%96%E5%99%A8",
        ),
        ("weibo://1", "weibo://1"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_a_url_has_one_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


def test_an_author_keeps_one_character() -> None:
    masked = pseudonym("林小雨", "key")
    assert masked is not None
    assert masked.startswith("林**·")
    assert len(masked) == 8
    assert pseudonym(" 林小雨 ", "key") == masked
    assert pseudonym("林小雨", "other key") != masked
    assert pseudonym("林小月", "key") != masked
    assert pseudonym(masked, "key") == masked
    assert pseudonym(None, "key") is None
    assert pseudonym("  ", "key") is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("3456", 3456),
        ("3,456", 3456),
        ("1.5万", 15000),
        ("10w+", 100_000),
        ("28k", 28_000),
        ("28K 次", 28_000),
        ("1.2亿", 120_000_000),
        ("3千", 3000),
        ("评论 12", 12),
        ("赞", None),
        ("None", None),
        ("", None),
        (None, None),
    ],
)
def test_counts_are_read_as_platforms_write_them(text: str | None, count: int | None) -> None:
    assert parse_count(text) == count

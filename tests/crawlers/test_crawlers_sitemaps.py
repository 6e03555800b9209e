"""Sitemap files: index, pages, news, gzip and lines; hostile ones are refused."""

import gzip
from datetime import UTC, datetime

import pytest

from crawlers.rules.sitemap import choosing
from crawlers.sitemaps import MOST_ENTRIES, NotASitemap, parse_sitemap, robots_sitemaps

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = (
    f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS} '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
    "<url><loc> https://n.example/1 </loc><lastmod>2026-03-10</lastmod>"
    "<image:image><image:loc>https://n.example/1.jpg</image:loc></image:image>"
    "<news:news><news:publication><news:name>江城晚讯</news:name></news:publication>"
    "<news:publication_date>2026-03-09T20:00:00+08:00</news:publication_date>"
    "<news:title>滤芯涨价 &amp; 道歉</news:title></news:news></url></urlset>"
)


def test_a_news_sitemap_gives_title_and_both_dates() -> None:
    (entry,) = parse_sitemap(NEWS.encode(), NOW).pages
    assert (entry.url, entry.title) == ("https://n.example/1", "滤芯涨价 & 道歉")
    assert entry.published_at == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert entry.changed_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert entry.at == entry.published_at


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_any_encoding_and_gzip_are_read(encoding: str) -> None:
    body = NEWS.replace("UTF-8", "gb2312" if encoding == "gb18030" else encoding).encode(encoding)
    for sent in (body, gzip.compress(body)):
        assert parse_sitemap(sent, NOW).pages[0].title == "滤芯涨价 & 道歉"


def test_an_index_names_other_sitemaps() -> None:
    body = (
        f"<sitemapindex {NS}><sitemap><loc>https://n.example/a.xml</loc>"
        "<lastmod>2026-03-01</lastmod></sitemap><sitemap><loc>ftp://n/b.xml</loc></sitemap>"
        "</sitemapindex>"
    )
    found = parse_sitemap(body.encode(), NOW)
    assert [entry.url for entry in found.sitemaps] == ["https://n.example/a.xml"]
    assert found.pages == []


def test_a_list_of_lines_is_a_sitemap_too() -> None:
    body = "\ufeffhttps://n.example/1\r\nhttps://n.example/2\nno address\n".encode()
    urls = [entry.url for entry in parse_sitemap(body, NOW).pages]
    assert urls == ["https://n.example/1", "https://n.example/2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>login</body></html>",
        b"<rss version='2.0'><channel/></rss>",
        b'{"a": 1}',
        b"\x1f\x8b broken",
        b'<!DOCTYPE urlset [<!ENTITY a "x">]><urlset><url><loc>&a;</loc></url></urlset>',
        b'<!DOCTYPE urlset SYSTEM "file:///etc/passwd"><urlset/>',
        b"<urlset>" + b"<a>" * 10_000,
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(NotASitemap, match=r"sitemap|entities"):
        parse_sitemap(body, NOW)


def test_a_sitemap_that_was_cut_off_gives_what_is_whole() -> None:
    whole = f"<urlset {NS}><url><loc>https://n.example/1</loc></url><url><loc>https://n.ex"
    for body in (whole.encode(), gzip.compress(whole.encode())[:-4]):
        found = parse_sitemap(body, NOW)
        assert [entry.url for entry in found.pages] == ["https://n.example/1"]
        assert not found.complete


def test_a_bomb_is_left_at_the_limit() -> None:
    page = b"<url><loc>https://n.example/1</loc></url>"
    packed = gzip.compress(b"<urlset>" + page + b" " * 60_000_000 + page + b"</urlset>")
    assert len(packed) < 100_000
    found = parse_sitemap(packed, NOW)
    assert (len(found.pages), found.complete) == (1, False)


def test_no_more_entries_are_taken_than_the_protocol_allows() -> None:
    many = b"<url><loc>https://n.example/1</loc></url>" * (MOST_ENTRIES + 5)
    found = parse_sitemap(b"<urlset>" + many + b"</urlset>", NOW)
    assert (len(found.pages), found.complete) == (MOST_ENTRIES, False)


def test_a_field_without_end_is_cut() -> None:
    body = b"<urlset><url><loc>https://n.example/" + b"x" * 1_000_000 + b"</loc></url></urlset>"
    (entry,) = parse_sitemap(body, NOW).pages
    assert len(entry.url) < 200_000


def test_robots_txt_names_sitemaps() -> None:
    text = "User-agent: *\nDisallow: /x\nSitemap: https://n.example/a.xml\n sitemap:https://n.example/b\n"
    assert robots_sitemaps(text) == ["https://n.example/a.xml", "https://n.example/b"]


def test_patterns_choose_addresses_and_exclude_is_stronger() -> None:
    chosen = choosing({"include": ["*/news/*", "*.html"], "exclude": ["*/ad/*"]})
    assert chosen.takes("https://n.example/news/1")
    assert chosen.takes("https://n.example/a.html")
    assert not chosen.takes("https://n.example/news/ad/1")
    assert not chosen.takes("https://n.example/about")
    assert choosing({}).takes("https://n.example/about")
    # Backtracking over stars must not take for ever.
    assert not choosing({"include": ["*a" * 100 + "b"]}).takes("https://n.example/" + "a" * 1500)

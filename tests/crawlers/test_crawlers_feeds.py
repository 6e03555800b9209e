"""Feeds as tools really write them."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.feeds import NotAFeed, parse_feed, to_mention
from crawlers.raw import RawMention

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)


def mentions(body: str | bytes, content_type: str | None = None) -> list[RawMention]:
    raw = body if isinstance(body, bytes) else body.encode()
    found = [
        to_mention(entry, "weibo", "post", NOW)
        for entry in parse_feed(raw, content_type, NOW).entries
    ]
    return [mention for mention in found if mention is not None]


def rss(items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>t</title><ttl>360</ttl>{items}</channel></rss>"
    )


def test_a_weibo_item_of_rsshub_is_scored_by_its_description() -> None:
    (mention,) = mentions(
        rss(
            "<item><title>林小雨: 星澜净化器用了三天就…</title><description><![CDATA["
            '<a href="https://weibo.com/1"><img src="a.jpg"></a>'
            '<a href="https://weibo.com/1">林小雨</a>: '
            '星澜净化器用了三天就坏了<img alt="[怒]" src="b.png"><br>再也不买了'
            "<blockquote> - 转发 <p>原文</p></blockquote>]]></description>"
            "<link>https://weibo.com/1/A</link><guid>https://weibo.com/1/A</guid>"
            "<pubDate>Wed, 11 Jun 2025 08:30:01 GMT</pubDate><author>林小雨</author>"
            "<category>净化器</category></item>"
        )
    )
    assert mention.text == "星澜净化器用了三天就坏了[怒]\n再也不买了\n- 转发\n原文"
    assert mention.title == "", "the cut title only repeats the text"
    assert mention.author == "林小雨"
    assert mention.published_at == datetime(2025, 6, 11, 8, 30, 1, tzinfo=UTC)
    assert mention.detected_at == NOW


def test_dc_creator_is_the_author_and_a_real_title_stays() -> None:
    (mention,) = mentions(
        rss(
            "<item><title>滤芯涨价</title><description>星澜回应</description><dc:creator>晚讯</dc:creator></item>"
        )
    )
    assert (mention.author, mention.title, mention.text) == ("晚讯", "滤芯涨价", "星澜回应")
    assert mention.published_at is None
    assert mention.native_id is None


def test_notes_with_pictures_only_are_scored_by_their_title() -> None:
    found = mentions(
        rss(
            "".join(
                f"<item><title>净化器测评{n}</title>"
                "<description>&lt;img src='x'&gt;&lt;br&gt;</description>"
                "<link>https://www.xiaohongshu.com/user/profile/1/</link>"
                f"<guid isPermaLink='false'>净化器测评{n}</guid><author>小红</author></item>"
                for n in range(3)
            )
        )
    )
    assert [mention.text for mention in found] == ["净化器测评0", "净化器测评1", "净化器测评2"]
    assert {mention.url for mention in found} == {"https://www.xiaohongshu.com/user/profile/1/"}
    assert [mention.native_id for mention in found] == ["净化器测评0", "净化器测评1", "净化器测评2"]
    assert all(mention.title == "" for mention in found)


def test_the_full_content_beats_the_summary() -> None:
    (mention,) = mentions(
        rss("<item><title>a</title><description>短</description>"
            "<content:encoded><![CDATA[<p>第一段</p><p>第二段 &amp; 更多</p><script>x</script>]]>"
            "</content:encoded></item>")
    )  # fmt: skip
    assert mention.text == "第一段\n第二段 & 更多"


def test_atom_and_rdf_are_read() -> None:
    (atom,) = mentions(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>标题</title>'
        '<link href="https://a.cn/1"/><updated>2025-11-03T08:09:10+08:00</updated>'
        "<author><name>晚讯</name></author>"
        '<content type="text">a &lt; b 且 c</content></entry></feed>'
    )
    assert (atom.native_id, atom.url, atom.author) == ("urn:1", "https://a.cn/1", "晚讯")
    assert atom.text == "a < b 且 c"
    assert atom.published_at == datetime(2025, 11, 3, 0, 9, 10, tzinfo=UTC)
    (rdf,) = mentions(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://a.cn/2"><title>标题</title>'
        "<link>https://a.cn/2</link><description>正文</description><dc:date>2025-11-03T00:00:00Z</dc:date>"
        "</item></rdf:RDF>"
    )
    assert (rdf.url, rdf.text) == ("https://a.cn/2", "正文")
    assert rdf.published_at == datetime(2025, 11, 3, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "url": "https://a.cn/1", "title": "标题", "content_html": "<p>正文</p>",
             "date_published": "2025-11-03T00:00:00.000Z", "authors": [{"name": "晚讯"}]},
            {"id": 2, "content_text": "文字", "date_published": "Mon, 03 Nov 2025 00:00:00 GMT"},
            {"id": 3, "title": None, "authors": None, "url": 7},
            "no item",
        ],
    }  # fmt: skip
    first, second = mentions(json.dumps(feed))
    assert (first.text, first.author, first.native_id) == ("正文", "晚讯", "1")
    assert (second.text, second.native_id) == ("文字", "2")
    assert first.published_at == second.published_at


def test_naive_dates_are_chinese_and_the_future_is_clamped() -> None:
    naive, future = mentions(
        rss("<item><description>a</description><pubDate>2025-11-03 08:00:00</pubDate></item>"
            "<item><description>b</description><pubDate>Wed, 11 Jun 2031 08:30:01 GMT</pubDate>"
            "</item>")
    )  # fmt: skip
    assert naive.published_at == datetime(2025, 11, 3, tzinfo=UTC)
    assert future.published_at == NOW


def test_gbk_with_a_declaration_is_read() -> None:
    body = rss("<item><description>净化器</description></item>").replace("UTF-8", "GB2312")
    assert mentions(body.encode("gbk"))[0].text == "净化器"


def test_blank_lines_and_comments_before_the_root_do_no_harm() -> None:
    body = rss("<item><description>净化器</description></item>").partition("?>")[2]
    assert mentions("\ufeff\n\n<!-- a <b> --><?pi x?>" + body)[0].text == "净化器"


def test_a_plain_doctype_is_skipped_and_entities_are_refused() -> None:
    body = rss("<item><description>净化器</description></item>").partition("?>")[2]
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x/rss.dtd">'
    assert mentions(doctype + body)[0].text == "净化器"
    for bad in (
        '<!DOCTYPE rss [<!ENTITY a "x">]>',
        '<!doctype rss [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]>',
        "<!-- <rss> --><!DOCTYPE rss [<!ENTITY a 'x'>]>",
    ):
        with pytest.raises(NotAFeed):
            parse_feed((bad + body).encode(), None, NOW)


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"<html><body>x</body></html>", b"<!DOCTYPE html><html></html>", b"plain", b"{",
     b'{"items": 1}', b"[]", b"<svg></svg>", b"\x00\x01", b"{" * 100_000],
)  # fmt: skip
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        parse_feed(body, None, NOW)


def test_too_large_a_feed_is_refused() -> None:
    with pytest.raises(NotAFeed, match="larger"):
        parse_feed(b" " * (8 * 1024 * 1024 + 1), None, NOW)


def test_the_cut_off_entry_is_left_for_the_next_turn() -> None:
    whole = rss(
        "<item><description>一</description></item><item><description>二二二二</description></item>"
    )
    feed = parse_feed(whole[: whole.index("二") + 2].encode(), None, NOW)
    assert not feed.complete
    assert [entry.text for entry in feed.entries] == ["一"]
    assert parse_feed(whole.encode(), None, NOW).complete


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59-14:00", "00000000"])
def test_an_impossible_date_costs_only_the_date(date: str) -> None:
    found = mentions(rss(f"<item><title>差评</title><pubDate>{date}</pubDate></item>"))
    assert [(one.text, one.published_at) for one in found] == [("差评", None)]


def test_an_emoji_spelt_as_two_halves_is_read_and_a_lone_half_dropped() -> None:
    found = mentions(
        rss("<item><title>气&#55357;&#56860;死&#xD83D;&#xDE1C;了&#xD83D;</title></item>")
    )
    assert [one.text for one in found] == ["气😜死😜了"]


def test_a_json_item_with_odd_authors_is_read() -> None:
    items = [{"id": "1", "content_text": "差评", "authors": 5}]
    assert [one.author for one in mentions(json.dumps({"items": items}))] == [None]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("tail", ["<!--a-->" * 200 + "x", "</rss><!--" * 50_000])
def test_what_follows_the_root_costs_no_time(tail: str) -> None:
    assert not parse_feed(f"{rss('')}{tail}".encode(), None, NOW).complete


def test_comments_may_follow_the_root() -> None:
    body = rss("<item><title>差评</title></item>") + "<!-- cache -->\n<!-- 3 ms -->\n"
    assert parse_feed(body.encode(), None, NOW).complete

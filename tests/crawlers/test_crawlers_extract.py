"""Articles out of pages, also out of hostile ones, and the rules of listings."""

from datetime import UTC, datetime

import pytest
from parsel import Selector

from core.errors import InvalidInput
from crawlers.extract import by_trafilatura, extract
from crawlers.plain_text import html_to_text
from crawlers.rules import check_rules
from crawlers.rules.css import field, links, paragraphs

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
PARAGRAPH = (
    "<p>星澜科技的净化器滤芯上周涨价，不少用户在论坛里表示不满，客服回复称原材料成本上升。</p>"
)
PAGE = (
    "<html><head><title>净化器滤芯涨价_江城晚讯</title><meta name='author' content='晚讯'></head>"
    "<body><div class=nav><a href=/>首页</a><a href=/a>财经</a></div><h1>净化器滤芯涨价</h1>"
    "<div class='info'>来源：江城晚讯 <span class='pub-time'>2025-11-03 18:33</span></div>"
    f"<div class='article-content'>{PARAGRAPH * 6}</div>"
    "<div class=footer>版权所有</div></body></html>"
)


def test_an_article_is_found() -> None:
    article = extract(PAGE, "https://a.cn/1", NOW)
    assert article.title == "净化器滤芯涨价"
    assert article.author == "晚讯"
    assert article.text.count("客服回复称") == 6
    assert len(article.text.splitlines()) == 6
    assert "首页" not in article.text
    assert "版权所有" not in article.text
    assert article.published_at == datetime(2025, 11, 3, 10, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ('<meta property="article:published_time" content="2025-11-03T18:33:00+08:00">', "10:33"),
        ('<meta name="publishdate" content="2025-11-03 18:33:00">', "10:33"),
        ('<time datetime="2025-11-03T10:33:00Z">昨天</time>', "10:33"),
        (
            '<script type="application/ld+json">'
            '{"datePublished": "2025-11-03T18:33:00+08:00"}</script>',
            "10:33",
        ),
        ("<span class=time>11-03 18:33</span>", "10:33"),
        ("<span class=date>2025年11月03日 18:33 来源：晚讯</span>", "10:33"),
        ("<span id=pubtime>2025-11-03</span>", "16:00"),
    ],
)
def test_the_date_is_found_where_pages_have_it(mark: str, expected: str) -> None:
    page = (
        f"<html><head><title>t</title></head><body>{mark}<div>{PARAGRAPH * 3}</div></body></html>"
    )
    moment = extract(page, "https://a.cn/1", NOW).published_at
    assert moment is not None
    day = "2025-11-02" if expected == "16:00" else "2025-11-03"
    assert moment.strftime("%Y-%m-%d %H:%M") == f"{day} {expected}"


def test_a_page_without_a_date_has_none() -> None:
    assert extract(f"<title>t</title>{PARAGRAPH}", "https://a.cn/1", NOW).published_at is None


def test_the_last_resort_works_too() -> None:
    assert "滤芯上周涨价" in by_trafilatura(PAGE, "https://a.cn/1")


@pytest.mark.parametrize(
    "page",
    [
        "",
        " ",
        "<",
        "\x00",
        "<!-- only a comment -->",
        "<html></html>",
        "<div>" * 300_000 + "字",
        "<a " + "x=1 " * 500_000 + ">",
        "<body><span class=time>2" * 50_000,
        "<p>" + " \n" * 1_000_000,
        "<table><tr><td>" * 20_000,
        "<p>字字,</p>" * 30_000,
        "\ud800" * 100,
    ],
    ids=range(13),
)
@pytest.mark.timeout(60)
def test_no_page_makes_it_raise_or_run_long(page: str) -> None:
    assert len(extract(page, "https://a.cn/1", NOW).text) <= len(page)


def test_markup_becomes_lines() -> None:
    assert (
        html_to_text("<p>一 二</p>三<br/>四<!-- x -->五<script>六</script>七<b>八</b>")
        == "一 二\n三\n四五七八"
    )
    assert html_to_text("&lt;p&gt; &amp;") == "<p> &"
    assert html_to_text("") == ""
    assert html_to_text("<" * 1000) is not None


def test_rules_find_links_and_fields() -> None:
    page = Selector(
        '<ul><li><a href="/1">a</a></li><li><b>no link</b></li></ul><h1> 标\n题 </h1>'
        '<div><p>一</p><p> </p><p>二</p></div><i data-n="7"></i>'
    )
    assert links(page, "li a") == ["/1"]
    assert links(page, "li") == ["/1"]
    assert links(page, "a::attr(href)") == ["/1"]
    assert links(page, None) == []
    assert field(page, "h1::text") == "标 题"
    assert field(page, "i::attr(data-n)") == "7"
    assert field(page, "h2::text") is None
    assert paragraphs(page, "p::text") == "一\n二"
    assert paragraphs(page, "div") == "一\n二"


def test_wrong_rules_are_named() -> None:
    check_rules("listing", {"item": "a", "next": None, "text": "p::text"})
    for rules, name in (({}, "item"), ({"item": "a[["}, "item"), ({"item": "a", "x": "b"}, "x")):
        with pytest.raises(InvalidInput) as caught:
            check_rules("listing", rules)
        assert caught.value.field == name

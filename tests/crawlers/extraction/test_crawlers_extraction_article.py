"""Articles out of pages, also out of hostile ones."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.extraction import extract, parse
from crawlers.extraction.fallbacks import by_data, by_readability, by_trafilatura

NOW = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
SENTENCE = "星澜科技的净化器滤芯上周涨价，不少用户在论坛里表示不满，客服回复称原材料成本上升。"
PARAGRAPH = f"<p>{SENTENCE}</p>"
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


def test_the_last_resorts_work_too() -> None:
    tree = parse(PAGE)
    assert tree is not None
    assert by_readability(tree).count("滤芯上周涨价") == 6
    assert "滤芯上周涨价" in by_trafilatura(tree, "https://a.cn/1")


def test_an_article_that_only_the_data_has_is_found() -> None:
    data = json.dumps({"@graph": [{"@type": "NewsArticle", "articleBody": SENTENCE * 2}]})
    page = f'<script type="application/ld+json">{data}</script><div id=app></div>'
    assert extract(page, "https://a.cn/1", NOW).text == SENTENCE * 2
    broken = parse('<script type="application/ld+json">{"articleBody": "x</script><p>x</p>')
    assert broken is not None
    assert by_data(broken) == ""


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
        "<a " + " ".join(f"x{at}='>'" for at in range(200_000)) + ">",
        "<body><span class=time>2" * 50_000,
        "<p>" + " \n" * 1_000_000,
        "<table><tr><td>" * 20_000,
        "<p>字字,</p>" * 100_000,
        "字，" * 2_000_000,
        "<i class=title>标题</i>" * 100_000,
        "<script" * 200_000,
        "\ud800" * 100,
    ],
    ids=range(17),
)
@pytest.mark.timeout(60)
def test_no_page_makes_it_raise_or_run_long(page: str) -> None:
    assert len(extract(page, "https://a.cn/1", NOW).text) <= len(page)


def test_a_tag_with_too_many_attributes_keeps_the_first() -> None:
    tree = parse("<a href=/x " + " ".join(f'x{at}="1"' for at in range(5_000)) + ">字</a>")
    assert tree is not None
    link = next(tree.iter("a"))
    assert link.get("href") == "/x"
    assert link.text == "字"
    assert len(link.attrib) < 1_000


def test_a_script_that_looks_like_a_long_tag_stays() -> None:
    script = "for(i=0;i<b.length;i++){" + "a = 1; " * 2_000 + "}"
    tree = parse(f"<script>{script}</script>{PARAGRAPH}")
    assert tree is not None
    assert next(tree.iter("script")).text == script

"""Titles and authors of pages, and what is neither."""

import pytest

from crawlers.extraction.author import author_of
from crawlers.extraction.blocks import read_blocks
from crawlers.extraction.names import kind_of
from crawlers.extraction.page import parse
from crawlers.extraction.title import title_of

HEADING = "滤芯涨价引不满"


def title(markup: str) -> str:
    """The title of a page."""
    tree = parse(markup)
    assert tree is not None
    return title_of(tree)


def author(markup: str, text: str = "") -> str | None:
    """The author of a page whose article is *text*."""
    tree = parse(markup)
    assert tree is not None
    return author_of(tree, read_blocks(tree).every, title_of(tree), text)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<title>{HEADING}_财经频道_江城网</title><h1>{HEADING}</h1>", HEADING),
        (f"<title>{HEADING}_财经频道_江城网</title>", HEADING),
        (f"<title>{HEADING} - 江城晚讯</title><h1>江城晚讯</h1>", HEADING),
        (f"<title>{HEADING}-新闻-江城新闻网</title><h1>\n {HEADING} </h1>", HEADING),
        (f"<title>财经--{HEADING}|江城网</title><div class=art_title>{HEADING}</div>", HEADING),
        (f"<title>新闻动态-江城新闻网</title><h1>{HEADING}</h1>", HEADING),
        (f"<title></title><meta property=og:title content={HEADING}><h1>x</h1>", HEADING),
        (f"<meta name=ArticleTitle content={HEADING}>", HEADING),
        ("<title>5-6月滤芯涨价30%</title>", "5-6月滤芯涨价30%"),
        (f"<h1>{HEADING}</h1>", HEADING),
        ("<p>没有标题</p>", ""),
    ],
)
def test_the_title_is_the_heading_without_the_site(markup: str, expected: str) -> None:
    assert title(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<meta name=author content=林一><p>x</p>", "林一"),
        ("<div>2026-03-01 来源：江城晚讯 作者：林一</div>", "林一"),
        ("<div>作者： 林一 责任编辑：陈二</div>", "林一"),
        ("<div><span>作者</span>：<a href=/u>林一</a></div>", "林一"),
        ("<p>本报记者 林一</p>", "林一"),
        ("<p>【文/江城网专栏作者 林一】</p><p>撰文丨林一</p>", "林一"),
        ("<div>来源：江城晚讯</div>", "江城晚讯"),
        ("<title>滤芯_江城网</title><meta name=author content=江城网><p>作者：林一</p>", "林一"),
        ("<meta property=og:site_name content=江城><meta name=author content=江城><p>x</p>", None),
        ("<meta name=author content=http://a.cn/><p>作者：admin</p>", None),
        ("<div>来源：无锡交警</div>", "无锡交警"),
        ("<div>来源：本站 作者：未知</div>", None),
        ("<div class=comment>作者：林一</div>", None),
        ("<p>来源不明的滤芯，作者不知道是谁，记者也没有问到。</p>", None),
    ],
)
def test_the_author_is_a_person_or_the_source(markup: str, expected: str | None) -> None:
    assert author(markup) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("article-content", "text"),
        ("mainArticle", "text"),
        ("text-3zQ3cZD4", "body"),
        ("article-comment", "talk"),
        ("articleComment list", "talk"),
        ("share_box", "around"),
        ("header", "around"),
        ("headline", ""),
        ("reading", ""),
        ("", ""),
    ],
)
def test_names_are_read_by_their_words(name: str, kind: str) -> None:
    assert kind_of(name) == kind

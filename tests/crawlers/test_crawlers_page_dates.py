"""Which date of a page is its publication."""

import pytest
from crawlers_dates import NOW, in_china
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from crawlers.dates import CHINA
from crawlers.page_dates import page_date

TITLE = "<title>净化器滤芯涨价引发不满_江城晚讯</title>"
HEADING = "<h1>净化器滤芯涨价引发不满</h1>"
BODY = "<p>星澜科技的净化器滤芯上周涨价，不少用户在论坛里表示不满，客服回复称成本上升。</p>" * 4


def date_of(head: str, body: str) -> str | None:
    tree = html.document_fromstring(f"<html><head>{TITLE}{head}</head><body>{body}</body></html>")
    moment = page_date(tree, NOW)
    return None if moment is None else f"{moment.astimezone(CHINA):%m-%d %H:%M}"


LD = '<script type="application/ld+json">{}</script>'
SHOWN = f"{HEADING}<p>2026-01-03 09:05 江城晚讯</p>{BODY}"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (
            "<meta property=article:published_time content=2026-01-03T09:05:00+08:00>",
            f"<time datetime=2026-02-02>x</time>{BODY}",
            "01-03 09:05",
        ),
        ('<meta name="og:time " content="2026-01-03 09:05">', BODY, "01-03 09:05"),
        ("<meta name=pubdate content=2026-01-03>", SHOWN, "01-03 09:05"),
        ("<meta name=pubdate content=2026-01-04>", SHOWN, "01-04 00:00"),
        (LD.format('{"datePublished": "2026-01-03T01:05:00Z"}'), BODY, "01-03 09:05"),
        (
            LD.format(
                '{"@graph": [{"@type": "WebSite"}, {"datePublished": "2026-01-03T09:05"}]}'
            ),
            BODY,
            "01-03 09:05",
        ),
        (LD.format('{"title": "“a"b", "datePublished": "2026-01-03 09:05"}'), BODY, "01-03 09:05"),
        (LD.format('{"pubDate": "2026-01-03T11:40:00"}'), SHOWN, "01-03 09:05"),
        (LD.format('{"pubDate": "2026-01-03T11:40:00"}'), BODY, "01-03 11:40"),
        ("<script>var ct = '1767402300';</script>", BODY, "01-03 09:05"),
        ("<script>x={publish_time: '2026-01-03 09:05:00'}</script>", BODY, "01-03 09:05"),
        (
            "<script>x=[{newsTime:'2026-02-03 09:05'},{newsTime:'2026-02-04 09:05'}]</script>",
            SHOWN,
            "01-03 09:05",
        ),
        ("<meta name=date content='2026-03-10 15:29:58'>", SHOWN, "01-03 09:05"),
        ("", f"<time pubdate datetime='2026-01-03T09:05'>x</time>{BODY}", "01-03 09:05"),
        ("", f"{SHOWN}<time>2026-02-02</time><time>2026-02-03</time>", "01-03 09:05"),
        (
            "",
            f"{HEADING}<div><span>发布时间：01-03</span><span>09:05</span></div>{BODY}",
            "01-03 09:05",
        ),
        ("", f"{HEADING}<p>最后更新：2026-01-04 10:00</p><p>2026-01-03 09:05</p>", "01-03 09:05"),
        ("", f"{HEADING}<p>来源：晚讯<!-- x -->2026-01-03 09:05</p>{BODY}", "01-03 09:05"),
        (
            "",
            f"{HEADING}{BODY}<span class=c-time>2小时前</span><p>发布日期：<!-- -->2026-01-03</p>",
            "01-03 00:00",
        ),
        ("", f"<div class=bt>净化器滤芯涨价引发不满</div><b>昨天 09:05</b>{BODY}", "03-09 09:05"),
        ("", f"{HEADING}<div data-ptime='2026-01-03 09:05:00'>2026-01-03</div>", "01-03 09:05"),
        ("", f"{HEADING}{BODY}<p>Copyright 2014-2026 版权所有 浙B2-20181004</p>", None),
        ("", BODY, None),
    ],
)  # fmt: skip
def test_the_publication_is_told_from_other_dates(head: str, body: str, expected: str) -> None:
    assert date_of(head, body) == expected


def test_nothing_lies_ahead() -> None:
    moment = page_date(html.fromstring(f"{HEADING}<p>2026-03-10 23:00</p>"), NOW)
    assert moment == in_china("2026-03-10 15:30")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5000 + "2026-01-03",
        "<h1>净化器滤芯涨价</h1>" + "<p>1</p>" * 50_000,
        "<time>2026" * 20_000,
        LD.format("[" * 100_000),
        "<script>" + "publish_time:" * 100_000 + "</script>",
        "<span class=time>发布时间2</span>" * 20_000,
    ],
    ids=range(6),
)
@pytest.mark.timeout(20)
def test_a_hostile_page_costs_no_more_than_its_size(page: str) -> None:
    page_date(html.document_fromstring(page), NOW)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<h1>", "</h1>", "<p>", "</p>", "<time>", "<!--", "-->", "2026-01-03", "昨天", "9:05",
             "<script>", "</script>", "pubDate:'1'", "<meta name=date content=1>", "发布时间：",
             "<?x?>"]
        ),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_no_page_makes_it_raise(page: str) -> None:
    moment = page_date(html.document_fromstring(f"<html>{TITLE}<body>{page}</body></html>"), NOW)
    assert moment is None or moment <= NOW


def test_of_a_page_of_millions_of_elements_only_the_beginning_is_looked_at() -> None:
    line = "<p class=info>2025-11-03 08:09</p>"
    begins = f"<html><h1>净化器滤芯涨价了</h1>{line}{'<p>字</p>' * 200_000}"
    found = page_date(html.document_fromstring(begins), NOW)
    assert found is not None
    assert f"{found.astimezone(CHINA):%F %R}" == "2025-11-03 08:09"
    ends = f"<html>{'<p>字</p>' * 200_000}{line}"
    assert page_date(html.document_fromstring(ends), NOW) is None

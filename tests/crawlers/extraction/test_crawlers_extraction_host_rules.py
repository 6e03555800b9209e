"""The rules of known hosts: their data, whose page is whose, and what they find."""

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from pydantic import ValidationError

from crawlers.extraction.host_rule import HostRule
from crawlers.extraction.host_rules import apply, find_rule, read_rules, rules
from crawlers.extraction.hosts_table import hosts_table

SENTENCE = (
    "这家公司今天发布了一份关于产品质量的说明，并向所有受影响的用户致歉，承诺一个月内全部退款。"
)
VERIFIED = {"how": "saved page", "on": "2026-11-23", "templates": ["one"]}


def rule(**fields: Any) -> HostRule:
    return HostRule.model_validate_json(
        json.dumps({"name": "例", "hosts": ["example.cn"], "verified": VERIFIED} | fields)
    )


def page(body: str, head: str = "") -> html.HtmlElement:
    markup = f"<html><head>{head}</head><body>{body}</body></html>"
    return html.document_fromstring(markup, parser=html.HTMLParser(huge_tree=True))


# ---- the data that ships


def test_every_data_file_is_read_and_every_selector_compiles() -> None:
    assert len(rules()) > 100
    assert all(one.finders["title"] is not None for one in rules())


def test_no_host_has_two_rules() -> None:
    hosts = Counter(host for one in rules() for host in one.hosts)
    assert [host for host, count in hosts.items() if count > 1] == []


def test_each_rule_with_an_embedded_article_says_where_its_text_or_its_date_is() -> None:
    embedded = [one for each in rules() for one in each.embedded]
    assert embedded
    assert all(one.body or one.published_at for one in embedded)


def test_every_selector_gives_elements_or_strings() -> None:
    tree = page(f"<div class='a' id='b'><h1>题</h1><p>{SENTENCE}</p></div>")
    for one in rules():
        for find in (find for finds in one.finders.values() for find in finds):
            assert isinstance(find(tree), list)


def test_the_table_of_hosts_in_the_docs_says_what_the_data_says() -> None:
    shown = Path(__file__).parents[3].joinpath("docs", "hosts.md").read_text("utf-8")
    assert shown == hosts_table(rules()), (
        "python -m crawlers.extraction.hosts_table > docs/hosts.md"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"body": ["div["]},
        {"body": ["//div["]},
        {"body": []},
        {"body": ["div"], "drop_lines": ["("]},
        {"body": ["div"], "hosts": []},
        {"body": ["div"], "hosts": ["Example.cn"]},
        {"body": ["div"], "hosts": ["https://example.cn/"]},
        {"body": ["div"], "verified": {"how": "hearsay", "on": "2026-11-23", "templates": ["a"]}},
        {"body": ["div"], "verified": {"how": "saved page", "on": "2026-11-23", "templates": []}},
        {"body": ["div"], "embedded": [{"body": ["a"]}]},
        {"body": ["div"], "embedded": [{"id": "a", "marker": "b", "body": ["a"]}]},
        {"body": ["div"], "embedded": [{"id": "a", "body": ["a[0]"]}]},
    ],
)
def test_a_wrong_rule_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**wrong)


def test_a_rule_without_saying_how_far_it_was_verified_is_refused() -> None:
    with pytest.raises(ValidationError, match="verified"):
        read_rules('[{"name": "例", "hosts": ["example.cn"], "body": ["div"]}]')


def test_the_data_files_lie_in_the_package() -> None:
    names = [entry.name for entry in files("crawlers.extraction").joinpath("hosts").iterdir()]
    assert "sina.json" in names


# ---- whose page it is


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://news.sina.com.cn/c/1.shtml", "新浪"),
        ("https://FINANCE.SINA.COM.CN:8443/a", "新浪"),
        ("https://k.sina.cn/article_1.html", "新浪"),
        ("https://guba.eastmoney.com/news,600000,1.html", "东方财富股吧"),
        ("https://finance.eastmoney.com/a/1.html", "东方财富网"),
        ("https://finance.sina.com.cn./a", "新浪"),
        ("http://www.cmse.gov.cn/a", "政府网站"),
    ],
)
def test_a_page_belongs_to_the_nearest_known_host_above_it(url: str, name: str) -> None:
    found = find_rule(url, page(""))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "url", ["https://notsina.com.cn/", "https://example.cn/", "", "http://[", "x"]
)
def test_an_unknown_host_has_no_rule(url: str) -> None:
    assert find_rule(url, page("")) is None


@pytest.mark.parametrize(
    "head",
    [
        "<link rel='canonical' href='https://www.guancha.cn/a/1.shtml'>",
        "<meta property='og:url' content='https://www.guancha.cn/a/1.shtml'>",
        "<link rel='canonical' href='/1'><meta property='og:url' content='//www.guancha.cn/'>",
    ],
)
def test_a_saved_page_is_known_by_the_host_it_names(head: str) -> None:
    found = find_rule("http://127.0.0.1:8000/saved.html", page("", head))
    assert found is not None
    assert found.name == "观察者网"


def test_the_url_goes_before_what_the_page_names() -> None:
    head = "<link rel='canonical' href='https://www.guancha.cn/a'>"
    found = find_rule("https://www.thepaper.cn/newsDetail_forward_1", page("", head))
    assert found is not None
    assert found.name == "澎湃新闻"


def test_a_page_from_nowhere_is_known_by_its_links_if_the_rule_finds_its_article() -> None:
    links = "<a href='https://www.guancha.cn/x'>站内</a>" * 3
    article = f"<div class='content all-txt'><p>{SENTENCE}</p></div>"
    found = find_rule("http://localhost/1.html", page(links + article))
    assert found is not None
    assert found.name == "观察者网"
    assert find_rule("http://localhost/1.html", page(links)) is None
    assert find_rule("https://blog.example.cn/1.html", page(links + article)) is None


# ---- what a rule finds


def test_the_first_body_selector_with_a_text_of_sensible_length_wins() -> None:
    two = rule(body=["#old", "div.new"])
    tree = page(f"<div id='old'>广告</div><div class='new'><p>{SENTENCE}</p></div>")
    found = apply(two, tree)
    assert found is not None
    assert found.text == SENTENCE


def test_a_page_of_another_template_gives_nothing() -> None:
    assert apply(rule(body=["#old"], title=["h1"]), page(f"<h1>题</h1><p>{SENTENCE}</p>")) is None


def test_a_menu_that_bears_the_articles_name_is_no_body() -> None:
    menu = "<div class='content'>" + "<a href='/'>频道名称</a>" * 80 + "</div>"
    found = apply(rule(body=["div.content"]), page(menu + f"<div class='content'>{SENTENCE}</div>"))
    assert found is not None
    assert found.text == SENTENCE


def test_a_teaser_before_the_article_is_no_body() -> None:
    teaser = f"<div class='content'>{SENTENCE}</div>"
    found = apply(
        rule(body=["div.content"]), page(f"{teaser}<div class='content'>{SENTENCE * 3}</div>")
    )
    assert found is not None
    assert found.text == SENTENCE * 3


def test_dropped_parts_and_lines_leave_the_text_and_the_tree_stays_whole() -> None:
    tree = page(
        f"<div id='a'><p>{SENTENCE}</p><div class='share'>分享到</div><p>返回首页</p></div>"
    )
    before = html.tostring(tree)
    found = apply(rule(body=["#a"], drop=[".share", ".absent"], drop_lines=["^返回首页$"]), tree)
    assert found is not None
    assert found.text == SENTENCE
    assert html.tostring(tree) == before


def test_a_part_is_dropped_by_its_id_inside_the_body_alone() -> None:
    tree = page(f"<i id='ad'>外</i><div id='a'><p>{SENTENCE}</p><div id='ad'>广告</div></div>")
    found = apply(rule(body=["#a"], drop=["#ad", "#a"], title=["#ad"]), tree)
    assert found is not None
    assert (found.text, found.title) == (SENTENCE, "外")


def test_all_posts_of_a_thread_are_joined() -> None:
    tree = page("<div class='post'>一楼说它很好用</div><div class='post'>二楼说它坏了三次</div>")
    found = apply(rule(body_all=["div.post"], shortest=5), tree)
    assert found is not None
    assert found.text == "一楼说它很好用\n二楼说它坏了三次"


def test_a_body_inside_a_body_is_read_once_however_often_it_is_nested() -> None:
    nested = "<div class='post'>" * 1_500 + SENTENCE * 2_000
    for fields in ({"body": ["div.post"]}, {"body_all": ["div.post"]}):
        found = apply(rule(**fields), page(nested))
        assert found is not None
        assert found.text == SENTENCE * 2_000


def test_thousands_of_dropped_parts_leave_the_text_between_them() -> None:
    tree = page("<div id='a'>" + "字<i class='ad'>广告</i>" * 30_000 + "</div>")
    found = apply(rule(body=["#a"], drop=[".ad"]), tree)
    assert found is not None
    assert found.text == "字" * 30_000


def test_title_author_and_raw_date_come_from_text_or_attribute() -> None:
    tree = page(
        "<h1> 公司 致歉 </h1><i class='by'>作者：张三</i>"
        "<time datetime='2026-11-20T18:33:00+08:00'>昨天</time>"
        f"<div id='a'>{SENTENCE}</div>"
    )
    fields = rule(
        body=["#a"],
        title=["h2", "h1"],
        author=["i.by"],
        published_at=[".absent", "time::attr(datetime)"],
    )
    found = apply(fields, tree)
    assert found is not None
    assert (found.title, found.author) == ("公司 致歉", "张三")
    assert found.published_at == "2026-11-20T18:33:00+08:00"


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        ("2026-11-20 18:33:05 来源：某报 作者：某人", "2026-11-20 18:33:05"),
        ("发布时间：2026年11月20日 18时33分", "2026年11月20日 18时33"),
        ("昨天 18:33", "昨天 18:33"),
        ("1581418070", "1581418070"),
    ],
)
def test_the_date_is_cut_from_a_line_that_says_more(shown: str, raw: str) -> None:
    found = apply(
        rule(body=["#a"], published_at=["em"]),
        page(f"<em>{shown}</em><div id='a'>{SENTENCE}</div>"),
    )
    assert found is not None
    assert found.published_at == raw


def test_xpath_selectors_and_texts_in_attributes_are_read() -> None:
    tree = page(f"<td><!-- begin --><p>{SENTENCE}</p></td><input id='t' value='题目'>")
    found = apply(rule(body=["//td[comment()]", "//p"], title=["input#t::attr(value)"]), tree)
    assert found is not None
    assert (found.text, found.title) == (SENTENCE, "题目")


def test_an_article_kept_escaped_in_a_textarea_is_read() -> None:
    tree = page(f"<textarea class='article'>&lt;p&gt;{SENTENCE}&lt;/p&gt;</textarea>")
    found = apply(rule(body=["textarea.article::text"]), tree)
    assert found is not None
    assert found.text == SENTENCE


def test_a_long_line_is_no_author() -> None:
    found = apply(
        rule(body=["#a"], author=["i"]), page(f"<i>{'长' * 60}</i><div id='a'>{SENTENCE}</div>")
    )
    assert found is not None
    assert found.author is None

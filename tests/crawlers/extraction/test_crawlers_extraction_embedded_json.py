"""Articles that a script carries: every form is read, and nothing that a page says raises."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html

from crawlers.extraction.host_rule import HostRule
from crawlers.extraction.host_rules import HostArticle, apply

SENTENCE = (
    "这家公司今天发布了一份关于产品质量的说明，并向所有受影响的用户致歉，承诺一个月内全部退款。"
)
STATE = {
    "article": {"content": f"<p>{SENTENCE}</p>", "title": "致歉", "time": 1781418070},
    "answers": {
        "7": {"text": f"<p>{SENTENCE}</p>"},
        "9": {"text": "<p>我也遇到了，客服不理。</p>"},
    },
    "list": [{"type": "text", "data": SENTENCE}, {"type": "video", "data": {"url": "x"}}],
}


def found_in(text: str, attributes: str = "", **embedded: Any) -> HostArticle | None:
    rule = HostRule.model_validate_json(
        json.dumps(
            {
                "name": "例",
                "hosts": ["example.cn"],
                "embedded": [embedded],
                "verified": {"how": "saved page", "on": "2026-11-23", "templates": ["one"]},
            }
        )
    )
    scripts = f"<script>var other = 1;</script><script {attributes}>{text}</script>"
    return apply(rule, html.document_fromstring(f"<html><body>{scripts}</body></html>"))


@pytest.mark.parametrize(
    "text",
    [
        "window.STATE = " + json.dumps(STATE),
        "window.STATE = " + json.dumps(STATE, ensure_ascii=False) + "; window.other = {};",
        "window.STATE=JSON.parse(" + json.dumps(json.dumps(STATE)) + ");",
        "window.STATE = " + json.dumps(quote(json.dumps(STATE))),
        "window.STATE = " + json.dumps(STATE).replace('"time": 1781418070', '"time": undefined'),
    ],
)
def test_json_behind_a_marker_is_read_in_each_spelling(text: str) -> None:
    found = found_in(text, marker="window.STATE", body=["article.content"], title=["article.title"])
    assert found is not None
    assert (found.text, found.title) == (SENTENCE, "致歉")


@pytest.mark.parametrize("text", [json.dumps(STATE), quote(json.dumps(STATE))])
def test_json_of_a_script_with_an_id_is_read(text: str) -> None:
    found = found_in(
        text, "id='DATA' type='application/json'", id="DATA",
        body=["article.content"], published_at=["article.time"],
    )  # fmt: skip
    assert found is not None
    assert (found.text, found.published_at) == (SENTENCE, "1781418070")


def test_a_star_takes_every_value_and_what_is_no_text_is_left_out() -> None:
    answers = found_in(json.dumps(STATE), "id='D'", id="D", body=["answers.*.text"])
    assert answers is not None
    assert answers.text == f"{SENTENCE}\n我也遇到了，客服不理。"
    parts = found_in(json.dumps(STATE), "id='D'", id="D", body=["list.*.data"])
    assert parts is not None
    assert parts.text == SENTENCE


def test_the_next_path_is_tried_where_one_gives_nothing() -> None:
    paths = ["absent.content", "article.absent", "list.9.data", "list.0.data"]
    found = found_in(json.dumps(STATE), "id='D'", id="D", body=paths)
    assert found is not None
    assert found.text == SENTENCE


@pytest.mark.parametrize(
    "literal",
    [
        f"'<p>{SENTENCE}</p>'",
        f"'&lt;p&gt;{SENTENCE}&lt;/p&gt;'",
        f"'&quot;\\u003Cp\\u003E{SENTENCE}\\u003C\\u002Fp\\u003E&quot;'.slice(6, -6)",
        f'"<p>{SENTENCE}<\\/p>"',
    ],
)
def test_a_string_of_a_script_that_is_no_json_is_read(literal: str) -> None:
    text = f"var BASE = {{ info: {{ subcontent: 'no', content: {literal}, title: '致\\'歉' }} }}"
    found = found_in(text, marker="var BASE", form="js", body=["content"], title=["title"])
    assert found is not None
    assert (found.text, found.title) == (SENTENCE, "致'歉")


def test_a_variable_of_a_script_is_read() -> None:
    text = f'var ct = "1581418070"; var text = "{SENTENCE}";'
    found = found_in(text, marker="var ct", form="js", body=["text"], published_at=["ct"])
    assert found is not None
    assert found.published_at == "1581418070"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "window.STATE",
        "window.STATE = ",
        "window.STATE = {",
        "window.STATE = {]}",
        "window.STATE = function () { return 1 }",
        "window.STATE = " + "[" * 200_000,
        "window.STATE = " + '{"article":' * 100_000 + "1" + "}" * 100_000,
        "window.STATE = " + json.dumps({"article": [1, None, True]}),
        "window.STATE = " + json.dumps({"article": {"content": {"content": 1}}}),
        "window.STATE = " + json.dumps({"article": {"content": None}}),
        "window.STATE = " + json.dumps([[[]]]),
        "window.STATE = JSON.parse(",
        'window.STATE = JSON.parse("{")',
        'window.STATE = "%7B%22article%22%3A"',
        "window.STATE = %7B%ff%fe",
        "window.STATE = " + json.dumps({"article": {"content": "\ud800" * 50}}),
        "window.STATE = " + "1" * 300_000,
        "window.STATE = [" + "9" * 10_000 + "]",
    ],
    ids=lambda text: text[14:40],
)
@pytest.mark.parametrize("form", ["json", "js"])
def test_hostile_scripts_give_nothing_and_never_raise(text: str, form: str) -> None:
    paths = ["article.content", "*.*.*.*", "article.content.content"]
    body = paths if form == "json" else ["content"]
    assert found_in(text, marker="window.STATE", form=form, body=body) is None


def test_the_next_script_is_read_where_the_first_with_the_marker_has_no_data() -> None:
    text = "window.STATE = window.STATE || {};</script><script>window.STATE = "
    found = found_in(text + json.dumps(STATE), marker="window.STATE", body=["article.content"])
    assert found is not None
    assert found.text == SENTENCE


def test_a_huge_list_of_values_is_cut() -> None:
    many = json.dumps([{"data": "好"} for _ in range(50_000)])
    found = found_in("window.STATE = " + many, marker="window.STATE", body=["*.data"])
    assert found is not None
    assert 30 < len(found.text) < 10_000

"""The rules of every kind: what is wrong is named by its path, in a sentence."""

from typing import Any

import pytest

from core.errors import InvalidInput
from crawlers.importing.options import WAYS
from crawlers.job import SourceKind
from crawlers.rules import check_rules
from crawlers.rules.folder import _FORMATS

API: dict[str, Any] = {"items": "data", "fields": {"text": "t"}}
BELOW = {"url": "https://f.example/c/{native_id}", "items": "@", "fields": {"text": "t"}}


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("feed", {}),
        ("feed", {"follow": True, "follow_below": 300, "text": "article p", "comment": "li"}),
        ("listing", {"item": "a", "next": None, "title": "h1::text", "revisit_hours": []}),
        ("sitemap", {}),
        ("sitemap", {"newer_days": 3, "include": ["*/news/*"], "exclude": "*/ad/* */tag/*"}),
        ("json_api", API),
        ("json_api", API | {"method": "POST", "body": {"p": "{page}"}, "paging": {"by": "page"}}),
        ("json_api", API | {"paging": {"by": "url", "next": "links.next"}, "comments": BELOW}),
        ("json_api", API | {"headers": {"Cookie": "secret:FORUM", "X-A": "Bearer secret:B_2"}}),
        ("folder", {"folder": "日报 2026"}),
        ("folder", {"folder": "exports", "format": "columns", "columns": {"text": "正文"}}),
    ],
)
def test_good_rules_pass(kind: SourceKind, rules: dict[str, Any]) -> None:
    check_rules(kind, rules)


@pytest.mark.parametrize(
    ("kind", "rules", "wrong"),
    [
        ("feed", {"item": "a"}, "item"),
        ("feed", {"follow": "yes"}, "follow"),
        ("feed", {"follow_below": 0}, "follow_below"),
        ("feed", {"comment_text": "p"}, "comment"),
        ("feed", {"text": "p[["}, "text"),
        ("feed", {"text": "p" * 1001}, "text"),
        ("feed", {"headers": {"Host": "x"}}, "headers.Host"),
        ("feed", {"headers": {"user-agent": "x"}}, "headers.user-agent"),
        ("feed", {"headers": {"Proxy-Authorization": "x"}}, "headers.Proxy-Authorization"),
        ("feed", {"headers": {"X A": "x"}}, "headers.X A"),
        ("feed", {"headers": {"X-A": "a\r\nHost: b"}}, "headers.X-A"),
        ("feed", {"headers": {"X-A": "secret:forum"}}, "headers.X-A"),
        ("feed", {"headers": "X-A: b"}, "headers"),
        ("feed", {"headers": {f"X-{n}": "a" for n in range(21)}}, "headers"),
        ("feed", {"revisit_hours": [6, 1]}, "revisit_hours"),
        ("feed", {"revisit_hours": ["1"]}, "revisit_hours"),
        ("feed", {"revisit_hours": [float("nan")]}, "revisit_hours"),
        ("listing", {}, "item"),
        ("listing", {"item": "a", "comment_id": "::attr(id)"}, "comment"),
        ("sitemap", {"newer_days": 0}, "newer_days"),
        ("sitemap", {"newer_days": True}, "newer_days"),
        ("sitemap", {"include": ["x" * 301]}, "include"),
        ("sitemap", {"exclude": ["x"] * 51}, "exclude"),
        ("sitemap", {"exclude": [7]}, "exclude"),
        ("json_api", {}, "items"),
        ("json_api", {"items": "data"}, "fields.text"),
        ("json_api", {"items": "data[", "fields": {"text": "t"}}, "items"),
        ("json_api", {"items": "a." * 200 + "b", "fields": {"text": "t"}}, "items"),
        ("json_api", {"items": "(" * 250, "fields": {"text": "t"}}, "items"),
        ("json_api", API | {"fields": {"text": "nosuch(", "colour": "c"}}, "fields.colour"),
        ("json_api", API | {"fields": {"text": "t", "url": "a["}}, "fields.url"),
        ("json_api", API | {"method": "PUT"}, "method"),
        ("json_api", API | {"body": {"a": 1}}, "body"),
        ("json_api", API | {"url_template": "https://f.example/"}, "url_template"),
        ("json_api", API | {"url_template": "file:///{native_id}"}, "url_template"),
        ("json_api", API | {"paging": {"parameter": "p"}}, "paging.by"),
        ("json_api", API | {"paging": {"by": "magic"}}, "paging.by"),
        ("json_api", API | {"paging": {"by": "page"}}, "paging.parameter"),
        ("json_api", API | {"paging": {"by": "cursor", "parameter": "c"}}, "paging.next"),
        ("json_api", API | {"paging": {"by": "page", "parameter": "p", "step": 0}}, "paging.step"),
        ("json_api", API | {"comments": {"items": "@"}}, "comments.url"),
        ("json_api", API | {"comments": BELOW | {"fields": {}}}, "comments.fields.text"),
        ("json_api", API | {"comments": BELOW | {"max_items": 0}}, "comments.max_items"),
        ("json_api", API | {"comments": BELOW | {"x": 1}}, "comments.x"),
        ("folder", {}, "folder"),
        ("folder", {"folder": "../etc"}, "folder"),
        ("folder", {"folder": "a/b"}, "folder"),
        ("folder", {"folder": "/etc"}, "folder"),
        ("folder", {"folder": ".ssh"}, "folder"),
        ("folder", {"folder": "a\x00b"}, "folder"),
        ("folder", {"folder": "a", "format": "exe"}, "format"),
        ("folder", {"folder": "a", "columns": {"text": 1}}, "columns"),
    ],
)
def test_wrong_rules_are_named(kind: SourceKind, rules: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_rules(kind, rules)
    assert refused.value.field == wrong
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(refused.value))


def test_a_folder_may_have_every_format_that_files_may_have() -> None:
    assert set(_FORMATS) == set(WAYS)

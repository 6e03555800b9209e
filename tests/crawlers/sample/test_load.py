"""The workspace's data is read into checked, typed records."""

import pytest

from core.errors import InvalidInput
from crawlers.sample.fields import Record
from crawlers.sample.load import brands, sources


def test_one_brand_is_ours_and_two_are_competitors() -> None:
    assert [(one.name, one.role) for one in brands()] == [
        ("星澜科技", "own"),
        ("蓝鲸智能", "competitor"),
        ("沐风电器", "competitor"),
    ]


def test_the_name_that_is_also_an_animal_needs_context() -> None:
    whale = brands()[1]
    assert "蓝鲸" in whale.aliases
    assert whale.context
    assert whale.exclude


def test_sources_lie_under_the_given_address_with_or_without_a_slash() -> None:
    wanted = ["/sample/news/", "/sample/forum/", "/sample/feed.xml"]
    for base in ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"):
        assert [one.url for one in sources(base)] == ["http://127.0.0.1:8000" + at for at in wanted]


def test_listings_have_all_rules_and_a_feed_has_none() -> None:
    wanted = {"item", "next", "title", "text", "author", "published_at", "native_id"}
    wanted |= {"likes", "comments", "shares", "views"}
    for one in sources("http://localhost"):
        assert set(one.rules) == (wanted if one.kind == "listing" else set())


def test_only_the_newspaper_is_trusted() -> None:
    assert [one.platform for one in sources("http://localhost") if one.trusted] == ["sample-news"]


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("text", " "),
        ("text", 3),
        ("texts", "a"),
        ("texts", [1]),
        ("count", -1),
        ("count", True),
        ("optional_count", "3"),
        ("optional_text", ""),
        ("flag", 1),
        ("rules", []),
        ("rules", None),
    ],
)
def test_a_wrong_field_is_named_in_the_error(method: str, value: object) -> None:
    record = Record({"colour": value}, "mentions[3]")
    with pytest.raises(InvalidInput, match=r"mentions\[3\]: colour must be") as caught:
        getattr(record, method)("colour")
    assert caught.value.field == "colour"


def test_a_missing_optional_field_is_an_error_but_null_is_not() -> None:
    assert Record({"likes": None}, "a mention").optional_count("likes") is None
    with pytest.raises(InvalidInput):
        Record({}, "a mention").optional_count("likes")


def test_a_choice_outside_the_list_names_the_list() -> None:
    with pytest.raises(InvalidInput, match="one of own, competitor"):
        Record({"role": "friend"}, "brands[0]").choice("role", ("own", "competitor"))


def test_a_list_where_an_object_belongs_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"brands\[0\] must be a JSON object"):
        Record([], "brands[0]")

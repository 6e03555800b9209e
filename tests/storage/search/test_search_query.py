"""The query language: what it means, and where it says that something is wrong."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import QueryError
from storage.search.query import MAX_LENGTH, MAX_WORDS, parse
from storage.search.syntax import And, Field, Node, Not, Or, Term

SHANGHAI = ZoneInfo("Asia/Shanghai")
BRANDS = {"华为": "b1", "HUAWEI": "b1", "小米 汽车": "b2"}
A, B, C = Field("platform", "a"), Field("platform", "b"), Field("platform", "c")


def root(q: str) -> Node | None:
    return parse(q, SHANGHAI, BRANDS).root


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", None),
        ("  　 ", None),
        ("手机", Term("手机", 0)),
        ("手机 拍照", And((Term("手机", 0), Term("拍照", 3)))),
        ("手机 AND 拍照", And((Term("手机", 0), Term("拍照", 7)))),
        ('"拍照 很好"', Term("拍照 很好", 0)),
        ("“拍照 很好”", Term("拍照 很好", 0)),
        ("platform:a OR platform:b platform:c", Or((A, And((B, C))))),
        ("(platform:a OR platform:b) platform:c", And((Or((A, B)), C))),
        ("（platform：a OR platform:b）platform:c", And((Or((A, B)), C))),
        ("-platform:a", Not(A)),
        ("－platform:a", Not(A)),
        ("--platform:a", A),
        ("-(platform:a platform:b)", Not(And((A, B)))),
        ("or", Term("or", 0)),
        ('"OR"', Term("OR", 0)),
        ("Mate-60", Term("Mate-60", 0)),
        ("12:30", Term("12:30", 0)),
        ("https://example.cn/a", Term("https://example.cn/a", 0)),
        ("注意:降价", Term("注意:降价", 0)),
        ("brand:华为", Field("brand", "b1")),
        ("brand:華爲", Field("brand", "b1")),
        ("BRAND:ｈｕａｗｅｉ", Field("brand", "b1")),
        ("brand:b1", Field("brand", "b1")),
        ('品牌："小米 汽车"', Field("brand", "b2")),
        ("情感:负面", Field("label", "negative")),
        ("label:Positive", Field("label", "positive")),
        ("kind:评论", Field("kind", "comment")),
        ("平台:微博", Field("platform", "weibo")),
        ("platform:Some-Forum", Field("platform", "some-forum")),
        ("story:weibo:12-3", Field("story", "weibo:12-3")),
        ("story:-x", Field("story", "-x")),
        ("activity:降价", Field("activity", "降价")),
    ],
)
def test_a_query_means(q: str, expected: Node | None) -> None:
    assert root(q) == expected


def test_days_begin_in_the_zone_given() -> None:
    query = parse("手机 after:2026-03-01 before:2026/3/8", SHANGHAI)
    assert query.root == Term("手机", 0)
    assert query.after == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert query.before == datetime(2026, 3, 7, 16, tzinfo=UTC)


def test_several_days_narrow_and_may_stand_beside_a_group() -> None:
    query = parse("(a OR b) after:2026年3月1日 after:2026-03-05 (before:2026-04-01)", UTC)
    assert query.after == datetime(2026, 3, 5, tzinfo=UTC)
    assert query.before == datetime(2026, 4, 1, tzinfo=UTC)
    assert parse("after:2026-03-01 (a OR b)", UTC).root == Or((Term("a", 18), Term("b", 23)))


def test_terms_and_brands_named_leave_out_what_is_excluded() -> None:
    query = parse('手机 -抽奖 -(屏幕 -电池) brand:华为 -brand:"小米 汽车"', SHANGHAI, BRANDS)
    assert [term.text for term in query.terms] == ["手机", "电池"]
    assert query.brand_ids == {"b1"}


@pytest.mark.parametrize(
    ("q", "position", "part"),
    [
        ("手机 (拍照", 3, "右括号"),
        ("手机) 拍照", 2, "左括号"),
        ("手机 ()", 3, "空的"),
        ('手机 "拍照', 3, "引号"),
        ("手机 OR", 5, "缺一个词"),
        ("OR 手机", 0, "OR 的两边"),
        ("手机 OR OR 拍照", 6, "OR 的两边"),
        ("手机 AND", 3, "AND 的两边"),
        ("AND 手机", 0, "AND 的两边"),
        ("手机 - 拍照", 3, "减号"),
        ("手机 -", 3, "减号"),
        ("-OR", 0, "减号"),
        ("手机 ！！", 3, "没有可以搜索的字"),
        ("手机 lable:负面", 3, "label:"),
        ("label:坏", 6, "负面"),
        ("kind:blog", 5, "article"),
        ("手机 brand:", 3, "brand:华为"),
        ("brand:三星", 6, "品牌设置"),
        ('brand:"三 星"', 6, "品牌设置"),
        ("before:昨天", 7, "2026-01-31"),
        ("after:2026-02-30", 6, "不是日期"),
        ("after:0001-01-01", 6, "不是日期"),
        ("手机 OR after:2026-01-01", 6, "最外层"),
        ("手机 (拍照 OR (屏幕 before:2026-01-01))", 14, "最外层"),
        ("手机 -before:2026-01-01", 4, "最外层"),
        ("(" * 50 + "手机" + ")" * 50, 12, "太深"),
        ("-" * 5000 + "手机", MAX_LENGTH, "太长"),
        ("机 " * (MAX_WORDS + 1), 2 * MAX_WORDS, "词太多"),
        ("-" * 3000 + "手机", 12, "太深"),
    ],
)
def test_a_wrong_query_says_what_to_do_and_where(q: str, position: int, part: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(q, SHANGHAI, BRANDS)
    assert caught.value.position == position
    assert part in str(caught.value)
    assert caught.value.field == "q"


@given(
    st.lists(
        st.sampled_from(["(", ")", "-", '"', "OR", "AND", " ", "词", "label:", "after:", "负面"])
        | st.characters(codec=None)
    ).map("".join)
)
def test_any_text_parses_or_points_at_a_place_in_it(q: str) -> None:
    try:
        parse(q, SHANGHAI, BRANDS)
    except QueryError as error:
        assert 0 <= error.position <= len(q)  # noqa: PT017 - not every text is wrong

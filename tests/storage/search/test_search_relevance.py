"""Hard cases: what a person who types a query expects to find, and not to find."""

import pytest
from search_mentions import mention

from core.errors import QueryError
from storage.search import EmbeddedMentionIndex, SearchRequest

CASES = [
    ("华为", "我买了华为手机", "华为"),
    ("手机", "我买了华为手机", "手机"),
    ("机", "我买了华为手机", "机"),
    ("手", "我买了华为手机", "手"),
    ("为手", "华为手机", "为手"),
    ("华为手机", "华为手机真好", "华为手机"),
    ("华为手机", "华为的手机", None),
    ("华为", "中国，华北为何", None),
    ("华为", "華為發佈會", "華為"),
    ("發佈", "华为发布会", "发布"),
    ("mate60", "华为Mate60很好", "Mate60"),
    ("Mate 60", "华为mate60很好", "mate60"),
    ("iPhone15", "新款 iPhone 15 到了", "iPhone 15"),
    ("15", "iPhone15到手", "15"),
    ("1", "iPhone15到手", None),
    ("phone", "iPhone15到手", None),
    ("ｉｐｈｏｎｅ", "iPhone15到手", "iPhone"),
    ("iphone", "ＩＰＨＯＮＥ１５到手", "ＩＰＨＯＮＥ"),
    ("5G", "支持5G网络", "5G"),
    ("5G网络", "支持5G网络", "5G网络"),
    ("为Mate", "华为Mate60", "为Mate"),
    ("60很", "华为Mate60很好", "60很"),
    ('"很好，推荐"', "用着很好!推荐给大家", "很好!推荐"),
    ('"很好推荐"', "用着很好，推荐给大家", None),
    ('"手机 垃圾"', "这手机，垃圾", "手机，垃圾"),
    ('"垃圾 手机"', "这手机，垃圾", None),
    ("垃圾", "垃.圾", None),
    ("差评", "差评😡", "差评"),
    ("😡", "差评😡", "😡"),
    ("C++", "用C++写的", "C"),
    ("AT&T", "at&t 的网络", "at&t"),
    ("𠮷野家", "去𠮷野家吃饭", "𠮷野家"),
    ("Ärger", "viel ärger", "ärger"),
    ("屏幕", "标题里没有", None),
    ("结尾", "一\0二\ud800结尾", "结尾"),
]


@pytest.mark.parametrize(("q", "text", "found"), CASES)
def test_a_query_finds_and_marks(
    index: EmbeddedMentionIndex, q: str, text: str, found: str | None
) -> None:
    index.create_many([mention("m", text), mention("other", "毫不相干")])
    hits = index.search(SearchRequest(q=q)).hits
    marked = [text[span.start : span.end] for hit in hits for span in hit.highlights]
    assert marked == ([] if found is None else [found])
    assert [hit.mention.id for hit in hits] == ([] if found is None else ["m"])


def test_title_and_text_are_both_searched_and_marked_in_the_full_text(
    index: EmbeddedMentionIndex,
) -> None:
    index.create_many([mention("m", "手机拍照手机", title="华为手机")])
    (hit,) = index.search(SearchRequest(q="手机 -电脑")).hits
    full = hit.mention.full_text
    assert [full[span.start : span.end] for span in hit.highlights] == ["手机"] * 3
    assert index.search(SearchRequest(q='"手机 手机"')).total == 0


def test_words_that_overlap_are_marked_once(index: EmbeddedMentionIndex) -> None:
    index.create_many([mention("m", "华为手机壳")])
    (hit,) = index.search(SearchRequest(q="华为手 手机")).hits
    assert [(span.start, span.end) for span in hit.highlights] == [(0, 4)]


@pytest.mark.parametrize(
    "q",
    ['"', "title:x", 'a" OR "b', "NEAR(a b)", "a*", "^a", "{title}", "tags:x", "'; DROP TABLE x--"],
)
def test_engine_syntax_in_a_query_is_only_text(index: EmbeddedMentionIndex, q: str) -> None:
    index.create_many([mention("m", "无关")])
    try:
        assert index.search(SearchRequest(q=q)).total == 0
    except QueryError as error:
        assert error.position >= 0  # noqa: PT017


def test_the_longest_query_that_parses_also_runs(index: EmbeddedMentionIndex) -> None:
    index.create_many([mention("m", "手机")])
    for joint in (" OR ", " ", " OR -", " -"):
        words = ["手机"] + ["电脑"] * (3900 // (2 + len(joint)))
        index.search(SearchRequest(q=joint.join(words)))
    nested = "(" * 10 + "手机" + " OR (电脑 -平板))" * 10
    assert index.search(SearchRequest(q=nested)).total == 1

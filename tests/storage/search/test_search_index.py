"""What a mention index holds and gives back: the contract of every engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from search_mention_engines import ENGINES
from search_mentions import NOON, brand, mention

from core.errors import InvalidInput, QueryError
from storage.mentions import Contribution, Engagement
from storage.search import EmbeddedMentionIndex, Filters, MentionIndex, SearchRequest, Selection

pytestmark = pytest.mark.parametrize("engine", ENGINES)

BRANDS = {"华为": "b1", "小米": "b2"}


def ids(index: MentionIndex, q: str = "", **filters: object) -> list[str]:
    request = SearchRequest(q=q, filters=Filters(**filters), brands=BRANDS, limit=200)  # type: ignore[arg-type]
    index.sync()
    page = index.search(request)
    found = [hit.mention.id for hit in page.hits]
    assert page.total == index.count(request) == len(found)
    assert [each.id for each in index.scan(request)] == found
    return found


def test_a_mention_comes_back_whole(index: MentionIndex) -> None:
    whole = mention(
        "m",
        "文字\0里有\ud800坏字符😡",
        title="标题\x00",
        url=None,
        author=None,
        platform="\ud801论坛",
        published_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        engagement=Engagement(1, None, 2**63 - 1, 0),
        brands=(brand("b1", "negative"), brand("b2", role="competitor")),
        contributions=(Contribution(0, 2, -1.25),),
        words=(Contribution(1, 2, -1.125),),
        activity="launch",
        source_id="s1",
        case_ids=("case_1",),
    )
    index.create_many([whole])
    assert index.get("m") == whole
    assert index.get("none") is None
    assert index.get("\ud800") is None
    assert index.get_many(["m", "none", "m"]) == {"m": whole}


def test_an_empty_index_answers_everything(index: MentionIndex) -> None:
    assert index.create_many([]) == {}
    page = index.search(SearchRequest(q="华为", facets=True))
    assert (page.hits, page.total, page.next_cursor) == ((), 0, None)
    assert page.facets is not None
    assert page.facets.labels == {}
    assert index.get_many([]) == {}
    assert index.delete(["x"]) == 0


def test_a_mention_is_created_once_and_its_first_batch_stays(index: MentionIndex) -> None:
    first = mention("m", "原文")
    assert index.create_many([first]) == {"m": "batch-1"}
    assert index.create_many([first]) == {"m": "batch-1"}
    later = replace(first, text="改过", batch_id="batch-2", published_at=NOON + timedelta(days=1))
    assert index.create_many([later, mention("n", batch_id="batch-2")]) == {
        "m": "batch-1",
        "n": "batch-2",
    }
    index.sync()
    assert index.get("m") == first
    assert index.count(Selection()) == 2


def test_counts_of_a_known_mention_only_grow(index: MentionIndex) -> None:
    index.create_many([mention("m", engagement=Engagement(5, None, 3, None))])
    index.create_many([mention("m", "别的", engagement=Engagement(4, 7, None, None))])
    found = index.get("m")
    assert found == mention("m", engagement=Engagement(5, 7, 3, None))


def test_one_id_twice_in_a_call_is_one_mention(index: MentionIndex) -> None:
    twice = [
        mention("m", "一", engagement=Engagement(1)),
        mention("m", "二", batch_id="batch-2", engagement=Engagement(3)),
    ]
    assert index.create_many(twice) == {"m": "batch-1"}
    assert index.get("m") == mention("m", "一", engagement=Engagement(3))
    index.create_many([replace(twice[0], engagement=Engagement(e)) for e in (9, 4)])
    assert index.get("m") == mention("m", "一", engagement=Engagement(9))


def test_newest_comes_first_to_the_millisecond_and_before_2020_too(
    index: MentionIndex,
) -> None:
    moments = [
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(1999, 5, 1, tzinfo=UTC),
        datetime(2019, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
        datetime(2020, 1, 1, tzinfo=UTC),
        NOON,
        NOON + timedelta(milliseconds=1),
        NOON + timedelta(seconds=1),
        datetime(2300, 1, 1, tzinfo=UTC),
    ]
    index.create_many([mention(f"m{i}", published_at=at) for i, at in enumerate(moments)])
    assert ids(index) == [f"m{i}" for i in reversed(range(len(moments)))]
    for i, moment in enumerate(moments):
        assert len(ids(index, after=moment)) == len(moments) - i
        assert len(ids(index, before=moment)) == i
        assert len(ids(index, after=moment + timedelta(microseconds=1))) == len(moments) - i - 1
        assert len(ids(index, "无事", before=moment + timedelta(microseconds=1))) == i + 1


def test_filters_narrow_and_values_of_one_filter_are_alternatives(
    index: MentionIndex,
) -> None:
    index.create_many(
        [
            mention("a", platform="weibo", kind="post", source_id="s1", story_id="x"),
            mention("b", platform="zhihu", kind="article", activity="降价", brands=(brand("b1"),)),
            mention("c", platform="Forum", kind="post", brands=(brand("b2", role="competitor"),)),
        ]
    )
    assert set(ids(index, platforms=("weibo", "zhihu"))) == {"a", "b"}
    assert ids(index, platforms=("weibo", "zhihu"), kinds=("article",)) == ["b"]
    assert ids(index, platforms=("forum",)) == ids(index, "platform:FORUM") == ["c"]
    assert ids(index, activities=("降价",)) == ids(index, "activity:降价") == ["b"]
    assert ids(index, story_ids=("x",)) == ids(index, "story:x") == ["a"]
    assert ids(index, source_ids=("s1",)) == ["a"]
    assert ids(index, brand_roles=("competitor",)) == ["c"]
    assert set(ids(index, brand_ids=("b1", "b2"))) == {"b", "c"}
    assert set(ids(index, "-brand:华为")) == {"a", "c"}
    assert ids(index, "-brand:华为 kind:帖子 -platform:weibo") == ["c"]
    assert ids(index, "weibo") == []


def test_with_one_brand_named_labels_are_meant_towards_it(index: MentionIndex) -> None:
    index.create_many(
        [
            mention(
                "a",
                label="positive",
                brands=(brand("b1", "negative"), brand("b2", "positive")),
            ),
            mention("b", label="negative", brands=(brand("b1", "positive"),)),
            mention("c", label="negative"),
        ]
    )
    assert ids(index, "brand:华为 label:负面") == ["a"]
    assert ids(index, "label:负面", brand_ids=("b1",)) == ["a"]
    assert ids(index, "brand:华为 -label:负面") == ["b"]
    assert set(ids(index, "label:负面")) == {"b", "c"}
    assert ids(index, "(brand:华为 OR brand:小米) label:负面") == ["b"]
    assert ids(index, labels=("negative",), brand_ids=("b1", "b2")) == ["b"]
    assert ids(index, "-brand:小米 label:负面 brand:华为") == []
    page = index.search(SearchRequest(filters=Filters(brand_ids=("b1",)), facets=True))
    assert page.facets is not None
    assert page.facets.labels == {"negative": 1, "positive": 1}
    assert page.facets.brands == {"b1": 2, "b2": 1}


def test_facets_count_the_whole_selection(index: MentionIndex) -> None:
    index.create_many(
        [
            mention(f"m{i}", "手机", platform=platform, label=label)
            for i, (platform, label) in enumerate(
                [("weibo", "negative"), ("weibo", "positive"), ("zhihu", "negative")]
            )
        ]
    )
    index.sync()
    facets = index.search(SearchRequest(q="手机", limit=1, facets=True)).facets
    assert facets is not None
    assert list(facets.labels.items()) == [("negative", 2), ("positive", 1)]
    assert list(facets.platforms.items()) == [("weibo", 2), ("zhihu", 1)]
    assert index.search(SearchRequest(q="手机")).facets is None


def test_pages_are_complete_and_without_doubles_while_new_mentions_arrive(
    index: MentionIndex,
) -> None:
    at_once = [mention(f"same{i}", "手机") for i in range(25)]
    older = [mention(f"o{i}", "手机", published_at=NOON - timedelta(hours=i)) for i in range(20)]
    index.create_many(at_once + older)
    index.sync()
    for q in ("", "手机"):
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = index.search(SearchRequest(q=q, limit=7, cursor=cursor))
            found += [hit.mention.id for hit in page.hits]
            newer = NOON + timedelta(days=1)
            index.create_many([mention(f"new{q}{len(found)}", "手机", published_at=newer)])
            index.sync()
            cursor = page.next_cursor
            if cursor is None:
                break
        seen = [key for key in found if not key.startswith("new")]
        assert sorted(seen) == sorted(each.id for each in at_once + older)
        assert len(found) == len(set(found))


@pytest.mark.parametrize("cursor", ["", "x", "页", "AAAA", "A" * 16, "\ud800", "=" * 12])
def test_a_cursor_that_was_never_given_is_refused(index: MentionIndex, cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        index.search(SearchRequest(cursor=cursor))
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_out_of_range_is_refused(index: MentionIndex, limit: int) -> None:
    with pytest.raises(InvalidInput, match="200"):
        index.search(SearchRequest(limit=limit))


def test_a_wrong_query_is_refused_by_every_method(index: MentionIndex) -> None:
    with pytest.raises(QueryError):
        index.search(SearchRequest(q="("))
    with pytest.raises(QueryError):
        index.count(Selection(q="("))
    with pytest.raises(QueryError):
        index.scan(Selection(q="("))


def test_what_is_deleted_is_gone_everywhere(index: MentionIndex) -> None:
    index.create_many([mention(f"m{i}", "手机", brands=(brand("b1"),)) for i in range(3)])
    assert index.delete(["m0", "none", "m1", "m0"]) == 2
    assert ids(index) == ids(index, "手机") == ids(index, "brand:华为") == ["m2"]
    assert index.get("m0") is None
    assert index.create_many([mention("m0", "电脑", batch_id="batch-9")]) == {"m0": "batch-9"}
    assert ids(index, "电脑") == ["m0"]
    assert "m0" not in ids(index, "手机")


def test_scan_goes_on_past_one_page(index: MentionIndex) -> None:
    index.create_many([mention(f"m{i}", "手机") for i in range(1203)])
    index.sync()
    assert len({each.id for each in index.scan(Selection(q="手机"))}) == 1203


def test_a_selection_is_deleted_whatever_its_size(index: MentionIndex) -> None:
    index.create_many([mention(f"m{i}", "手机" if i % 2 else "电脑") for i in range(1203)])
    index.sync()
    assert index.delete_selected(Selection(q="手机")) == 601
    assert index.count(Selection()) == index.count(Selection(q="电脑")) == 602
    assert index.delete_selected(Selection(q="手机")) == 0
    assert index.get("m1") is None
    with pytest.raises(QueryError):
        index.delete_selected(Selection(q="("))


def test_months_that_are_no_longer_kept_go_whole(index: MentionIndex) -> None:
    moments = {
        "ancient": datetime(1970, 1, 1, tzinfo=UTC),
        "january": datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC),
        "february": datetime(2026, 2, 1, tzinfo=UTC),
        "march": datetime(2026, 3, 1, tzinfo=UTC),
        "future": datetime(2200, 1, 1, tzinfo=UTC),
    }
    index.create_many([mention(key, published_at=at) for key, at in moments.items()])
    index.sync()
    assert index.drop_before(datetime(2026, 2, 28, tzinfo=UTC)) == 2
    assert ids(index) == ["future", "march", "february"]
    # Midnight of 1 March in Shanghai is still February in UTC.
    shanghai = timezone(timedelta(hours=8))
    assert index.drop_before(datetime(2026, 3, 1, tzinfo=shanghai)) == 0
    assert index.drop_before(datetime(2026, 3, 1, tzinfo=UTC)) == 1
    assert index.get("february") is None
    assert index.create_many([mention("january", published_at=moments["january"])])
    assert ids(index) == ["future", "march", "january"]


def test_an_id_is_one_mention_whatever_the_dates_say(index: MentionIndex) -> None:
    index.create_many([mention("m", published_at=NOON)])
    for days in (-40_000, -40, 40, 40_000):
        other = mention("m", published_at=NOON + timedelta(days=days), batch_id="batch-2")
        assert index.create_many([other]) == {"m": "batch-1"}
    assert ids(index) == ["m"]
    assert index.get("m") == mention("m")


def test_broken_and_endless_values_are_kept_and_found(index: MentionIndex) -> None:
    endless = "长" * 11_000
    word = "字母" + "Ab" * 1_500
    whole = mention(
        "\0id\ud800" + "x" * 600,
        (word + "，正文\udfff\0好 ") * 4,
        title=endless,
        platform="论坛" * 20_000,
        source_id="\ud800" * 9,
        story_id=endless,
        brands=(brand("b\ud801"), brand("b" * 33_000)),
        batch_id="批" * 700,
    )
    assert index.create_many([whole]) == {whole.id: whole.batch_id}
    assert index.get(whole.id) == whole
    for q in ("正文", word, "长长长", f"字母 -{word}x"):
        assert ids(index, q) == [whole.id]
    assert ids(index, word + "x") == ids(index, word[:-1]) == []
    assert ids(index, platforms=(whole.platform,), story_ids=(endless,)) == [whole.id]
    assert ids(index, source_ids=("\ud800" * 9,), brand_ids=("b" * 33_000,)) == [whole.id]
    facets = index.search(SearchRequest(facets=True)).facets
    assert facets is not None
    assert facets.platforms == {whole.platform: 1}
    assert facets.brands == {"b\ud801": 1, "b" * 33_000: 1}
    assert index.delete([whole.id]) == 1
    assert index.get(whole.id) is None


def test_facets_are_complete(index: MentionIndex) -> None:
    index.create_many([mention(f"m{i}", platform=f"p{i % 300}") for i in range(600)])
    index.sync()
    facets = index.search(SearchRequest(limit=1, facets=True)).facets
    assert facets is not None
    assert facets.platforms == {f"p{i}": 2 for i in range(300)}


def test_what_was_written_is_read_by_its_id_at_once(index: MentionIndex) -> None:
    for i in range(20):
        index.create_many([mention(f"m{i}", engagement=Engagement(i))])
        index.create_many([mention(f"m{i}", engagement=Engagement(100 + i))])
        assert index.get(f"m{i}") == mention(f"m{i}", engagement=Engagement(100 + i))


def test_a_cursor_of_any_engine_serves_all(index: MentionIndex, tmp_path: Path) -> None:
    other = EmbeddedMentionIndex(tmp_path / "other.sqlite")
    for each in (index, other):
        each.create_many([mention(f"m{i}", published_at=NOON) for i in range(9)])
        each.sync()
    whole = ids(index)
    for asked, answering in ((index, other), (other, index)):
        cursor = asked.search(SearchRequest(limit=4)).next_cursor
        page = answering.search(SearchRequest(cursor=cursor))
        assert [hit.mention.id for hit in page.hits] == whole[4:]
        assert page.total == 9
    other.close()

"""What an index of the library holds and gives back: the contract of every engine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from search_asset_engines import ENGINES, opened
from search_assets import NOON, asset, found, places

from core.errors import InvalidInput, QueryError, StorageError
from storage.search.assets import AssetIndex, AssetRequest, EmbeddedAssetIndex

HOUR = timedelta(hours=1)


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AssetIndex]:
    with opened(request.param, tmp_path) as found_index:
        yield found_index


def test_an_empty_index_answers_everything(index: AssetIndex) -> None:
    page = index.search(AssetRequest(q="净化器", facets=True))
    assert (page.hits, page.total, page.next_cursor) == ((), 0, None)
    assert page.facets is not None
    assert page.facets.kinds == {}
    assert index.put_many([]) == index.delete(["none"]) == index.count() == 0
    assert index.revisions() == {}


def test_a_newer_revision_replaces_and_a_replay_changes_nothing(index: AssetIndex) -> None:
    assert index.put_many([asset("a", "滤网", revision=2)]) == 1
    assert index.put_many([asset("a", "电池", revision=2)]) == 0
    assert index.put_many([asset("a", "电池", revision=1)]) == 0
    assert found(index, "滤网") == ["a"]
    assert index.put_many([asset("a", "电池", revision=3)]) == 1
    assert found(index, "滤网") == []
    assert found(index, "电池") == ["a"]
    assert index.revisions() == {"a": 3}


def test_written_anew_even_the_same_revision_is_replaced(index: AssetIndex) -> None:
    index.put_many([asset("a", "滤网", revision=2)])
    assert index.put_many([asset("a", "电池", revision=2)], anew=True) == 1
    assert found(index, "滤网") == []
    assert index.count() == 1


def test_of_one_id_twice_in_a_call_the_newest_holds(index: AssetIndex) -> None:
    both = [asset("a", "电池", revision=2), asset("a", "滤网", revision=1)]
    assert index.put_many(both) == 1
    assert found(index, "电池") == ["a"]


def test_what_is_deleted_is_gone_from_hits_totals_and_facets(index: AssetIndex) -> None:
    index.put_many([asset("a", "滤网", tags=("夏季",)), asset("b", "滤网")])
    assert index.delete(["a", "none", "a"]) == 1
    assert found(index, "滤网") == ["b"]
    facets = index.search(AssetRequest(facets=True)).facets
    assert facets is not None
    assert facets.tags == {}
    assert facets.kinds == {"media": 1}


def test_without_words_the_newest_change_comes_first(index: AssetIndex) -> None:
    index.put_many(
        [
            asset(key, updated_at=NOON + at * HOUR)
            for key, at in zip("abcd", (2, 0, 3, 1), strict=True)
        ]
    )
    assert found(index) == ["c", "a", "d", "b"]
    assert found(index, "kind:media") == ["c", "a", "d", "b"]
    index.put_many([asset("b", updated_at=NOON + 9 * HOUR, revision=2)])
    assert found(index)[0] == "b"


def test_title_counts_above_tags_above_description_above_text_above_pinyin(
    index: AssetIndex,
) -> None:
    index.put_many(
        [
            asset("sound", "星澜科技", updated_at=NOON + 9 * HOUR),
            asset("text", layers=((1, "见 xlkj 官网"),), updated_at=NOON + 4 * HOUR),
            asset("about", description="xlkj 说明", updated_at=NOON + 3 * HOUR),
            asset("tags", tags=("xlkj",), updated_at=NOON + 2 * HOUR),
            asset("old", "xlkj 主视觉", updated_at=NOON),
            asset("new", "xlkj 横幅", updated_at=NOON + HOUR),
        ]
    )
    assert found(index, "XLKJ") == ["new", "old", "tags", "about", "text", "sound"]


def test_of_two_words_one_in_the_title_counts_above_both_in_the_text(index: AssetIndex) -> None:
    index.put_many(
        [
            asset("text", layers=((1, "滤网的更换"),), updated_at=NOON + 9 * HOUR),
            asset("half", "滤网手册", layers=((4, "如何更换"),)),
            asset("both", "滤网更换", updated_at=NOON - HOUR),
        ]
    )
    assert found(index, "滤网 更换") == ["both", "half", "text"]


def test_the_page_and_the_surroundings_of_a_word_are_told(index: AssetIndex) -> None:
    index.put_many(
        [
            asset(
                "a",
                "净化器 使用手册",
                tags=("家电", "滤网更换"),
                description="滤網 说明",
                layers=((1, "封面"), (7, "前文" * 400 + "请每半年更换\n滤网一次。" + "后文" * 400)),
            )
        ]
    )
    told = places(index, "滤网", "a")
    assert list(told) == ["tags", "description", "page-7"]
    assert told["tags"] == ("滤网更换", ["滤网"])
    assert told["description"] == ("滤網 说明", ["滤網"])
    snippet, marked = told["page-7"]
    assert marked == ["滤网"]
    assert "更换 滤网一次。" in snippet
    assert len(snippet) < 120
    assert places(index, "净化器", "a") == {"title": ("净化器 使用手册", ["净化器"])}
    assert index.search(AssetRequest(q="kind:media")).hits[0].places == ()


def test_no_phrase_runs_from_one_page_or_tag_into_the_next(index: AssetIndex) -> None:
    index.put_many([asset("a", tags=("净", "化器"), layers=((1, "好滤"), (2, "网好")))])
    assert found(index, "净化器") == found(index, "滤网") == []
    assert found(index, '"hao lv"') == []


def test_conditions_of_the_query_hold(index: AssetIndex) -> None:
    index.put_many(
        [
            asset("a", "滤网", kind="guideline", brand_id="b1", tags=("夏季",)),
            asset("b", "滤网", kind="message", scenario="price", state="draft"),
            asset("c", "电池", tags=("冬季", "夏 季"), updated_at=NOON + timedelta(days=2)),
        ]
    )
    names = {"星澜科技": "b1"}
    assert found(index, "滤网 kind:手册") == ["a"]
    assert found(index, "状态:草稿 OR tag:冬季") == ["c", "b"]
    assert found(index, "tag:夏季") == ["a"]
    assert found(index, 'tag:"夏 季"') == ["c"]
    assert found(index, "brand:星澜科技", brand_names=names) == ["a"]
    assert found(index, "滤网 -brand:b1", brand_names=names) == ["b"]
    assert found(index, "scenario:价格") == ["b"]
    assert found(index, "after:2026-03-02") == ["c"]
    assert sorted(found(index, "滤网 before:2026-03-02")) == ["a", "b"]


@pytest.mark.parametrize("q", ["(", "label:负面", "kind:帖子", "brand:无此", "state:x", "-", "！"])
def test_a_wrong_query_is_refused_at_its_place(index: AssetIndex, q: str) -> None:
    with pytest.raises(QueryError):
        index.search(AssetRequest(q=q))


def test_filters_hold(index: AssetIndex) -> None:
    index.put_many(
        [
            asset("a", media_type="image/png", orientation="landscape", colours=("#c8102e",)),
            asset("b", media_type="image/jpeg", orientation="portrait", colours=("#0a58ca", "bad")),
            asset("c", kind="message", state="draft", scenario="price", brand_id="b1"),
        ]
    )
    assert found(index, media_types=("image/png",)) == ["a"]
    assert sorted(found(index, media_types=("image",))) == ["a", "b"]
    assert sorted(found(index, media_types=("image/*", "audio"))) == ["a", "b"]
    assert found(index, orientation="portrait") == ["b"]
    assert found(index, colours=("red",)) == found(index, colours=("#d01020",)) == ["a"]
    assert found(index, kinds=("message",), states=("draft",), brands=("b1",)) == ["c"]
    assert found(index, scenarios=("price", "launch")) == ["c"]
    assert found(index, kinds=("message",), states=("published",)) == []
    with pytest.raises(InvalidInput):
        index.search(AssetRequest(colours=("reddish",)))


def test_what_may_be_used_that_day_on_that_channel_is_found(index: AssetIndex) -> None:
    index.put_many(
        [
            asset("ever"),
            asset("march", usable_from=date(2026, 3, 1), usable_until=date(2026, 3, 31)),
            asset("red", channels=("xiaohongshu", "weibo"), usable_until=date(2026, 12, 31)),
            asset("draft", state="draft"),
        ]
    )
    first, last, after = date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)
    assert sorted(found(index, usable_on=first)) == ["ever", "march", "red"]
    assert sorted(found(index, usable_on=last)) == ["ever", "march", "red"]
    assert sorted(found(index, usable_on=after)) == ["ever", "red"]
    assert sorted(found(index, usable_on=first - timedelta(days=1))) == ["ever", "red"]
    assert sorted(found(index, usable_on=first, channel="weibo")) == ["ever", "march", "red"]
    assert sorted(found(index, usable_on=first, channel="douyin")) == ["ever", "march"]
    assert sorted(found(index, usable_on=first, visible_on=after)) == ["ever", "red"]


def test_what_may_not_be_seen_counts_nowhere(index: AssetIndex) -> None:
    index.put_many(
        [
            asset("open", "滤网", tags=("公开",)),
            asset("secret", "滤网 秘密", state="draft", tags=("机密",), kind="report"),
            asset("over", "滤网", usable_until=date(2026, 2, 1)),
        ]
    )
    page = index.search(AssetRequest(q="滤网", visible_states=("published",), facets=True))
    assert page.total == 2
    assert page.facets is not None
    assert page.facets.tags == {"公开": 1}
    assert page.facets.states == {"published": 2}
    assert page.facets.kinds == {"media": 2}
    assert found(index, "秘密", visible_states=("published",)) == []
    assert found(index, "-秘密 OR 秘密", visible_states=("published",), visible_on=NOON.date()) == [
        "open"
    ]
    assert found(index, states=("draft",), visible_states=("published",)) == []
    assert found(index, visible_states=()) == []


def test_facets_count_the_whole_selection(index: AssetIndex) -> None:
    index.put_many(
        [
            asset("a", "滤网", tags=("夏季", "门店"), brand_id="b1", media_type="image/png"),
            asset("b", "滤网", tags=("夏季",), kind="report", media_type="image/png"),
            asset("c", "电池", tags=("夏季",)),
        ]
    )
    facets = index.search(AssetRequest(q="滤网", limit=1, facets=True)).facets
    assert facets is not None
    assert list(facets.tags.items()) == [("夏季", 2), ("门店", 1)]
    assert facets.kinds == {"media": 1, "report": 1}
    assert facets.brands == {"b1": 1}
    assert facets.media_types == {"image/png": 2}
    assert index.search(AssetRequest(q="滤网")).facets is None


def test_a_walk_gives_each_asset_once_while_others_come(index: AssetIndex) -> None:
    old = [asset(f"o{i}", "滤网" if i % 2 else "手册", layers=((1, "滤网"),)) for i in range(23)]
    index.put_many(old)
    for q in ("", "滤网"):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = index.search(AssetRequest(q=q, limit=4, cursor=cursor))
            seen += [hit.id for hit in page.hits]
            later = NOON + len(seen) * HOUR
            index.put_many([asset(f"n{q}{len(seen)}", "滤网", updated_at=later)])
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen))
        assert sorted(key for key in seen if key.startswith("o")) == sorted(each.id for each in old)


@pytest.mark.parametrize("cursor", ["", "x", "页", "A" * 16, "\ud800"])
def test_a_cursor_that_was_never_given_is_refused(index: AssetIndex, cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        index.search(AssetRequest(cursor=cursor))
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("limit", [0, 201])
def test_a_limit_out_of_range_is_refused(index: AssetIndex, limit: int) -> None:
    with pytest.raises(InvalidInput, match="200"):
        index.search(AssetRequest(limit=limit))


def test_broken_characters_are_kept_and_found_around(index: AssetIndex) -> None:
    index.put_many(
        [asset("a", "滤网\ud800电池\0", tags=("\ud801",), layers=((1, "\udfff净化器"),))]
    )
    assert found(index, "滤网") == found(index, "净化器") == ["a"]
    assert places(index, "电池", "a")["title"] == ("滤网\ud800电池\0", ["电池"])


def test_nothing_of_the_query_is_syntax_of_the_engine(index: AssetIndex) -> None:
    index.put_many([asset("a", "NEAR title keywords")])
    assert found(index, "title") == ["a"]
    assert found(index, '"NEAR title*" ') == ["a"]
    assert found(index, "{pinyin}") == found(index, "pinyin*") == []


def test_two_openings_of_one_file_see_the_same(tmp_path: Path) -> None:
    first = EmbeddedAssetIndex(tmp_path / "a.sqlite")
    second = EmbeddedAssetIndex(tmp_path / "a.sqlite")
    first.put_many([asset("a", "滤网")])
    assert found(second, "滤网") == ["a"]
    second.close()
    with pytest.raises(StorageError, match="closed"):
        second.count()
    first.close()


def test_a_damaged_file_is_set_aside_and_begun_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, damaged = tmp_path / "a.sqlite", b"no database" * 500
    path.write_bytes(damaged)
    (tmp_path / "a.sqlite-wal").write_bytes(b"of the old file")
    with ThreadPoolExecutor() as openers:
        opened = list(openers.map(lambda _: EmbeddedAssetIndex(path), range(4)))
    opened[0].put_many([asset("a", "滤网")])
    assert [found(index, "滤网") for index in opened] == [["a"]] * 4
    for index in opened:
        index.close()
    assert (tmp_path / "a.sqlite.damaged").read_bytes() == damaged
    assert "".join(capsys.readouterr()).count("search.set_aside") == 1


def test_a_file_that_only_cannot_be_opened_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").mkdir()
    with pytest.raises(StorageError, match="Check its folder"):
        EmbeddedAssetIndex(tmp_path / "a.sqlite")
    assert [path.name for path in tmp_path.iterdir()] == ["a.sqlite"]


def test_revisions_are_all_told(index: AssetIndex) -> None:
    documents = [asset(f"a{i}", revision=i) for i in range(1, 4)]
    index.put_many(documents)
    index.put_many([replace(documents[0], revision=9)])
    assert index.revisions() == {"a1": 9, "a2": 2, "a3": 3}

"""Titles and tags are found by how they sound, in every reading, and not by much more."""

from collections.abc import Iterator

import pytest
from search_asset_engines import ENGINES, opened, wipe
from search_assets import asset, found, places

from storage.search.assets import AssetIndex
from storage.search.assets.pinyin import MAX_RENDERINGS, renderings, sound_of

CASES = [
    ("星澜科技", "xlkj"),
    ("星澜科技", "xlk"),
    ("星澜科技", "xl"),
    ("星澜科技", "kj"),
    ("星澜科技", "lk"),
    ("星澜科技", "xinglankeji"),
    ("星澜科技", "XingLanKeJi"),
    ("星澜科技", "ｘｉｎｇｌａｎ"),
    ("星澜科技", "xinglan"),
    ("星澜科技", "xing"),
    ("星澜科技", "xin"),
    ("星澜科技", "xingl"),
    ("星澜科技", "xinglank"),
    ("星澜科技", "lanke"),
    ("星澜科技", "keji"),
    ("星澜科技", "ji"),
    ("星澜科技", "keji xinglan"),
    ("星瀾科技", "xinglankeji"),
    ("2026 星澜科技 手册", "xlkj"),
    ("2026 星澜科技 手册", "shouce"),
    ("《星澜》手册", "xl sc"),
    ("重庆门店", "chongqing"),
    ("重庆门店", "zhongqing"),
    ("重庆门店", "cq"),
    ("重庆门店", "zq"),
    ("重庆门店", "zhongqingmendian"),
    ("重量级产品", "zhongliang"),
    ("音乐节", "yinyue"),
    ("音乐节", "yinle"),
    ("快乐大本营", "kuaile"),
    ("快乐大本营", "kuaiyue"),
    ("快乐大本营", "kl"),
    ("快乐大本营", "ky"),
    ("银行海报", "yinhang"),
    ("银行海报", "yinxing"),
    ("银行海报", "yh"),
    ("行李箱", "xingli"),
    ("行李箱", "hangli"),
    ("长城", "changcheng"),
    ("长城", "zhangcheng"),
    ("店长手册", "dianzhang"),
    ("店长手册", "dianchang"),
    ("绿色包装", "lvse"),
    ("绿色包装", "lüse"),
    ("女性", "nvxing"),
    ("西安门店", "xian"),
    ("西安门店", "xi'an"),
    ("先锋系列", "xian"),
    ("方案", "fangan"),
    ("翻杆", "fangan"),
    ("长期重要行业音乐调查会议", "zhangqizhongyao"),
    ("长期重要行业音乐调查会议", "yinlediaocha"),
    ("长期重要行业音乐调查会议", "changqizhongyaohangyeyinyuediaochahuiyi"),
]
STRANGERS = [
    ("星澜科技", "xlj"),
    ("星澜科技", "xinglang"),
    ("星澜科技", "nglan"),
    ("星澜科技", "inglan"),
    ("星澜科技", "x"),
    ("星澜科技", "xinglanjike"),
    ("星澜科技", "xl12"),
    ("星澜科技", "lanx"),
    ("先锋系列", "xi'an"),
    ("量杯", "li"),
    ("标志规范", "logo"),
    ("海报", "the"),
    ("星 澜", "xinglan"),
    ("无", "ng"),
]


@pytest.fixture(scope="module", params=ENGINES)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AssetIndex]:
    with opened(request.param, tmp_path_factory.mktemp("pinyin")) as found_index:
        yield found_index


@pytest.fixture
def index(shared: AssetIndex) -> AssetIndex:
    wipe(shared)
    return shared


@pytest.mark.parametrize(("title", "q"), CASES)
def test_a_title_or_a_tag_is_found_by_its_sound(index: AssetIndex, title: str, q: str) -> None:
    index.put_many([asset("title", title), asset("tag", tags=("别的", title)), asset("not", "话")])
    assert sorted(found(index, q)) == ["tag", "title"]
    assert places(index, q, "title")["pinyin"][0] == title
    assert places(index, q, "tag")["pinyin"][0] == title


@pytest.mark.parametrize(("title", "q"), STRANGERS)
def test_another_sound_does_not_find_it(index: AssetIndex, title: str, q: str) -> None:
    index.put_many([asset("a", title)])
    assert found(index, q) == []


def test_the_characters_that_sound_so_are_marked(index: AssetIndex) -> None:
    index.put_many([asset("a", "关于星澜科技的手册")])
    assert places(index, "keji", "a")["pinyin"][1] == ["科技"]
    assert places(index, "xlkj", "a")["pinyin"][1] == ["星澜科技"]
    assert places(index, "sc", "a")["pinyin"][1] == ["手册"]


def test_only_titles_and_tags_are_heard(index: AssetIndex) -> None:
    index.put_many([asset("a", description="星澜科技", layers=((1, "星澜科技"),))])
    assert found(index, "xlkj") == []


def test_an_unwanted_word_is_not_heard(index: AssetIndex) -> None:
    index.put_many([asset("a", "安排票务"), asset("b", "安排 app")])
    assert found(index, "安排 -app") == ["a"]
    assert found(index, "app") == ["b", "a"]


def test_a_word_has_at_most_eight_renderings_and_each_reading_of_a_character_in_one() -> None:
    heard = list(renderings("重行乐长都"))
    assert len(heard) == MAX_RENDERINGS
    assert {"zhong", "chong"} <= {each[0] for each in heard}
    assert {"xing", "hang"} <= {each[1] for each in heard}
    assert {"le", "yue"} <= {each[2] for each in heard}
    assert {"chang", "zhang"} <= {each[3] for each in heard}
    assert {"dou", "du"} <= {each[4] for each in heard}


@pytest.mark.parametrize("word", ["", "a", "华为", "x1", "x-l", "l" * 41, "İ", "x'", "''"])
def test_what_is_no_run_of_letters_has_no_sound(word: str) -> None:
    assert sound_of(word) is None


def test_hostile_words_are_cut_in_bounded_ways() -> None:
    sound = sound_of("xian" * 10)
    assert sound is not None
    assert len(sound.cuts) <= 8
    assert sound_of("aeaeaeaeaeaeaeaeaeaeaeaeaeaeaeaeaeaeaeab") is not None

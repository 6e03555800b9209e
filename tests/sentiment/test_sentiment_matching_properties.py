"""Watchlist matching against a slow and plain reading, and in texts that are meant to hurt it."""

import sys
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold
from sentiment.matching import WatchedBrand, Watchlist

# Names of four Han characters or Latin letters: no dictionary is asked about those.
PLAIN = (
    WatchedBrand("a", "星澜科技", "own", ("starlan",), ("甲乙丙丁",), (), ("星澜科技园",)),
    WatchedBrand("b", "澜科技城", "competitor", ("lan",)),
    WatchedBrand("c", "星澜科技集团", "competitor"),
)
WATCHLIST = Watchlist(PLAIN)
MIXED = Watchlist(
    [
        *PLAIN,
        WatchedBrand("d", "华为", "competitor", ("菊厂",), ("P70",)),
        WatchedBrand("e", "苹果公司", "competitor", ("苹果",), (), (), (), ("手机",)),
    ]
)
LETTERS = "星澜科技集团城园甲乙丙丁starlnx 。\ud800華为中了苹果手机P70\u200b.，"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=60) | st.lists(
    st.sampled_from(
        ["星澜科技", "园", "集团", "澜科技城", "lan", "starlan", "，", "华为", "苹果", "手机"]
    )
).map("".join)

Found = list[tuple[str, int, int]]


def found(watchlist: Watchlist, text: str) -> Found:
    return [
        (match.brand.id, span.start, span.end)
        for match in watchlist.match(text)
        for span in match.spans
    ]


def slowly_found(text: str) -> Found:
    """Every start and every name, one after the other; then exclusions, then the longest."""
    folded, places = fold(text), []
    for brand in PLAIN:
        for name in (brand.name, *brand.aliases, *brand.products):
            for start in range(len(text)):
                end = start + len(name)
                inside = any(
                    folded.startswith(phrase, at) and at <= start and end <= at + len(phrase)
                    for phrase in brand.exclude
                    for at in range(len(text))
                )
                around = folded[:start][-1:] + " " + folded[end : end + 1]
                joined = name.isascii() and any(map(str.isalnum, filter(str.isascii, around)))
                if folded[start:end] == name and not inside and not joined:
                    places.append((start, end, brand.id))
    kept: list[tuple[int, int, str]] = []
    for place in sorted(places, key=lambda each: (each[0] - each[1], each[0])):
        same = [each for each in kept if each[:2] == place[:2]]
        if same or all(place[1] <= start or end <= place[0] for start, end, _brand in kept):
            kept.append(place)
    return sorted((brand, start, end) for start, end, brand in kept)


@given(TEXTS.filter(lambda text: not set(text) & set(" .\u200b")))
def test_names_without_doubt_are_found_as_by_a_slow_and_plain_search(text: str) -> None:
    assert found(WATCHLIST, text) == slowly_found(text)


@given(TEXTS)
def test_spans_of_a_brand_are_in_order_and_neither_empty_nor_overlapping(text: str) -> None:
    for match in MIXED.match(text):
        assert match.spans
        assert all(0 <= span.start < span.end <= len(text) for span in match.spans)
        assert all(one.end <= other.start for one, other in pairwise(match.spans))


@given(TEXTS)
def test_folding_the_text_first_changes_nothing(text: str) -> None:
    assert found(MIXED, fold(text)) == found(MIXED, text)


# Shorter than the reach of a context, so that one character more moves nothing out of it.
@given(TEXTS.map(lambda text: text[:30]), st.data())
def test_an_invisible_character_changes_nothing_but_the_offsets(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    longer = text[:at] + "\u200b" + text[at:]
    moved = [
        (brand, start + (start >= at), end + (end > at)) for brand, start, end in found(MIXED, text)
    ]
    assert found(MIXED, longer) == moved


def steps(watchlist: Watchlist, text: str) -> int:
    """Return how many calls, of Python and of C, the matching of *text* takes."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        watchlist.match(text)
    finally:
        sys.setprofile(before)
    return count


HOSTILE = (
    *("华为", "华 为", "中华为了", "苹果", "苹果手机", "手机", "星澜科技园", "华\u200b"),
    *("华" + "\u200b" * 50, "https://a.b/华为 ", "lan", "l.a.n.", "\ud800华为", "😀"),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_twice_the_text_takes_no_more_than_twice_the_work(unit: str) -> None:
    MIXED.match(unit * 3)  # what loads on first use
    once, twice = (steps(MIXED, unit * times) for times in (1_000, 2_000))
    assert twice <= 2.1 * once + 200


def test_the_work_does_not_grow_with_names_that_do_not_occur() -> None:
    aliases = tuple(f"{chr(0x4E00 + n // 100)}{chr(0x5E00 + n % 100)}牌子" for n in range(10_000))
    large = Watchlist(
        [WatchedBrand("d", "华为", "own"), WatchedBrand("z", "某某某某", "own", aliases)]
    )
    small = Watchlist([WatchedBrand("d", "华为", "own")])
    text = "昨天买了华为手机，还不错。" * 200
    large.match(text)
    small.match(text)
    assert steps(large, text) <= 1.05 * steps(small, text)


@pytest.mark.parametrize("length", [1_000_000])
def test_a_text_of_a_million_characters_without_names_takes_a_handful_of_steps(length: int) -> None:
    MIXED.match("x")
    assert steps(MIXED, "没有名字。 " * (length // 6)) < 300


def test_a_name_at_the_end_of_a_megabyte_is_found_in_its_place() -> None:
    filler = "没有 名字。" * 150_000
    assert found(MIXED, filler + "华 为") == [("d", len(filler), len(filler) + 3)]

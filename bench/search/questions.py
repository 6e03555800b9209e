"""What is asked of an engine: the requests that pages and REST send, over words of all ranks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bench.search.corpus import BRANDS, DAYS, END
from storage.mentions import Label
from storage.search import Filters, HistogramRequest, MentionIndex, SearchRequest, Selection

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_REVIEWED: Final = tuple(
    "客服 价格 滤网 噪音 充电 质量 快递 包装 门店 续航 屏幕 外观 退货 投诉 保修 吸力 发货 推荐 "  # noqa: SIM905
    "失望 满意 好用 难用".split()
)
_LEVELS: Final = (18, 16, 15, 14, 13, 12, 11, 10, 9, 8)
_LABELS: Final[tuple[Label, ...]] = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Word:
    """A two-character word and the share of all mentions that hold it."""

    text: str
    share: float


def words(index: MentionIndex) -> list[Word]:
    """Return words of all frequencies, as people type some: of reviews, and of each rank."""
    everything = index.count(Selection())
    by_level = _two_characters()
    chance = Random(1)
    chosen = [*_REVIEWED]
    for level in _LEVELS:
        chosen += chance.sample(by_level[level], min(8, len(by_level[level])))
    return [Word(each, index.count(Selection(q=each)) / everything) for each in chosen]


@cache
def _two_characters() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {level: [] for level in _LEVELS}
    text = files("sentiment").joinpath("word_counts.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        level, *seen = line.split()
        if int(level) in found:
            found[int(level)] += [word for word in seen if len(word) == 2]
    return found


def newest(found: Sequence[Word]) -> list[SearchRequest]:
    """The newest 20 of each word."""
    return [SearchRequest(q=word.text) for word in found]


def with_facets(requests: Sequence[SearchRequest]) -> list[SearchRequest]:
    """The same with facets, as the page of mentions asks."""
    return [replace(request, facets=True) for request in requests]


def boolean(times: int) -> list[SearchRequest]:
    """Words with OR and minus, a brand, a label and 30 days."""
    chance = Random(2)
    asked = []
    for _ in range(times):
        one, two, three, four = chance.sample(_REVIEWED, 4)
        asked.append(
            SearchRequest(
                q=f"{one} ({two} OR {three}) -{four}",
                filters=_filters(chance, 30, labels=(chance.choice(_LABELS),)),
                zone=SHANGHAI,
            )
        )
    return asked


def histograms(times: int) -> list[HistogramRequest]:
    """Days and labels of a brand over 90 days."""
    chance = Random(3)
    return [HistogramRequest(filters=_filters(chance, 90), zone=SHANGHAI) for _ in range(times)]


def listed(index: MentionIndex, request: SearchRequest, pages: int) -> list[SearchRequest]:
    """The first *pages* pages of *request*, one after the other."""
    found = [request]
    while len(found) < pages:
        cursor = index.search(found[-1]).next_cursor
        if cursor is None:
            break
        found.append(replace(request, cursor=cursor))
    return found


def _filters(chance: Random, days: int, labels: tuple[Label, ...] = ()) -> Filters:
    # A local midnight, as pages ask.
    end = END.replace(hour=16) - timedelta(days=chance.randrange(1, DAYS - days))
    return Filters(
        brand_ids=(chance.choice(list(BRANDS.values())[:3]),),
        labels=labels,
        after=end - timedelta(days=days),
        before=end,
    )

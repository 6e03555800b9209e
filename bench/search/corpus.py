"""Invented mentions for the benchmark of search: seeded, and in blocks that any process can make.

Words follow the frequencies of ``sentiment/word_counts.txt`` (a line holds the logarithm to base 2
of a count and the words that often seen), so that few words are in many texts and most in few;
some words of product reviews are mixed in. Lengths are those of social posts: half have up to some
60 characters, few are articles of 1,000 and more.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from storage.mentions import (
    BrandRole,
    Contribution,
    Engagement,
    Kind,
    Label,
    Mention,
    MentionBrand,
    Span,
)

BLOCK: Final = 1000
DAYS: Final = 400
END: Final = datetime(2026, 7, 1, tzinfo=UTC)
SEED: Final = 20260701
BRANDS: Final = {"星澜": "b1", "云帆": "b2", "青禾": "b3", "知远": "b4", "沐白": "b5", "锐界": "b6"}

_ROLES: Final[dict[str, BrandRole]] = {"b1": "own", "b2": "own", "b6": "industry"}
_BRAND_SHARES: Final = (0.34, 0.24, 0.16, 0.12, 0.09, 0.05)
_BRANDS_OF_A_TEXT: Final = (0.25, 0.6, 0.12, 0.03)
_LABELS: Final[tuple[Label, ...]] = ("negative", "neutral", "positive")
_LABEL_SHARES: Final = (0.15, 0.60, 0.25)
_PLATFORMS: Final = (
    "weibo",
    "xiaohongshu",
    "douyin",
    "zhihu",
    "bilibili",
    "tieba",
    "forum",
    "news",
)
_PLATFORM_SHARES: Final = (0.38, 0.2, 0.14, 0.09, 0.07, 0.05, 0.04, 0.03)
_KINDS: Final[tuple[Kind, ...]] = ("post", "comment", "review", "video")
_KIND_SHARES: Final = (0.5, 0.3, 0.12, 0.08)
_ACTIVITIES: Final = ("launch", "price_cut", "promotion", "recall")
_REVIEW_WORDS: Final = tuple(
    "客服 价格 滤网 噪音 充电 质量 快递 包装 门店 续航 屏幕 外观 退货 投诉 保修 吸力 发货 推荐 "  # noqa: SIM905
    "失望 满意 好用 难用 便宜 贵了 耐用 掉漆 漏水 异响 卡顿 发热 净化器 扫地机 手机壳 说明书 "
    "iPhone Pro wifi APP ok 5G 618 双11 😡 👍".split()
)
_REVIEW_SHARE: Final = 0.12
_MARKS: Final = ("", "，", "。", "！", " ", "？", "#")
_MARK_SHARES: Final = (0.80, 0.10, 0.05, 0.02, 0.015, 0.01, 0.005)
_ARTICLE_SHARE: Final = 0.02
_LATE_SHARE: Final = 0.1


def blocks(first: int, end: int, total: int) -> Iterator[list[Mention]]:
    """Yield the mentions numbered *first* … *end* of *total*, in blocks of up to ``BLOCK``.

    The same numbers always give the same mentions. *first* is a multiple of ``BLOCK``.
    """
    for start in range(first, end, BLOCK):
        yield _block(start, min(BLOCK, end - start), total)


def _block(start: int, count: int, total: int) -> list[Mention]:
    chance = np.random.default_rng((SEED, start))
    lengths = np.exp(chance.normal(3.45, 0.65, count)).astype(int) + 2
    articles = chance.random(count) < _ARTICLE_SHARE
    lengths[articles] = chance.integers(600, 1800, int(articles.sum()))
    lengths = lengths.tolist()
    written = _words(chance, sum(lengths))
    marks = chance.choice(np.array(_MARKS, dtype=object), sum(lengths), p=_MARK_SHARES)
    pieces = (written + marks).tolist()
    moments = _moments(chance, start, count, total)
    labels = chance.choice(3, count, p=_LABEL_SHARES).tolist()
    towards = chance.choice(3, (count, 3), p=_LABEL_SHARES).tolist()
    platforms = chance.choice(len(_PLATFORMS), count, p=_PLATFORM_SHARES).tolist()
    kinds = chance.choice(len(_KINDS), count, p=_KIND_SHARES).tolist()
    numbers = chance.choice(4, count, p=_BRANDS_OF_A_TEXT).tolist()
    stories = chance.integers(0, max(total // 3, 1), count).tolist()
    fine = chance.random((count, 8)).tolist()
    made, at = [], 0
    for i in range(count):
        words = pieces[at : at + lengths[i]]
        at += lengths[i]
        names = _names(chance, numbers[i])
        spans, text = _with_brands(words, names, fine[i][0])
        article = bool(articles[i])
        title = "".join(words[:8]) if article else ""
        shift = len(title) + 1 if article else 0
        made.append(
            Mention(
                id=hashlib.sha1(b"%d" % (start + i), usedforsecurity=False).hexdigest(),
                url=f"https://example.cn/{_PLATFORMS[platforms[i]]}/{start + i}",
                platform="news" if article else _PLATFORMS[platforms[i]],
                kind="article" if article else _KINDS[kinds[i]],
                title=title,
                text=("。" + text) if article else text,
                author=f"用户{stories[i] * 7 % 99991}",
                published_at=moments[i],
                detected_at=moments[i] + timedelta(seconds=900 * fine[i][1]),
                engagement=Engagement(int(900 * fine[i][2] ** 4), int(90 * fine[i][3] ** 4)),
                brands=tuple(
                    _brand(name, span, shift + article, towards[i][place], fine[i])
                    for place, (name, span) in enumerate(spans)
                ),
                label=_LABELS[labels[i]],
                p_negative=round(fine[i][4], 6),
                p_neutral=round(fine[i][5], 6),
                p_positive=round(fine[i][6], 6),
                contributions=tuple(
                    Contribution(place, place + 12, round(fine[i][place % 8] - 0.5, 4))
                    for place in range(0, min(len(text), 60), 12)
                ),
                activity=_ACTIVITIES[i % 4] if fine[i][7] < 0.05 else None,
                story_id=f"story_{stories[i]:08d}",
                source_id=f"source_{platforms[i]}",
                scorer="charnet-3",
                batch_id=f"batch_{start}",
                trace_id=f"trace_{start}",
            )
        )
    return made


def _words(chance: np.random.Generator, count: int) -> np.ndarray:
    words, edges = _vocabulary()
    found = words[np.searchsorted(edges, chance.random(count))]
    reviewing = chance.random(count) < _REVIEW_SHARE
    shares = 1 / np.arange(1, len(_REVIEW_WORDS) + 1) ** 0.8
    found[reviewing] = chance.choice(
        np.array(_REVIEW_WORDS, dtype=object), int(reviewing.sum()), p=shares / shares.sum()
    )
    return found


@cache
def _vocabulary() -> tuple[np.ndarray, np.ndarray]:
    text = files("sentiment").joinpath("word_counts.txt").read_text(encoding="utf-8")
    words: list[str] = []
    weights: list[float] = []
    for line in text.splitlines():
        level, *seen = line.split()
        words += seen
        weights += [2.0 ** int(level)] * len(seen)
    edges = np.cumsum(weights)
    return np.array(words, dtype=object), edges / edges[-1]


def _moments(chance: np.random.Generator, start: int, count: int, total: int) -> list[datetime]:
    """Times go on with the numbers, as a crawl meets them; some come up to five days late."""
    span = DAYS * 86400
    places = (start + np.arange(count)) / total * span
    late = np.where(chance.random(count) < _LATE_SHARE, chance.random(count) * 5 * 86400, 0)
    beginning = END - timedelta(days=DAYS)
    seconds = np.clip(places - late + chance.normal(0, 1800, count), 0, span - 1)
    return [beginning + timedelta(milliseconds=int(each * 1000)) for each in seconds.tolist()]


def _names(chance: np.random.Generator, count: int) -> list[str]:
    if not count:
        return []
    return [str(each) for each in chance.choice(list(BRANDS), count, False, _BRAND_SHARES)]


def _with_brands(
    words: list[str], names: list[str], place: float
) -> tuple[list[tuple[str, Span]], str]:
    """Put *names* among *words*; return where each stands, and the text."""
    cut = int(place * len(words))
    text, found = "".join(words[:cut]), []
    for name in names:
        found.append((name, Span(len(text), len(text) + len(name))))
        text += name
    return found, text + "".join(words[cut:])


def _brand(name: str, span: Span, shift: int, label: int, fine: list[float]) -> MentionBrand:
    key = BRANDS[name]
    return MentionBrand(
        id=key,
        name=name,
        role=_ROLES.get(key, "competitor"),
        spans=(Span(span.start + shift, span.end + shift),),
        label=_LABELS[label],
        p_negative=round(fine[1], 6),
        p_neutral=round(fine[2], 6),
        p_positive=round(fine[3], 6),
    )

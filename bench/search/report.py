"""The tables of the benchmark, in Markdown."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

import apsw

from bench.search import questions
from bench.search.engines import Engine
from bench.search.questions import Word
from bench.search.timing import Times, timed
from storage.search import HistogramRequest, MentionIndex, SearchRequest, Selection

REPEATS: Final = 3
_CLASSES: Final = (
    ("in over 10 % of all texts", 0.1, 1.1),
    ("in 1 … 10 %", 0.01, 0.1),
    ("in 0.1 … 1 %", 0.001, 0.01),
    ("in under 0.1 %", 0.0, 0.001),
)
_OTHERS: Final = (
    ("a three-character word", "净化器"),
    ("a phrase of four characters", "续航屏幕"),
    ("two frequent words", "客服 价格"),
    ("a two-character word in no text", "龘靐"),
    ("one character", "服"),
)


def answers(index: MentionIndex, found: Sequence[Word]) -> str:
    """Return how long each kind of question takes; the targets are those of a million mentions."""
    index.search(SearchRequest(q="以前"))
    rows = [
        _row(
            "newest 20 of a two-character word, with total and highlights",
            *_newest(index, found),
            "≤ 4",
        )
    ]
    for name, low, high in _CLASSES:
        some = [word for word in found if low <= word.share < high]
        if some:
            rows.append(_row(f"… {name} ({len(some)} words)", *_newest(index, some)))
    rows.append(
        _row(
            "the same, with facets",
            *_searches(index, questions.with_facets(questions.newest(found))),
        )
    )
    for name, q in _OTHERS:
        rows.append(_row(f"newest 20 of {name}", *_searches(index, [SearchRequest(q=q)] * 5)))
    deep = questions.listed(index, SearchRequest(q="客服"), 60)[-20:]
    rows.append(
        _row(
            "pages 41 … 60 by cursor, of a word in many texts",
            *_searches(index, deep),
            "as the first",
        )
    )
    boolean = questions.boolean(60)
    rows.append(
        _row("words with OR and minus, brand, label, 30 days", *_searches(index, boolean), "≤ 10")
    )
    rows.append(_row("the same, with facets", *_searches(index, questions.with_facets(boolean))))
    everything = [SearchRequest(facets=True)] * 10
    rows.append(_row("newest 20 of everything, with facets", *_searches(index, everything)))
    histograms = questions.histograms(40)
    rows.append(
        _row(
            "histogram of a brand: day × label over 90 days",
            *_histograms(index, histograms),
            "≤ 15",
        )
    )
    head = (
        "| question | answers in the middle | p50 ms | p95 ms | p50 CPU ms | p95 CPU ms "
        "| target p95, embedded |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def curve(steps: Iterable[tuple[int, str]]) -> str:
    """Return the growth: mentions held and the cells that were measured there."""
    head = (
        "| mentions held | loaded since, mentions/s | per CPU second | newest 20: p50 ms | p95 ms "
        "| p50 CPU ms | p95 CPU ms |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(f"| {held:,} | {cells} |" for held, cells in steps)])


def newest_times(index: MentionIndex, found: Sequence[Word]) -> Times:
    """Return how long the newest 20 of each word take, each asked several times."""
    return timed(_calls(index, questions.newest(found) * REPEATS))


def sizes(engine: Engine, index: MentionIndex) -> str:
    """Return the bytes on disk per mention, by table."""
    mentions = index.count(Selection())
    db = apsw.Connection(str(engine.file), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        asked = db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY 1 ORDER BY 2 DESC")
        found = [(str(name), int(size)) for name, size in asked]
    finally:
        db.close()
    total = sum(size for _, size in found)
    shown = [(name, size) for name, size in found if size >= total / 1000]
    rows = [f"| {name} | {size / mentions:,.0f} |" for name, size in shown]
    return "\n".join(
        ["| table | bytes a mention |\n|---|---|", *rows, f"| all | {total / mentions:,.0f} |"]
    )


def _newest(index: MentionIndex, found: Sequence[Word]) -> tuple[Times, str]:
    return newest_times(index, found), _middle(index, questions.newest(found))


def _searches(index: MentionIndex, requests: Sequence[SearchRequest]) -> tuple[Times, str]:
    return timed(_calls(index, [*requests] * REPEATS)), _middle(index, requests)


def _histograms(index: MentionIndex, asked: Sequence[HistogramRequest]) -> tuple[Times, str]:
    return timed([partial(index.histogram, each) for each in [*asked] * REPEATS]), _middle(
        index, asked
    )


def _calls(index: MentionIndex, requests: Sequence[SearchRequest]) -> list[Callable[[], object]]:
    return [partial(index.search, request) for request in requests]


def _middle(index: MentionIndex, asked: Sequence[Selection]) -> str:
    counts = sorted(index.count(each) for each in asked)
    return f"{counts[len(counts) // 2]:,}"


def _row(name: str, times: Times, middle: str, target: str = "") -> str:
    return f"| {name} | {middle} | {times.cells} | {target} |"

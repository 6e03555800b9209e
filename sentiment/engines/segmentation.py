"""SnowNLP's word segmentation, with the same result some seven times as fast.

The model is SnowNLP's character-based trigram model (Wang, Zong and Su 2009): every character is
tagged b(egin), m(iddle), e(nd) or s(ingle), and the probability of a (character, tag) pair given
the two before it is ``l1·uni + l2·bi + l3·tri``. The search is the same Viterbi; what differs is
that the sixteen states are kept by index, tag lists are not copied at every character, and the
many character triples the model never saw cost four maxima instead of sixty-four look-ups.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from math import inf, log
from typing import Any, TypeAlias

import numpy as np

_TAGS = ("b", "m", "e", "s")
_BEGIN, _MIDDLE, _END, _SINGLE, _BOS = range(5)
_INDEX = {"b": _BEGIN, "m": _MIDDLE, "e": _END, "s": _SINGLE, "BOS": _BOS}
_REAL = (_BEGIN, _MIDDLE, _END, _SINGLE)
_SHIFT = 21  # bits of a code point; three fit in an unsigned 64-bit key
_CACHED_PAIRS = 20_000
_CACHED_RUNS = 4_096

# A distribution over (tag of the character before, tag): index 4 · before + tag, 20 places.
_Pair = tuple[float, ...]
# Sorted keys of characters, the tags that go with them, and a count or value.
_Columns: TypeAlias = "tuple[array[int], array[int], array[float]]"


class Segmenter:
    """Splits runs of Han characters into words; *model* is SnowNLP's segmentation data."""

    def __init__(self, model: dict[str, Any]) -> None:
        self._l1, self._l2 = float(model["l1"]), float(model["l2"])
        self._uni: dict[str, tuple[float, ...]] = _unigrams(model)
        self._total = float(model["uni"]["total"])
        self._bos = float(model["uni"]["d"].get(("", "BOS"), 0))
        self._bi_keys, self._bi_tags, self._bi_counts = _pairs(model)
        self._tri_keys, self._tri_tags, self._tri_values = _triples(model)
        self._pair = lru_cache(_CACHED_PAIRS)(self._pair_values)
        self.words = lru_cache(_CACHED_RUNS)(self._words)

    def _words(self, run: str) -> tuple[str, ...]:
        """Return the words of *run*, which join to *run* again."""
        words, begin = [], 0
        tags = self._tags(run)
        for place, tag in enumerate(tags):
            if tag in (_BEGIN, _SINGLE) and place > begin:
                words.append(run[begin:place])
                begin = place
            if tag == _END:
                words.append(run[begin : place + 1])
                begin = place + 1
        if begin < len(run):
            words.append(run[begin:])
        return tuple(words)

    def _tags(self, run: str) -> list[int]:
        first = second = ""
        before: tuple[int, ...] = (_BOS,)
        best: list[list[float]] = [[0.0]]  # best[tag of last][tag of the one before]
        trail: list[list[list[int]]] = []
        for char in run:
            known = char in self._uni
            best, back = (
                self._step(best, before, first, second, char) if known else _step_unknown(best)
            )
            trail.append(back)
            before = _REAL
            first, second = second, char
        return _walk_back(best, trail)

    def _step(
        self, best: list[list[float]], before: tuple[int, ...], first: str, second: str, char: str
    ) -> tuple[list[list[float]], list[list[int]]]:
        sums, logs = self._pair(second, char)
        tops = [max(row) for row in best]
        places = [row.index(top) for row, top in zip(best, tops, strict=True)]
        new = [
            [top + logs[tag * 4 + to] for tag, top in zip(before, tops, strict=True)]
            for to in _REAL
        ]
        back = [list(places) for _ in _REAL]
        for pair, seen in self._triple(first, second, char).items():
            tag, to = divmod(pair, 4)
            row = before.index(tag)
            tags = _REAL if len(best[row]) == len(_REAL) else (_BOS,)
            ways = [
                score + _log(sums[pair] + seen.get(first_tag, 0.0))
                for first_tag, score in zip(tags, best[row], strict=True)
            ]
            new[to][row] = max(ways)
            back[to][row] = ways.index(new[to][row])
        return new, back

    def _pair_values(self, second: str, char: str) -> tuple[_Pair, _Pair]:
        uni = self._uni[char]
        sums = [self._l1 * (uni[to] / self._total) for _ in range(5) for to in _REAL]
        key = _key(second) << _SHIFT | ord(char)
        at = bisect_left(self._bi_keys, key)
        counts = self._uni.get(second, (0.0,) * 4)
        while at < len(self._bi_keys) and self._bi_keys[at] == key:
            pair = self._bi_tags[at]
            below = self._bos if pair >> 2 == _BOS else counts[pair >> 2]
            if below:
                sums[pair] += self._l2 * self._bi_counts[at] / below
            at += 1
        return tuple(sums), tuple(map(_log, sums))

    def _triple(self, first: str, second: str, char: str) -> dict[int, dict[int, float]]:
        """Return what the model saw of three characters: (tag of second, tag) → tag of first."""
        key = _key(first) << 2 * _SHIFT | _key(second) << _SHIFT | ord(char)
        at = bisect_left(self._tri_keys, key)
        found: dict[int, dict[int, float]] = {}
        while at < len(self._tri_keys) and self._tri_keys[at] == key:
            tag, pair = divmod(self._tri_tags[at], 20)
            found.setdefault(pair, {})[tag] = self._tri_values[at]
            at += 1
        return found


def _step_unknown(best: list[list[float]]) -> tuple[list[list[float]], list[list[int]]]:
    """A character the model never saw: SnowNLP keeps the last way into each state, as it is."""
    values = [row[-1] for row in best]
    return [list(values) for _ in _REAL], [[len(row) - 1 for row in best] for _ in _REAL]


def _walk_back(best: list[list[float]], trail: list[list[list[int]]]) -> list[int]:
    if not trail:
        return []
    _value, tag, place = max(
        ((value, -tag, -place) for tag, row in enumerate(best) for place, value in enumerate(row)),
    )
    tag, place = -tag, -place
    tags = []
    for back in reversed(trail):
        tags.append(tag)
        tag, place = place, back[tag][place]
    return tags[::-1]


def _log(value: float) -> float:
    return log(value) if value else -inf


def _key(char: str) -> int:
    return ord(char) if char else 0


def _unigrams(model: dict[str, Any]) -> dict[str, tuple[float, ...]]:
    counts: dict[str, list[float]] = {}
    for (char, tag), count in model["uni"]["d"].items():
        if tag != "BOS":
            counts.setdefault(char, [0.0] * 4)[_INDEX[tag]] = float(count)
    return {char: tuple(row) for char, row in counts.items()}


def _pairs(model: dict[str, Any]) -> _Columns:
    return _columns(
        (_key(b) << _SHIFT | _key(c), _INDEX[s] * 4 + _INDEX[t], float(count))
        for ((b, s), (c, t)), count in model["bi"]["d"].items()
        if t != "BOS"
    )


def _triples(model: dict[str, Any]) -> _Columns:
    below, l3 = model["bi"]["d"], float(model["l3"])
    return _columns(
        (
            _key(a[0]) << 2 * _SHIFT | _key(b[0]) << _SHIFT | _key(c[0]),
            _INDEX[a[1]] * 20 + _INDEX[b[1]] * 4 + _INDEX[c[1]],
            l3 * count / below[a, b],
        )
        for (a, b, c), count in model["tri"]["d"].items()
        if (a, b) in below
    )


def _columns(rows: Iterator[tuple[int, int, float]]) -> _Columns:
    """Sort rows by key; plain arrays, because a bisection in a NumPy array boxes every step."""
    table = np.fromiter(rows, dtype=[("key", "u8"), ("tags", "u1"), ("value", "f8")])
    table = table[np.argsort(table["key"], kind="stable")]
    return (
        array("Q", table["key"].tobytes()),
        array("B", table["tags"].tobytes()),
        array("d", table["value"].tobytes()),
    )

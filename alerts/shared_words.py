"""Which words two texts share, and how telling each is among the texts to choose from."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from core.folding import fold
from storage.search.tokens import tokens

# Characters of grammar: a pair that holds one says nothing about what a text is about.
_GRAMMAR: Final = frozenset(
    "的了是在我你他她它们这那哪有和就都也还很不没一个与及或等为被把给让吗呢吧啊么什怎如果因所以但而且"
    "会后前里中要能可请已经将从到向对于由之其并再又只每各些您来去做说看过着得地"
)
_PLAIN: Final = re.compile(r"[a-z0-9_]+")


def content_words(text: str) -> Counter[str]:
    """Count the pairs of Han characters and the words of letters that carry meaning."""
    return Counter(token.text for token in tokens(text) if _tells(token.text))


def _tells(word: str) -> bool:
    if len(word) < 2 or word.isdigit():
        return False
    return bool(_PLAIN.fullmatch(word)) or not _GRAMMAR & set(word)


@dataclass(frozen=True)
class WeighedTexts:
    """Texts to choose from, each as counted words; a word of many of them weighs little."""

    counted: Sequence[Counter[str]]

    @cached_property
    def _rarity(self) -> dict[str, float]:
        held = Counter(word for words in self.counted for word in words)
        count = len(self.counted)
        # Smoothed inverse document frequency, so that one text alone can be weighed too.
        return {word: math.log((1 + count) / (1 + held[word])) + 1 for word in held}

    def weight(self, word: str) -> float:
        """Return how telling *word* is: about 1 where every text has it, more where few do."""
        return self._rarity.get(word, 1.0)

    def likeness(self, asked: Counter[str], at: int) -> float:
        """Return the cosine, 0…1, of *asked* and text *at*, by damped counts times rarity."""
        mine, theirs = self._vector(asked), self._vector(self.counted[at])
        shared = sum(value * theirs[word] for word, value in mine.items() if word in theirs)
        norms = math.hypot(*mine.values()) * math.hypot(*theirs.values())
        return shared / norms if norms else 0.0

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        # Words that no text to choose from holds cannot tell one from the other.
        return {
            word: (1 + math.log(count)) * self._rarity[word]
            for word, count in counts.items()
            if word in self._rarity
        }


def common_runs(text: str, other: str) -> tuple[str, ...]:
    """Return the longest runs of telling pairs of *text* that *other* holds too, as people read.

    密封圈 and not 密封, 封圈.
    """
    folded, held = fold(text), fold(other)
    runs: list[str] = []
    start = end = -1
    for token in tokens(folded):
        if not _tells(token.text):
            continue
        if token.start < end and folded[start : token.end] in held:
            end = token.end
            continue
        if end > start:
            runs.append(folded[start:end])
        start, end = (token.start, token.end) if token.text in held else (-1, -1)
    if end > start:
        runs.append(folded[start:end])
    return tuple(dict.fromkeys(runs))


def outermost(words: Iterable[str]) -> tuple[str, ...]:
    """Leave out repeats and the words that stand inside another of *words*."""
    given = list(dict.fromkeys(words))
    return tuple(
        word for word in given if not any(word != other and word in other for other in given)
    )

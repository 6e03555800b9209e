"""Finds where rules apply in folded text: one automaton for all words, bounded patterns."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from assets.wording.folding import CLAUSE_ENDS, SENTENCE_ENDS, FoldedWords
from assets.wording.patterns import compiled_pattern
from assets.wording.ranges import Ranges
from assets.wording.rule import Rule

_REACH: Final = 6  # characters that may stand between a denial and what it denies
_LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz")


class Denials(NamedTuple):
    """Words that turn round what follows (并非), and those that only look so (不得不)."""

    words: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()


NO_DENIALS: Final = Denials()


class Hit(NamedTuple):
    """A rule that applies at *start* to *end* of the folded text."""

    start: int
    end: int
    rule: int  # place of the rule in the set


class Matcher:
    """Finds the rules of a set in folded text, in time linear in its length."""

    def __init__(self, rules: Sequence[Rule], denials: Denials) -> None:
        self._rules = rules
        self._patterns = [
            (place, [compiled_pattern(source) for source in rule.patterns])
            for place, rule in enumerate(rules)
            if rule.patterns
        ]
        self._exception_patterns = {
            place: [compiled_pattern(source) for source in rule.exception_patterns]
            for place, rule in enumerate(rules)
            if rule.exception_patterns
        }
        groups: dict[object, tuple[str, ...]] = {
            ("denial",): denials.words,
            ("no denial",): denials.exceptions,
        }
        for place, rule in enumerate(rules):
            groups["phrase", place] = rule.phrases
            groups["exception", place] = rule.exceptions
            # Rules share context lists: the words themselves are the key, so each is found once.
            groups[rule.needs] = rule.needs
            groups[rule.unless] = rule.unless
        meanings: dict[str, list[object]] = {}
        for group, words in groups.items():
            for word in dict.fromkeys(words):
                meanings.setdefault(word, []).append(group)
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(list(meanings)) if meanings else None

    def hits(self, folded: FoldedWords) -> list[Hit]:
        """Return every place where a rule applies, in order; hits may overlap."""
        return sorted(_Reading(self, folded).hits())

    def words(self, folded: FoldedWords) -> dict[object, list[tuple[int, int]]]:
        """Return where the words of each group stand."""
        found: dict[object, list[tuple[int, int]]] = defaultdict(list)
        if self._automaton is not None:
            for place, start, end in self._automaton.find_matches_as_indexes(
                folded.text, overlapping=True
            ):
                if _stands_alone(folded, start, end):
                    for group in self._meanings[place]:
                        found[group].append((start, end))
        return found

    def rule(self, place: int) -> Rule:
        """Return the rule at *place*."""
        return self._rules[place]

    def pattern_ranges(self, text: str) -> Iterable[tuple[int, list[tuple[int, int]]]]:
        """Yield the place of each rule with patterns and where they match."""
        for place, patterns in self._patterns:
            yield place, _found(patterns, text)

    def exceptions(self, place: int, text: str) -> list[tuple[int, int]]:
        """Return where the exception patterns of the rule at *place* match."""
        return _found(self._exception_patterns.get(place, ()), text)


class _Reading:
    """One text under one matcher."""

    def __init__(self, matcher: Matcher, folded: FoldedWords) -> None:
        self._matcher, self._folded = matcher, folded
        self._words = matcher.words(folded)
        text = folded.text
        self._clause_ends = [at for at, sign in enumerate(text) if sign in CLAUSE_ENDS]
        self._sentence_ends = [at for at in self._clause_ends if text[at] in SENTENCE_ENDS]
        self._contexts: dict[object, Ranges] = {}
        apparent = self._ranges(("no denial",))
        self._denials = Ranges(
            pair for pair in self._words.get(("denial",), ()) if not apparent.cover(*pair)
        )
        self._denials_end = sorted(end for _start, end in self._denials.pairs)

    def hits(self) -> Iterable[Hit]:
        candidates: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for group, ranges in self._words.items():
            if isinstance(group, tuple) and group and group[0] == "phrase":
                candidates[group[1]].extend(ranges)
        for place, ranges in self._matcher.pattern_ranges(self._folded.text):
            candidates[place].extend(r for r in ranges if _stands_alone(self._folded, *r))
        for place, ranges in candidates.items():
            yield from self._counting(place, ranges)

    def _counting(self, place: int, ranges: list[tuple[int, int]]) -> Iterable[Hit]:
        rule = self._matcher.rule(place)
        spared = [*self._words.get(("exception", place), ())]
        spared += self._matcher.exceptions(place, self._folded.text)
        exceptions = Ranges(spared)
        needs, unless = self._ranges(rule.needs), self._ranges(rule.unless)
        for start, end in ranges:
            if exceptions.pairs and exceptions.touch(start, end):
                continue
            if (rule.needs or unless.pairs) and not self._fits(rule, needs, unless, start, end):
                continue
            if not (rule.negatable and self._denied(start)):
                yield Hit(start, end, place)

    def _fits(self, rule: Rule, needs: Ranges, unless: Ranges, start: int, end: int) -> bool:
        """Say whether the words near it, in its own sentence, leave the hit a claim."""
        after = bisect_left(self._sentence_ends, start)
        first = max(start - rule.near, self._sentence_ends[after - 1] if after else 0)
        last = min(end + rule.near, *self._sentence_ends[after : after + 1] or [end + rule.near])
        if rule.needs and not needs.any_between(first, last):
            return False
        return not unless.any_between(first, last)

    def _denied(self, start: int) -> bool:
        """Say whether a denial runs into *start* (不保证) or ends shortly before, in its clause."""
        if start and self._denials.cover(start - 1, start + 1):
            return True
        at = bisect_right(self._denials_end, start)
        if not at or start - self._denials_end[at - 1] > _REACH:
            return False
        between = bisect_left(self._clause_ends, self._denials_end[at - 1])
        return between == len(self._clause_ends) or self._clause_ends[between] >= start

    def _ranges(self, group: object) -> Ranges:
        if group not in self._contexts:
            self._contexts[group] = Ranges(self._words.get(group, ()))
        return self._contexts[group]


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    return [found.span() for pattern in patterns for found in pattern.finditer(text)]


def _stands_alone(folded: FoldedWords, start: int, end: int) -> bool:
    """Say that the range is no part of a longer Latin word (stop 10) or number (第10)."""
    text = folded.text
    if start and _joined(folded, start - 1, text[start]):
        return False
    return end == len(text) or not _joined(folded, end - 1, text[end - 1], after=True)


def _joined(folded: FoldedWords, at: int, inner: str, *, after: bool = False) -> bool:
    """Say whether the characters at *at* and *at* + 1 belong to one word or number."""
    outer = folded.text[at + 1 if after else at]
    if inner in _LATIN:
        return outer in _LATIN and not folded.gap_after(at)
    if inner.isdigit():
        return (outer.isdigit() or outer in ".-/~") and not folded.gap_after(at)
    return False

"""Finding Chinese words by their sound: 星澜科技 by ``xinglankeji``, ``keji`` or ``xlkj``.

A run of Han characters is indexed as its syllables and as the pairs of its initials, so that any
part of it can be found that begins with a character. A character of several readings
(重: zhong, chong) gives several renderings of the run. What a person types is cut into syllables,
the last of which may be unfinished.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice, pairwise, product

from core.folding import fold

MAX_RENDERINGS = 8
_MAX_READINGS = 3
# Renderings multiply with the length: a longer run is rendered whole in its likeliest reading
# only, and in all of them by windows of this many characters.
_WINDOW, _STEP = 8, 4
_MAX_QUERY = 40
_MAX_CUTS = 8
# Two letters may begin hundreds of words, so they must be a whole syllable or initials.
_SHORTEST_BEGINNING = 3
_HAN_RUN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_LETTERS = re.compile("[a-zü]+(?:['’][a-zü]+)*")
# Readings without a vowel (嗯 ng, 呒 m) would make syllables of single letters.
_READING = re.compile("[a-z]*[aeiouv][a-z]*")


@dataclass(frozen=True)
class Sound:
    """What a word of letters may sound like: *cuts* into syllables, and *initials*.

    The last syllable of a cut may be a beginning when *open_ended*.
    """

    cuts: tuple[tuple[str, ...], ...]
    initials: str
    open_ended: bool


def sound_of(word: str) -> Sound | None:
    """Return how *word* may be read as pinyin, or None when it is no run of Latin letters."""
    plain = fold(word.strip())
    if not 2 <= len(plain) <= _MAX_QUERY or not _LETTERS.fullmatch(plain):
        return None
    parts = re.split("['’]", plain.replace("ü", "v"))
    letters = "".join(parts)
    open_ended = len(letters) >= _SHORTEST_BEGINNING
    joined = product(
        *(_cuts(part, open_ended and at == len(parts) - 1) for at, part in enumerate(parts))
    )
    cuts = [tuple(piece for cut in each for piece in cut) for each in islice(joined, _MAX_CUTS)]
    return Sound(tuple(cuts), letters, open_ended)


def renderings(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the readings of every run of Han characters in *text*, a syllable a character."""
    for run in _runs(text):
        for start, length, limit in _pieces(len(run.readings)):
            piece = run.readings[start : start + length]
            yield from islice(_combined(piece), limit)


def initials_of(syllables: Sequence[str]) -> list[str]:
    """Return the pairs of initials that follow each other."""
    return ["".join(pair) for pair in pairwise(syllable[0] for syllable in syllables)]


def places(text: str, sound: Sound) -> list[tuple[int, int]]:
    """Return the ranges of code points in *text* that read as *sound*, overlapping ones too."""
    found: set[tuple[int, int]] = set()
    for run in _runs(text):
        for start, length, limit in _pieces(len(run.readings)):
            for reading in islice(_combined(run.readings[start : start + length]), limit):
                found |= {
                    (run.start + start + first, run.start + start + end)
                    for first, end in _stands(reading, sound)
                }
    return sorted(found)


@dataclass(frozen=True)
class _Run:
    start: int
    readings: list[list[str]]


def _runs(text: str) -> Iterator[_Run]:
    """Yield runs of characters that have readings: up to three each, the likeliest first."""
    for run in _HAN_RUN.finditer(fold(text)):
        start, readings = run.start(), _readings(run[0])
        for at, known in enumerate(readings):
            if not known:
                if at > start - run.start():
                    yield _Run(start, readings[start - run.start() : at])
                start = run.start() + at + 1
        if start < run.end():
            yield _Run(start, readings[start - run.start() :])


def _readings(run: str) -> list[list[str]]:
    from pypinyin import Style, lazy_pinyin, pinyin

    # The first knows words (重庆 is chong qing), the second every reading of the character alone.
    likeliest = lazy_pinyin(run)
    alone = [pinyin(sign, style=Style.NORMAL, heteronym=True)[0] for sign in run]
    return [
        [reading for reading in dict.fromkeys([first, *others]) if _READING.fullmatch(reading)][
            :_MAX_READINGS
        ]
        for first, others in zip(likeliest, alone, strict=True)
    ]


def _pieces(length: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, length, how many renderings) of the parts in which a run is rendered."""
    if length <= _WINDOW:
        yield 0, length, MAX_RENDERINGS
        return
    yield 0, length, 1
    for start in range(0, length - _WINDOW + _STEP, _STEP):
        yield start, _WINDOW, MAX_RENDERINGS


def _combined(readings: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield renderings: first those that change the fewest characters, and to likely readings."""
    ambiguous = [at for at, known in enumerate(readings) if len(known) > 1]
    for changed in range(len(ambiguous) + 1):
        for chosen in sorted(
            _changes(readings, ambiguous, changed), key=lambda each: sum(each.values())
        ):
            yield tuple(known[chosen.get(at, 0)] for at, known in enumerate(readings))


def _changes(
    readings: Sequence[Sequence[str]], ambiguous: Sequence[int], changed: int
) -> Iterator[dict[int, int]]:
    """Yield place → number of its reading, for every way to change so many places."""
    for places_changed in combinations(ambiguous, changed):
        for numbers in product(*(range(1, len(readings[at])) for at in places_changed)):
            yield dict(zip(places_changed, numbers, strict=True))


def _stands(reading: Sequence[str], sound: Sound) -> Iterator[tuple[int, int]]:
    firsts = "".join(syllable[0] for syllable in reading)
    for at in range(len(reading)):
        if firsts.startswith(sound.initials, at):
            yield at, at + len(sound.initials)
        for cut in sound.cuts:
            if _matches(reading[at : at + len(cut)], cut, sound.open_ended):
                yield at, at + len(cut)


def _matches(piece: Sequence[str], cut: Sequence[str], open_ended: bool) -> bool:
    if len(piece) != len(cut) or tuple(piece[:-1]) != tuple(cut[:-1]):
        return False
    return piece[-1].startswith(cut[-1]) if open_ended else piece[-1] == cut[-1]


def _cuts(letters: str, open_ended: bool) -> list[tuple[str, ...]]:
    """Return the ways to cut *letters* into syllables, long syllables first."""
    syllables, beginnings = _syllables()

    def cut(at: int) -> Iterator[tuple[str, ...]]:
        rest = letters[at:]
        if rest in syllables or (open_ended and rest in beginnings):
            yield (rest,)
        for end in range(min(len(letters) - 1, at + _longest()), at, -1):
            if letters[at:end] in syllables:
                for tail in cut(end):
                    yield (letters[at:end], *tail)

    return list(islice(cut(0), _MAX_CUTS))


@cache
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    """Return every syllable, and everything that begins one."""
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.style import convert

    known = {
        convert(reading, Style.NORMAL, strict=True).replace("ü", "v")
        for readings in PINYIN_DICT.values()
        for reading in readings.split(",")
    }
    syllables = frozenset(each for each in known if _READING.fullmatch(each))
    return syllables, frozenset(each[:end] for each in syllables for end in range(1, len(each) + 1))


@cache
def _longest() -> int:
    return max(map(len, _syllables()[0]))

"""Everyday words: where a name of the watchlist is no name. The words are data."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sentiment.squeezing import plain, seen, squeeze

_SIGN_REACH: Final = 6  # code points between a name and a sign of its everyday sense
_READ: Final = 24  # code points that are read for them: some may be invisible
_SENTENCE_END: Final = re.compile("[。！？!?；;\n\r]")

_Word = Annotated[str, Field(min_length=1), AfterValidator(plain)]


class EverydaySense(BaseModel):
    """A name that is an everyday word, and the words that speak for that sense."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Word
    signs: tuple[_Word, ...] = Field(min_length=1)


class EverydayWords(BaseModel):
    """The form of everyday_words.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    about: str
    words: tuple[_Word, ...]
    latin: tuple[_Word, ...]
    senses: tuple[EverydaySense, ...]
    cues: tuple[_Word, ...] = Field(min_length=1)


@cache
def everyday_words() -> EverydayWords:
    """Read and check the words; raises ``ValidationError`` when the file breaks their form."""
    return EverydayWords.model_validate(
        json.loads(files("sentiment").joinpath("everyday_words.json").read_text(encoding="utf-8"))
    )


@dataclass(frozen=True)
class Sense:
    """The everyday sense of a name, ready to be looked for."""

    signs: frozenset[str]
    _pattern: re.Pattern[str]

    def nearest(self, plain_text: str, start: int, end: int) -> int | None:
        """Return how many code points part the name at *start* to *end* from the nearest sign.

        None where there is none near, in the same sentence.
        """
        before = seen(plain_text[max(0, start - _READ) : start])[-_SIGN_REACH:]
        behind = seen(plain_text[end : end + _READ])[:_SIGN_REACH]
        before, behind = _SENTENCE_END.split(before)[-1], _SENTENCE_END.split(behind)[0]
        distances = [len(before) - found.end() for found in self._pattern.finditer(before)]
        distances += [found.start() for found in self._pattern.finditer(behind)]
        return min(distances, default=None)


@cache
def senses() -> dict[str, Sense]:
    """Return the everyday senses by the squeezed name."""
    return {
        squeeze(sense.name): Sense(frozenset(sense.signs), _any(sense.signs))
        for sense in everyday_words().senses
    }


def is_cued(plain_text: str, end: int) -> bool:
    """Say whether a word directly behind *end* tells that a company is meant."""
    return _cues().match(seen(plain_text[end : end + _READ])) is not None


@cache
def _cues() -> re.Pattern[str]:
    return re.compile(f" ?的?(?:{_any(everyday_words().cues).pattern})")


def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))

"""The labelled lines: read from disk, split by template, given other brands' names."""

import json
import zlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidInput
from sentiment.activity import ACTIVITIES

TEST_SHARE: Final = 5  # one template in so many is for the test
_FOLDS: Final = 5

Labels = NDArray[np.int64]


def _activity(name: str) -> str:
    if name not in ACTIVITIES:
        raise ValueError(f"{name!r} is none of {'、'.join(ACTIVITIES)}")
    return name


class Line(BaseModel):
    """A labelled text; lines of one *template* were written after one pattern.

    *brands* are the names in it that the learner must not learn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    type: Annotated[str, AfterValidator(_activity)]
    template: str = Field(min_length=1)
    brands: tuple[str, ...] = ()

    @property
    def for_test(self) -> bool:
        """Whether the line's template was drawn for the test; a hash draws, so more lines
        do not move a template from one side to the other."""
        return _drawn(self.template) % TEST_SHARE == 0

    @property
    def fold(self) -> int:
        """The part of the train lines that the line belongs to, by its template."""
        return _drawn(f"{self.template} fold") % _FOLDS


def load_lines(name: str) -> list[Line]:
    """Read ``NAME.jsonl`` of this folder: ``lines``, or ``held``, which is for figures alone."""
    text = files(__package__).joinpath(f"{name}.jsonl").read_text(encoding="utf-8")
    return parse_lines(text, f"{name}.jsonl")


def parse_lines(text: str, source: str) -> list[Line]:
    """Return the lines of *text*; raises ``InvalidInput`` that names *source* and line."""
    lines = []
    for number, row in enumerate(text.splitlines(), start=1):
        try:
            lines.append(Line.model_validate(json.loads(row)))
        except (ValidationError, ValueError) as error:
            raise InvalidInput(f"{source}:{number}: {error}") from error
    return lines


def labels(lines: Sequence[Line]) -> Labels:
    """Return the places of the types in ``ACTIVITIES``."""
    return np.array([ACTIVITIES.index(line.type) for line in lines], dtype=np.int64)


def renamed(lines: Sequence[Line], names: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Return the texts with every brand under one of *names*, drawn anew for each line.

    Without that the learner would learn who is often in the news for what.
    """
    return [_renamed(line, names, rng) for line in lines]


def brand_names(lines: Sequence[Line]) -> list[str]:
    """Return every brand's name once, in a fixed order."""
    return sorted({name for line in lines for name in line.brands})


def _renamed(line: Line, names: Sequence[str], rng: np.random.Generator) -> str:
    text = line.text
    by_length = sorted(line.brands, key=len, reverse=True)  # 星河汽车 before 星河
    # First to a character that no text has: a new name may contain an old one.
    for at, brand in enumerate(by_length):
        text = text.replace(brand, chr(0xE000 + at))
    for at in range(len(by_length)):
        text = text.replace(chr(0xE000 + at), names[int(rng.integers(len(names)))])
    return text


def _drawn(template: str) -> int:
    return zlib.crc32(template.encode())

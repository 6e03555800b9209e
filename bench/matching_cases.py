"""Reads tests/sentiment/matching_cases.json: texts whose names are marked, with their spans."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sentiment.matching import WatchedBrand

LABELLED: Final = Path(__file__).parents[1] / "tests" / "sentiment" / "matching_cases.json"

_REPEATED: Final = re.compile("⟪([0-9]+)×(.*?)⟫", re.DOTALL)
_MARKED: Final = re.compile("⟦([a-z0-9_+]+):(.*?)⟧", re.DOTALL)

Found = frozenset[tuple[str, int, int]]  # brand, start, end


@dataclass(frozen=True)
class Case:
    """A text and every place where it names a brand of its watchlist."""

    phenomenon: str
    part: str
    brands: tuple[WatchedBrand, ...]
    text: str
    expected: Found


def load_cases(path: Path = LABELLED) -> list[Case]:
    """Return the labelled cases in the order of the file. Raises ``ValueError`` for a bad mark."""
    labelled = json.loads(path.read_text(encoding="utf-8"))
    brands = {name: _brand(name, given) for name, given in labelled["brands"].items()}
    return [
        Case(
            group["phenomenon"],
            group["part"],
            tuple(brands[name] for name in group["brands"]),
            *read_marks(marked),
        )
        for group in labelled["groups"]
        for marked in group["texts"]
    ]


def read_marks(marked: str) -> tuple[str, Found]:
    """Return the text without its marks, and what they mark."""
    marked = _REPEATED.sub(lambda found: found[2] * int(found[1]), marked)
    text, expected, read = "", set(), 0
    for found in _MARKED.finditer(marked):
        text += marked[read : found.start()]
        for brand in found[1].split("+"):
            expected.add((brand, len(text), len(text) + len(found[2])))
        text += found[2]
        read = found.end()
    text += marked[read:]
    if re.search("[⟦⟧⟪⟫]", text):
        raise ValueError(f"a mark is not closed or has no brand: {marked[:80]!r}")
    return text, frozenset(expected)


def _brand(name: str, given: Mapping[str, object]) -> WatchedBrand:
    words = {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
    return WatchedBrand(name, str(given["name"]), "own", **words)

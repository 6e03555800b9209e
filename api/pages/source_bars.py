"""Small columns of a row: what each of the last days brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_PITCH: Final = 6
_HEIGHT: Final = 24


@dataclass(frozen=True)
class Bar:
    """One column in pixels from the top left; a day without anything is a dot of one pixel."""

    x: int
    y: float
    height: float
    empty: bool


def bars(values: Sequence[int]) -> tuple[Bar, ...]:
    """Return a column for each of *values*, the highest as high as the row."""
    top = max(values, default=0) or 1
    heights = [max(2.0, _HEIGHT * value / top) if value else 1.0 for value in values]
    return tuple(
        Bar(at * _PITCH, _HEIGHT - height, height, not value)
        for at, (height, value) in enumerate(zip(heights, values, strict=True))
    )

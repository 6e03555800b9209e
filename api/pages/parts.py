"""Small values that templates show: chips, notices, tabs."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "act", "bad", "good", "soon"]


@dataclass(frozen=True)
class Chip:
    """A state in a round box."""

    text: str
    tone: Tone = ""
    title: str = ""


@dataclass(frozen=True)
class Notice:
    """What was just done or went wrong, said once at the top of a page."""

    text: str
    tone: Tone = "good"
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tab:
    """One of several views of a list."""

    name: str
    href: str
    current: bool
    count: int | None = None

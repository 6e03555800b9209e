"""Families of colours, so that people can ask for red and not for ``#c8102e``."""

import colorsys
import re
from typing import Final

from core.errors import InvalidInput

FAMILIES: Final = (
    "red",
    "orange",
    "yellow",
    "green",
    "cyan",
    "blue",
    "purple",
    "pink",
    "brown",
    "black",
    "grey",
    "white",
)
_HEX = re.compile("#[0-9a-f]{6}")
# Where on the colour circle (degrees) a family ends.
_HUES: Final = (
    (15, "red"),
    (42, "orange"),
    (68, "yellow"),
    (165, "green"),
    (195, "cyan"),
    (255, "blue"),
    (290, "purple"),
    (345, "pink"),
    (361, "red"),
)


def family(colour: str) -> str:
    """Return the family of ``#rrggbb``. Raises ``InvalidInput`` for anything else."""
    colour = colour.strip().lower()
    if not _HEX.fullmatch(colour):
        raise InvalidInput("颜色要写成 #c8102e 的样子。", field="colour")
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if light < 0.12:
        return "black"
    if light > 0.93:
        return "white"
    if saturation < 0.12:
        return "grey"
    name = next(name for end, name in _HUES if hue * 360 < end)
    return "brown" if name in {"red", "orange"} and light < 0.4 and saturation < 0.75 else name


def family_meant(word: str) -> str:
    """Return the family that a request means: its name or any colour of it."""
    word = word.strip().lower()
    if word in FAMILIES:
        return word
    if not word.startswith("#"):
        raise InvalidInput(f"颜色可以写 #c8102e，或 {'、'.join(FAMILIES)}。", field="colour")
    return family(word)

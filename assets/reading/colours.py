"""The dominant colours of a picture."""

import math
from typing import Final

from PIL import Image

MOST: Final = 5
_SAMPLE: Final = (128, 128)
_BOXES: Final = 16
# Smaller areas are edges and noise.
_LEAST_SHARE: Final = 0.02
# Closer than this (of 441, black to white) two colours are one to the eye.
_SAME: Final = 40.0

_Colour = tuple[int, int, int]


def dominant_colours(image: Image.Image) -> list[str]:
    """Return up to five colours of *image* (RGB or RGBA) as ``#rrggbb``, the largest area first.

    Transparent pixels do not count; a wholly transparent picture has no colours.
    """
    pixels = _opaque(image)
    if not pixels:
        return []
    merged: list[tuple[_Colour, int]] = []
    for colour, count in _boxes(pixels):
        near = [index for index, (held, _) in enumerate(merged) if _distance(held, colour) < _SAME]
        if near:
            held, before = merged[near[0]]
            merged[near[0]] = (held, before + count)
        else:
            merged.append((colour, count))
    merged.sort(key=lambda entry: -entry[1])
    large = [colour for colour, count in merged if count >= _LEAST_SHARE * len(pixels)]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in large[:MOST]]


def _opaque(image: Image.Image) -> list[_Colour]:
    # Nearest: a mean of two neighbours would be a colour that the picture does not have.
    sample = image.resize(
        (min(image.width, _SAMPLE[0]), min(image.height, _SAMPLE[1])), Image.Resampling.NEAREST
    ).convert("RGBA")
    raw = sample.tobytes()
    return [
        (raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 4) if raw[at + 3] >= 128
    ]


def _boxes(pixels: list[_Colour]) -> list[tuple[_Colour, int]]:
    """Return colours with their counts, the commonest first."""
    strip = Image.frombytes("RGB", (len(pixels), 1), bytes(v for pixel in pixels for v in pixel))
    few = strip.getcolors(_BOXES)
    if few is None:
        boxes = strip.quantize(_BOXES, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few = boxes.convert("RGB").getcolors(_BOXES)
    assert few is not None
    counted = [(colour, count) for count, colour in few if isinstance(colour, tuple)]
    return sorted(
        ((_colour(colour), count) for colour, count in counted), key=lambda entry: -entry[1]
    )


def _colour(values: tuple[int, ...]) -> _Colour:
    red, green, blue = values[:3]
    return red, green, blue


def _distance(one: _Colour, other: _Colour) -> float:
    return math.dist(one, other)

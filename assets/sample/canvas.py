"""A small canvas for the sample's pictures: grounds, shadows, bodies and the company's mark."""

import math
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]
Box = tuple[float, float, float, float]
# A ground is drawn this small and enlarged: smooth, and a hundred times quicker.
_GROUND_PX: Final = 24
_SHADOW_SCALE: Final = 8
_SHADE: Final = (6, 18, 43)


class Canvas:
    """A picture in units of its shorter side: (0, 0) is the middle, y grows downwards."""

    def __init__(self, width: int, height: int, ground: Sequence[str], angle: float) -> None:
        self.image = _ground(width, height, ground, angle)
        self._unit = min(width, height)
        self._draw = ImageDraw.Draw(self.image, "RGBA")
        self.right, self.bottom = width / self._unit / 2, height / self._unit / 2

    def disc(self, middle: Point, radius: float, fill: str) -> None:
        """Draw a filled circle."""
        self._draw.ellipse(self._box(_around(middle, radius)), fill=fill)

    def ring(self, middle: Point, radius: float, width: float, fill: str) -> None:
        """Draw a circle's line; *radius* is its outer one."""
        self.arc(middle, radius, width, fill, 0, 360)

    def arc(
        self, middle: Point, radius: float, width: float, fill: str, start: float, end: float
    ) -> None:
        """Draw a part of a circle's line, clockwise from *start* to *end* degrees."""
        box = self._box(_around(middle, radius))
        self._draw.arc(box, start, end, fill=fill, width=max(1, round(width * self._unit)))

    def block(self, box: Box, radius: float, fill: str) -> None:
        """Draw a rectangle with round corners."""
        self._draw.rounded_rectangle(self._box(box), radius * self._unit, fill=fill)

    def body(self, box: Box, radius: float, colours: Sequence[str], angle: float = 0) -> None:
        """Draw a solid thing: a rounded block whose colour turns from one side to the other."""
        left, top, right, bottom = map(round, self._box(box))
        size = right - left, bottom - top
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle(
            (0, 0, size[0] - 1, size[1] - 1), radius * self._unit, 255
        )
        self.image.paste(_ground(*size, colours, angle), (left, top), mask)

    def shadow(self, box: Box, softness: float, strength: int) -> None:
        """Darken the ground softly under *box*; *strength* is 0 to 255."""
        left, top, right, bottom = self._box(box)
        edge = 3 * softness * self._unit
        corner = round(left - edge), round(top - edge)
        size = round(right + edge) - corner[0], round(bottom + edge) - corner[1]
        small = [(left - corner[0]), (top - corner[1]), (right - corner[0]), (bottom - corner[1])]
        mask = Image.new("L", (size[0] // _SHADOW_SCALE, size[1] // _SHADOW_SCALE), 0)
        ImageDraw.Draw(mask).ellipse([side / _SHADOW_SCALE for side in small], fill=strength)
        mask = mask.filter(ImageFilter.GaussianBlur(softness * self._unit / _SHADOW_SCALE))
        mask = mask.resize(size, Image.Resampling.BILINEAR)
        self.image.paste(_SHADE, (*corner, corner[0] + size[0], corner[1] + size[1]), mask)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        """Draw a filled polygon."""
        self._draw.polygon([self._at(point) for point in points], fill=fill)

    def line(self, points: Sequence[Point], width: float, fill: str) -> None:
        """Draw a line with round joints."""
        path = [self._at(point) for point in points]
        self._draw.line(path, fill=fill, width=max(1, round(width * self._unit)), joint="curve")

    def wave(self, y: float, height: float, turns: float, width: float, fill: str) -> None:
        """Draw a wave over the whole breadth."""
        self.line(self.crest(y, height, turns), width, fill)

    def crest(self, y: float, height: float, turns: float, shift: float = 0) -> list[Point]:
        """Return the points of a wave over the whole breadth."""
        steps = 160
        return [
            (
                -self.right + 2 * self.right * step / steps,
                y + height * math.sin(2 * math.pi * (turns * step / steps + shift)),
            )
            for step in range(steps + 1)
        ]

    def hill(self, y: float, height: float, turns: float, shift: float, fill: str) -> None:
        """Fill everything below a wave."""
        floor = [(self.right, self.bottom), (-self.right, self.bottom)]
        self.shape([*self.crest(y, height, turns, shift), *floor], fill)

    def mark(self, middle: Point, size: float, star: str, wave: str) -> None:
        """Draw the company's mark: a star of four points over two waves, *size* high."""
        x, y = middle
        self.shape(_star((x, y - size * 0.16), size * 0.34), star)
        for row in (0.26, 0.42):
            points = [
                (
                    x + size * (step / 40 - 0.5),
                    y + size * (row + 0.05 * math.sin(step / 40 * 4 * math.pi)),
                )
                for step in range(41)
            ]
            self.line(points, size * 0.07, wave)

    def _at(self, point: Point) -> Point:
        return (
            self.image.width / 2 + point[0] * self._unit,
            self.image.height / 2 + point[1] * self._unit,
        )

    def _box(self, box: Box) -> Box:
        return (*self._at((box[0], box[1])), *self._at((box[2], box[3])))


def _star(middle: Point, radius: float) -> list[Point]:
    return [
        (
            middle[0] + radius * (1 if point % 2 == 0 else 0.3) * math.sin(point * math.pi / 4),
            middle[1] - radius * (1 if point % 2 == 0 else 0.3) * math.cos(point * math.pi / 4),
        )
        for point in range(8)
    ]


def _around(middle: Point, radius: float) -> Box:
    return middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius


def _ground(width: int, height: int, colours: Sequence[str], angle: float) -> Image.Image:
    """Return a field that turns from colour to colour; at *angle* 0 from left to right."""
    stops = [ImageColor.getrgb(colour)[:3] for colour in colours]
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    reach = (abs(across) + abs(down)) / 2 or 1
    small = Image.new("RGB", (_GROUND_PX, _GROUND_PX))
    last = _GROUND_PX - 1
    small.putdata(
        [
            _between(stops, ((x / last - 0.5) * across + (y / last - 0.5) * down) / reach / 2 + 0.5)
            for y in range(_GROUND_PX)
            for x in range(_GROUND_PX)
        ]
    )
    return small.resize((width, height), Image.Resampling.BILINEAR)


def _between(stops: Sequence[tuple[int, ...]], share: float) -> tuple[int, int, int]:
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    part = place - first
    one, other = stops[first], stops[first + 1]
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue

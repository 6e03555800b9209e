"""Draws the sample's twenty pictures: the same bytes' worth of shapes at every start, no file kept.

Each composition is a thing of the invented company seen plainly; colours are those of its manual.
"""

import math
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final

from assets.sample.canvas import Canvas

BLUE, DEEP, TEAL, SUN = "#1b4ddb", "#0b1b3b", "#19b5a5", "#ffb454"
CLOUD, MIST, WHITE, SKY = "#f4f7fb", "#c9d3e3", "#ffffff", "#a9c4ff"
_QUALITY: Final = 88


def draw_picture(name: str) -> bytes:
    """Return the picture *name* as JPEG; raises ``KeyError`` for a name that there is none of."""
    out = BytesIO()
    COMPOSITIONS[name]().image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _tower(canvas: Canvas, x: float, scale: float, colours: tuple[str, str], light: str) -> None:
    """A purifier: a tall body with a grille of holes and a ring that glows."""
    half, top, bottom = 0.17 * scale, -0.34 * scale, 0.34 * scale
    canvas.shadow((x - half * 1.3, bottom - 0.05, x + half * 1.5, bottom + 0.07), 0.03, 120)
    canvas.body((x - half, top, x + half, bottom), 0.05 * scale, colours)
    for row in range(11):
        for column in range(9):
            at = (x + (column - 4) * 0.032 * scale, bottom - (0.05 + row * 0.032) * scale)
            canvas.disc(at, 0.007 * scale, "#0b1b3b40")
    canvas.ring((x, top + 0.14 * scale), 0.07 * scale, 0.012 * scale, light)
    canvas.mark((x, top + 0.14 * scale), 0.06 * scale, light, light)


def _robot(canvas: Canvas, x: float, y: float, radius: float, body: tuple[str, str]) -> None:
    """A cleaning robot from above: a disc with a bumper, a turret and two keys."""
    canvas.shadow((x - radius, y - radius * 0.8, x + radius * 1.15, y + radius * 1.2), 0.04, 130)
    canvas.body((x - radius, y - radius, x + radius, y + radius), radius, body, 60)
    canvas.arc((x, y), radius * 0.97, radius * 0.05, "#0b1b3b66", 190, 350)
    canvas.disc((x, y - radius * 0.25), radius * 0.24, "#0b1b3b")
    canvas.disc((x, y - radius * 0.25), radius * 0.17, BLUE)
    canvas.mark((x, y + radius * 0.42), radius * 0.34, DEEP, TEAL)
    for side in (-1, 1):
        canvas.disc((x + side * radius * 0.5, y + radius * 0.1), radius * 0.06, "#0b1b3b55")


def _filter(canvas: Canvas, x: float, scale: float, ground: str, fold: str) -> None:
    """A filter: a cylinder of folds between two rims."""
    half, high = 0.22 * scale, 0.3 * scale
    canvas.shadow((x - half * 1.2, high - 0.06, x + half * 1.3, high + 0.08), 0.03, 110)
    canvas.body((x - half, -high, x + half, high), 0.02, (MIST, ground, MIST))
    for step in range(29):
        at = x + half * 0.96 * math.sin((step / 28 - 0.5) * math.pi)
        canvas.line([(at, -high * 0.9), (at, high * 0.9)], 0.004 * scale, fold)
    for y in (-high, high):
        canvas.block(
            (x - half * 1.06, y - 0.03 * scale, x + half * 1.06, y + 0.03 * scale), 0.02, DEEP
        )


def _leaf(canvas: Canvas, x: float, y: float, size: float, lean: float, fill: str) -> None:
    points = []
    for step in range(33):
        turn = step / 32 * 2 * math.pi
        along, across = size * math.cos(turn), size * 0.32 * math.sin(turn) * abs(math.sin(turn))
        points.append(
            (
                x + along * math.sin(lean) + across * math.cos(lean),
                y - size - along * math.cos(lean) + across * math.sin(lean),
            )
        )
    canvas.shape(points, fill)


def _plant(canvas: Canvas, x: float, floor: float, size: float) -> None:
    for lean, fill in ((-0.5, "#148f83"), (0.45, "#1aa596"), (0.0, TEAL)):
        _leaf(canvas, x, floor - size * 0.3, size * 0.42, lean, fill)
    canvas.body((x - size * 0.2, floor - size * 0.36, x + size * 0.2, floor), 0.02, (WHITE, MIST))


def _purifier_front() -> Canvas:
    canvas = Canvas(1600, 2000, ("#eaf0fb", "#c8d6f3"), 70)
    canvas.disc((0, 0), 0.42, "#ffffff80")
    _tower(canvas, 0, 1.15, (WHITE, "#d7dfed"), BLUE)
    return canvas


def _purifier_dark() -> Canvas:
    canvas = Canvas(2000, 2000, ("#12274f", "#050d1f"), 90)
    canvas.ring((0, 0), 0.46, 0.004, "#19b5a580")
    canvas.ring((0, 0), 0.4, 0.002, "#19b5a560")
    _tower(canvas, 0, 1.05, ("#2c3c60", "#141f3a"), TEAL)
    return canvas


def _purifier_pair() -> Canvas:
    canvas = Canvas(2400, 1350, ("#f7f9fd", "#dbe6fb"), 20)
    canvas.block((-1, 0.3, 1, 0.6), 0, "#cfdcf6")
    _tower(canvas, -0.24, 1.0, (WHITE, "#d9e1ee"), BLUE)
    _tower(canvas, 0.28, 0.78, ("#23407f", "#14264d"), SUN)
    return canvas


def _bedroom() -> Canvas:
    canvas = Canvas(2400, 1600, ("#20315c", "#0d1832"), 90)
    canvas.body((0.1, -0.38, 0.62, 0.1), 0.02, ("#3a5aa5", "#9fb6e8"), 90)
    canvas.disc((0.46, -0.24), 0.06, "#fff3d6")
    canvas.line([(0.36, -0.38), (0.36, 0.1)], 0.008, "#0d1832")
    canvas.block((-0.8, 0.3, 0.8, 0.6), 0, "#16233f")
    canvas.block((0.02, 0.16, 0.8, 0.4), 0.05, "#5a6ea0")
    canvas.block((0.5, 0.08, 0.74, 0.2), 0.05, "#dfe6f5")
    _tower(canvas, -0.36, 0.8, ("#e8edf6", "#b9c5da"), TEAL)
    return canvas


def _living_room() -> Canvas:
    canvas = Canvas(2400, 1600, ("#fff4e3", "#f3dfc1"), 90)
    canvas.body((-0.62, -0.4, -0.1, 0.1), 0.02, ("#bfe0ff", "#eaf6ff"), 90)
    canvas.line([(-0.36, -0.4), (-0.36, 0.1)], 0.01, "#f3dfc1")
    canvas.block((-0.8, 0.3, 0.8, 0.6), 0, "#d9b98a")
    _plant(canvas, -0.56, 0.36, 0.42)
    canvas.block((-0.3, 0.14, 0.26, 0.38), 0.05, "#7c93bd")
    canvas.block((-0.24, 0.02, 0.2, 0.2), 0.05, "#90a6cd")
    _tower(canvas, 0.48, 0.86, (WHITE, "#dde5f1"), BLUE)
    return canvas


def _nursery() -> Canvas:
    canvas = Canvas(1600, 2400, ("#fdf1ec", "#f6d9d2"), 90)
    canvas.block((-0.6, 0.36, 0.6, 0.8), 0, "#e7c3b4")
    for star in range(7):
        canvas.mark((-0.36 + star * 0.12, -0.55 + 0.08 * (star % 3)), 0.05, SUN, "#00000000")
    canvas.ring((0.18, 0.28), 0.16, 0.02, "#c48f7c")
    canvas.block((0.02, 0.22, 0.34, 0.4), 0.03, WHITE)
    _tower(canvas, -0.22, 0.9, (WHITE, "#efe4e0"), TEAL)
    return canvas


def _robot_top() -> Canvas:
    canvas = Canvas(2000, 2000, ("#e9eef7", "#cfd9ea"), 45)
    for row in range(-4, 5):
        canvas.line([(-0.6, row * 0.13), (0.6, row * 0.13)], 0.002, "#0b1b3b22")
    _robot(canvas, 0, 0, 0.34, (WHITE, "#cdd6e6"))
    return canvas


def _robot_floor() -> Canvas:
    canvas = Canvas(2400, 1350, ("#c99f68", "#a97c46"), 10)
    for plank in range(-8, 9):
        canvas.line([(plank * 0.14, -0.5), (plank * 0.14, 0.5)], 0.003, "#6d4b2380")
    canvas.block((-0.9, -0.16, 0.2, 0.16), 0.16, "#ffffff2e")
    _robot(canvas, 0.2, 0, 0.27, ("#2b3b5e", "#131d35"))
    return canvas


def _robot_base() -> Canvas:
    canvas = Canvas(1600, 2000, ("#f5f7fb", "#dfe6f2"), 90)
    canvas.block((-0.7, 0.26, 0.7, 0.8), 0, "#cfd8e8")
    canvas.shadow((-0.3, 0.2, 0.34, 0.36), 0.03, 110)
    canvas.body((-0.26, -0.42, 0.26, 0.3), 0.06, (WHITE, "#d3dceb"))
    canvas.block((-0.2, 0.12, 0.2, 0.3), 0.03, DEEP)
    canvas.mark((0, -0.2), 0.14, BLUE, TEAL)
    canvas.body((-0.2, 0.24, 0.2, 0.36), 0.06, ("#33466f", "#1a2744"))
    return canvas


def _robot_path() -> Canvas:
    canvas = Canvas(2000, 2000, ("#0e1e40", "#132a5c"), 90)
    path = []
    for lane in range(9):
        ends = (-0.36, 0.36) if lane % 2 == 0 else (0.36, -0.36)
        path += [(ends[0], -0.36 + lane * 0.09), (ends[1], -0.36 + lane * 0.09)]
    canvas.line(path, 0.03, "#19b5a555")
    canvas.line(path, 0.006, TEAL)
    canvas.block((-0.08, -0.15, 0.14, 0.06), 0.02, "#1f3a75")
    _robot(canvas, 0.36, 0.36, 0.08, (WHITE, "#cdd6e6"))
    return canvas


def _filter_front() -> Canvas:
    canvas = Canvas(2000, 2000, ("#dff5f2", "#aee2db"), 60)
    _filter(canvas, 0, 1.15, WHITE, "#19b5a566")
    return canvas


def _filter_three() -> Canvas:
    canvas = Canvas(2400, 1600, ("#fbfcfe", "#e2e9f4"), 0)
    for x, ground, fold in (
        (-0.44, WHITE, "#1b4ddb55"),
        (0, "#d9e2f1", "#0b1b3b66"),
        (0.44, "#aab4c4", "#0b1b3b99"),
    ):
        _filter(canvas, x, 0.84, ground, fold)
    return canvas


def _app() -> Canvas:
    canvas = Canvas(1600, 2400, ("#1b4ddb", "#0f2f8f"), 60)
    canvas.shadow((-0.3, 0.4, 0.36, 0.66), 0.05, 120)
    canvas.block((-0.3, -0.58, 0.3, 0.58), 0.06, "#0a1530")
    canvas.block((-0.275, -0.55, 0.275, 0.55), 0.045, CLOUD)
    canvas.arc((0, -0.2), 0.19, 0.03, MIST, 0, 360)
    canvas.arc((0, -0.2), 0.19, 0.03, TEAL, 135, 380)
    canvas.mark((0, -0.2), 0.16, BLUE, TEAL)
    for row in range(3):
        top = 0.1 + row * 0.14
        canvas.block((-0.23, top, 0.23, top + 0.11), 0.02, WHITE)
        canvas.block((-0.19, top + 0.04, 0.02, top + 0.07), 0.01, MIST)
        canvas.disc((0.17, top + 0.055), 0.025, (BLUE, TEAL, SUN)[row])
    return canvas


def _airflow() -> Canvas:
    canvas = Canvas(2400, 1350, ("#eef4ff", "#cfe9f1"), 15)
    for line in range(15):
        fill = f"{(BLUE, TEAL, SKY)[line % 3]}{90 + line * 8:02x}"
        canvas.wave(-0.36 + line * 0.05, 0.03 + 0.006 * line, 1.2 + 0.05 * line, 0.006, fill)
    return canvas


def _mark_light() -> Canvas:
    canvas = Canvas(2000, 2000, (CLOUD, WHITE), 45)
    canvas.mark((0, 0), 0.5, BLUE, TEAL)
    return canvas


def _mark_pattern() -> Canvas:
    canvas = Canvas(2400, 1600, ("#0b1b3b", "#143070"), 30)
    for row in range(-4, 5):
        for column in range(-6, 7):
            at = (column * 0.15 + (row % 2) * 0.075, row * 0.15)
            canvas.mark(at, 0.07, "#ffffff66", "#19b5a566")
    return canvas


def _mountains() -> Canvas:
    canvas = Canvas(2400, 1350, ("#ffe2b8", "#f7b98a", "#8aa7d8"), 270)
    canvas.disc((0.42, -0.12), 0.1, "#fff4dc")
    for y, high, turns, shift, fill in (
        (0.02, 0.1, 1.3, 0.1, "#7f97c4"),
        (0.14, 0.08, 1.8, 0.5, "#4d6ba8"),
        (0.28, 0.06, 1.4, 0.2, "#274a8a"),
        (0.4, 0.04, 2.2, 0.7, "#12295a"),
    ):
        canvas.hill(y, high, turns, shift, fill)
    return canvas


def _winter_poster() -> Canvas:
    canvas = Canvas(1600, 2400, ("#d43f3a", "#8f1d2c"), 60)
    canvas.disc((0, -0.1), 0.4, "#ffffff14")
    canvas.disc((0, -0.1), 0.3, "#ffffff1f")
    for flake in range(60):
        at = (((flake * 37) % 100 - 50) / 100, ((flake * 61) % 150 - 75) / 100)
        canvas.disc(at, 0.004 + 0.004 * (flake % 3), "#ffffffb0")
    _tower(canvas, 0, 0.95, (WHITE, "#e8dede"), SUN)
    return canvas


def _spring_poster() -> Canvas:
    canvas = Canvas(2000, 2000, ("#d9f2df", "#8fd3b6"), 80)
    for leaf in range(12):
        turn = leaf / 12 * 2 * math.pi
        at = (0.3 * math.sin(turn), 0.12 - 0.3 * math.cos(turn))
        _leaf(canvas, at[0], at[1], 0.13, turn, "#19b5a599" if leaf % 2 else "#0f8c7d99")
    canvas.disc((0, 0), 0.2, WHITE)
    canvas.mark((0, 0), 0.22, BLUE, TEAL)
    return canvas


def _store() -> Canvas:
    canvas = Canvas(2400, 1600, ("#8fb3f0", "#dfeaff"), 90)
    canvas.block((-0.8, 0.3, 0.8, 0.6), 0, "#9aa6b8")
    canvas.body((-0.6, -0.34, 0.6, 0.32), 0.02, ("#f6f8fc", "#dde5f2"))
    canvas.block((-0.6, -0.34, 0.6, -0.2), 0.02, BLUE)
    canvas.mark((0, -0.27), 0.1, WHITE, WHITE)
    for x in (-0.48, 0.1):
        canvas.block((x, -0.14, x + 0.38, 0.32), 0.01, "#fff1cf")
    _tower(canvas, -0.28, 0.5, (WHITE, MIST), BLUE)
    _robot(canvas, 0.29, 0.2, 0.1, (WHITE, MIST))
    return canvas


COMPOSITIONS: Final[Mapping[str, Callable[[], Canvas]]] = {
    "purifier-front": _purifier_front,
    "purifier-dark": _purifier_dark,
    "purifier-pair": _purifier_pair,
    "bedroom": _bedroom,
    "living-room": _living_room,
    "nursery": _nursery,
    "robot-top": _robot_top,
    "robot-floor": _robot_floor,
    "robot-base": _robot_base,
    "robot-path": _robot_path,
    "filter-front": _filter_front,
    "filter-three": _filter_three,
    "app": _app,
    "airflow": _airflow,
    "mark-light": _mark_light,
    "mark-pattern": _mark_pattern,
    "mountains": _mountains,
    "winter-poster": _winter_poster,
    "spring-poster": _spring_poster,
    "store": _store,
}

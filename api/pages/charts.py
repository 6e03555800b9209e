"""Geometry of the charts: across in per cent of the width, up and down in pixels.

So a chart fills a desk or a phone without its text growing or shrinking, and needs no script and
no inline style.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# Room on the right for the figures of the grid.
_PLOT_WIDTH: Final = 93.0
_BAR_SHARE: Final = 0.65
_GAP: Final = 1.0
_GRID_STEPS: Final = 3
_ROUND: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True)
class Series:
    """One part of every column: *tone* is its class, *name* stands in the legend."""

    tone: str
    name: str


@dataclass(frozen=True)
class Datum:
    """One column's figures, by tone; *says* is read out and shown on hover."""

    label: str
    says: str
    href: str | None
    counts: Mapping[Any, int]


@dataclass(frozen=True)
class Block:
    """A rectangle of one tone."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """One column. *left* and *width* bound the bar, *reach* and *pitch* its share of the plot."""

    left: float
    width: float
    reach: float
    pitch: float
    middle: float
    label: str | None
    says: str
    href: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class GridLine:
    """A horizontal line and its figure."""

    y: float
    figure: str


@dataclass(frozen=True)
class StackedChart:
    """A whole chart, ready to be written as SVG."""

    name: str
    series: tuple[Series, ...]
    columns: tuple[Column, ...]
    grid: tuple[GridLine, ...]
    plot_height: int
    plot_width: float = _PLOT_WIDTH

    @property
    def height(self) -> int:
        """Pixels from top to bottom, labels included."""
        return self.plot_height + 22


def stacked(
    name: str, series: Sequence[Series], data: Sequence[Datum], plot_height: int = 150
) -> StackedChart:
    """Stack the counts of *data* in the order of *series*, the first at the bottom."""
    step = _nice_step(max((sum(datum.counts.values()) for datum in data), default=0))
    top = step * _GRID_STEPS
    scale = (plot_height - 12) / top
    pitch = _PLOT_WIDTH / max(len(data), 1)
    # At most every second tick is named, and never more than seven.
    every = max(2, -(-len(data) // 7)) if len(data) > 7 else 1
    columns = [
        Column(
            left=at * pitch + pitch * (1 - _BAR_SHARE) / 2,
            width=pitch * _BAR_SHARE,
            reach=at * pitch,
            pitch=pitch,
            middle=at * pitch + pitch / 2,
            label=datum.label if at % every == 0 else None,
            says=datum.says,
            href=datum.href,
            blocks=_blocks(series, datum.counts, scale, plot_height),
        )
        for at, datum in enumerate(data)
    ]
    grid = [
        GridLine(plot_height - step * at * scale, f"{step * at:,}")
        for at in range(1, _GRID_STEPS + 1)
    ]
    return StackedChart(name, tuple(series), tuple(columns), tuple(grid), plot_height)


def sparkline(values: Sequence[float], width: int = 72, height: int = 20) -> str | None:
    """Return the points of a polyline through *values*, or None when they make no line."""
    if len(values) < 2 or max(values) == min(values) == 0:
        return None
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    step = width / (len(values) - 1)
    points = (
        (at * step, height - 1 - (value - low) / spread * (height - 2))
        for at, value in enumerate(values)
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _blocks(
    series: Sequence[Series], counts: Mapping[Any, int], scale: float, floor: int
) -> tuple[Block, ...]:
    blocks, y = [], float(floor)
    for part in series:
        height = counts.get(part.tone, 0) * scale
        if height <= 0:
            continue
        y -= height
        # The gap is cut from the block's own height, so that stacking adds no error.
        blocks.append(Block(part.tone, y, max(height - _GAP, 1.0)))
    return tuple(blocks)


def _nice_step(most: int) -> int:
    """Return the smallest round number whose three steps reach *most*."""
    base = 1
    while True:
        for factor in _ROUND:
            if factor * base * _GRID_STEPS >= most:
                return factor * base
        base *= 10

"""Times of repeated calls, by the clock and by the processor."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Times:
    """Milliseconds of each call, by the clock and of this process's processor time."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    @property
    def cells(self) -> str:
        """p50 and p95 by clock and by processor, as the cells of a table."""
        found = (percentile(times, share) for times in (self.wall, self.cpu) for share in (50, 95))
        return " | ".join(f"{each:.2f}" for each in found)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of *values* that *share* percent of them do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * share / 100) - 1)]


def timed(calls: Iterable[Callable[[], T]]) -> Times:
    """Make each call once, in order, and return what each took."""
    wall, cpu = [], []
    for call in calls:
        began, used = time.perf_counter(), time.process_time()
        call()
        cpu.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return Times(tuple(wall), tuple(cpu))

"""Loads mentions into an engine, by one process or several, and says how quickly."""

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from multiprocessing.synchronize import Barrier
from typing import Final

from bench.search.corpus import BLOCK, blocks
from bench.search.engines import Engine
from storage.search import MentionIndex

# Made in memory before the clock starts: blocks that a process loads in one go.
_AHEAD: Final = 20


@dataclass(frozen=True)
class Load:
    """*mentions* loaded in *wall* seconds, with *cpu* seconds of our processes together."""

    mentions: int
    wall: float
    cpu: float

    def __add__(self, other: "Load") -> "Load":
        return Load(self.mentions + other.mentions, self.wall + other.wall, self.cpu + other.cpu)


def load(engine: Engine, first: int, end: int, total: int, processes: int) -> Load:
    """Load the mentions numbered *first* … *end* of *total*; making them is not counted."""
    if processes == 1:
        index = engine.open()
        try:
            spans = list(_chunks(index, first, end, total, 0, 1, None))
        finally:
            index.close()
        return Load(end - first, sum(b - a for a, b, _ in spans), sum(cpu for *_, cpu in spans))
    return _together(engine, first, end, total, processes)


Span = tuple[float, float, float]


def _together(engine: Engine, first: int, end: int, total: int, processes: int) -> Load:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    with context.Pool(processes, _remember, (barrier,)) as pool:
        work = [(engine, first, end, total, number, processes) for number in range(processes)]
        done = pool.starmap(_worker, work, chunksize=1)
    # The chunks of all processes begin together, behind the barrier.
    wall = sum(
        max(span[1] for span in at_once) - min(span[0] for span in at_once)
        for at_once in zip(*done, strict=True)
    )
    return Load(end - first, wall, sum(cpu for *_, cpu in chain.from_iterable(done)))


_barrier: list[Barrier] = []


def _remember(barrier: Barrier) -> None:
    _barrier.append(barrier)


def _worker(
    engine: Engine, first: int, end: int, total: int, number: int, processes: int
) -> list[Span]:
    index = engine.open()
    try:
        return list(_chunks(index, first, end, total, number, processes, _barrier[0]))
    finally:
        index.close()


def _chunks(
    index: MentionIndex,
    first: int,
    end: int,
    total: int,
    number: int,
    processes: int,
    barrier: Barrier | None,
) -> Iterator[Span]:
    """Load every *processes*-th block from the *number*-th on; yield start, end and CPU seconds."""
    step = BLOCK * processes * _AHEAD
    for start in range(first, end, step):
        stop = min(start + step, end)
        mine = [
            block
            for at in range(start + number * BLOCK, stop, BLOCK * processes)
            for block in blocks(at, min(at + BLOCK, stop), total)
        ]
        if barrier is not None:
            barrier.wait()
        began, cpu = time.monotonic(), time.process_time()
        for block in mine:
            index.create_many(block)
        yield began, time.monotonic(), time.process_time() - cpu

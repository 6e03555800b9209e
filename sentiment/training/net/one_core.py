"""Keeps a fit on one core, so that the same seed gives the same bits however many there are."""

import os


def keep_to_one_core() -> None:
    """Keep this process, and the threads it will start, on one of the cores it may use.

    JAX cuts sums by the number of its threads. Call it before JAX is imported. Where the system
    knows no such thing (macOS, Windows) nothing is done, and the bits may differ between machines.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

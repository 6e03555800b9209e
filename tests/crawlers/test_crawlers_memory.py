"""How a crawl counts its memory."""

import mmap
import subprocess
import sys
from pathlib import Path

from child_process import ROOT

from crawlers.memory import resident_bytes

_MIB = 1024 * 1024


def test_the_peak_of_the_process_that_starts_a_crawl_is_not_the_crawls() -> None:
    child = "from crawlers.memory import resident_bytes; print(resident_bytes())"
    parent = (
        "import subprocess, sys; x = b'x' * (400 << 20); del x; "
        f"print(subprocess.run([sys.executable, '-c', {child!r}], "
        "stdout=subprocess.PIPE, text=True, close_fds=False).stdout)"
    )
    told = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, text=True, check=True, cwd=Path(ROOT)
    ).stdout
    assert 5 * _MIB < int(told) < 300 * _MIB


def test_what_a_process_holds_is_counted() -> None:
    # Mapped anew: an allocator could hand out pages that the process has held all along.
    with mmap.mmap(-1, 64 * _MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:
        before = resident_bytes()
        for start in range(0, len(held), mmap.PAGESIZE):
            held[start] = 1
        assert resident_bytes() - before > 48 * _MIB

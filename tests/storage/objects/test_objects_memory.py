"""Large files in little memory."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from child_process import ROOT, start_python
from objects_engines import ENVIRON, sha256

from storage.objects import ObjectStore, measure

MIB = 1024 * 1024
# A process of its own, whose memory nothing before has stretched; what the system counts.
CARRY = """
import sys
from pathlib import Path
from objects_engines import open_store
from storage.objects import measure
store = open_store(sys.argv[1], Path(sys.argv[2]))
store.put("incoming/a", [b"x"], limit=None)
measure(store, "incoming/a")
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
before = peak()
piece = bytes(1 << 20)
stored = store.put("incoming/a", (piece for _ in range(int(sys.argv[3]))), limit=None)
store.copy("incoming/a", "incoming/b")
assert measure(store, "incoming/b").sha256 == stored.sha256
store.delete("incoming/a")
store.delete("incoming/b")
print(peak() - before)
"""


def test_a_file_of_64_mb_needs_little_memory(store: ObjectStore) -> None:
    def chunks() -> Iterator[bytes]:
        for number in range(64):
            yield bytes([number]) * MIB

    tracemalloc.start()
    try:
        stored = store.put("incoming/a", chunks(), limit=64 * MIB)
        store.copy("incoming/a", "incoming/b")
        read = measure(store, "incoming/b")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 * MIB  # two parts and the little around them
    assert stored.size == read.size == 64 * MIB
    assert stored.sha256 == read.sha256 == sha256(b"".join(chunks()))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
@pytest.mark.parametrize("mib", [256])
def test_what_a_process_takes_does_not_grow_with_the_file(
    engine: str, tmp_path: Path, mib: int
) -> None:
    path = f"{ROOT}:{ROOT / 'tests'}:{Path(__file__).parent}"
    child = start_python(CARRY, engine, tmp_path, mib, PYTHONPATH=path, **ENVIRON)
    told, faults = child.communicate(timeout=100)
    assert (child.returncode, faults) == (0, "")
    assert int(told) < 32

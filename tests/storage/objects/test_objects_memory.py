"""Large files in little memory."""

import tracemalloc
from collections.abc import Iterator

from objects_engines import sha256

from storage.objects import ObjectStore, measure

MIB = 1024 * 1024


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
    assert peak < 16 * MIB
    assert stored.size == read.size == 64 * MIB
    assert stored.sha256 == read.sha256 == sha256(b"".join(chunks()))

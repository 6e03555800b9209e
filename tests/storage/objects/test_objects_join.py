"""Objects put together within the store."""

import pytest
from objects_engines import content, keys, sha256

from core.errors import InvalidInput, NotFound
from storage.objects import ObjectStore

MIB = 1024 * 1024
TARGET = "incoming/whole"


def put(store: ObjectStore, *pieces: bytes) -> list[str]:
    names = [f"incoming/part-{number}" for number in range(len(pieces))]
    for name, piece in zip(names, pieces, strict=True):
        store.put(name, [piece], limit=None)
    return names


@pytest.mark.parametrize(
    "pieces",
    [
        [b"alone"],
        [b""],
        [b"a" * 6 * MIB, b"b" * 5 * MIB, b"end"],
        [b"too small", b"for S3 to join", b"", b"by itself"],
    ],
    ids=["one", "empty", "large", "small"],
)
def test_what_is_joined_is_measured(store: ObjectStore, pieces: list[bytes]) -> None:
    store.put(TARGET, [b"older"], limit=None)
    parts = put(store, *pieces)
    whole = b"".join(pieces)
    joined = store.join(parts, TARGET)
    assert (joined.key, joined.size, joined.sha256) == (TARGET, len(whole), sha256(whole))
    head = store.head(TARGET)
    assert head is not None
    assert (head.size, head.version) == (len(whole), joined.version)
    assert content(store, TARGET) == whole
    assert set(keys(store)) == {TARGET, *parts}


def test_a_missing_source_leaves_what_was_there(store: ObjectStore) -> None:
    store.put(TARGET, [b"older"], limit=None)
    parts = put(store, b"a" * 6 * MIB)
    with pytest.raises(NotFound):
        store.join([*parts, "incoming/none"], TARGET)
    with pytest.raises(InvalidInput):
        store.join([*parts, "incoming/../none"], TARGET)
    assert content(store, TARGET) == b"older"

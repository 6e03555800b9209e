"""Ranges, held against slices of bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from objects_engines import ENGINES, content, open_store, remove_store

from core.errors import InvalidInput
from storage.objects import CHUNK, ObjectStore

KEY = "incoming/a"
LARGE = bytes(range(251)) * (2 * CHUNK // 251 + 9)
places = st.integers(0, 40) | st.integers(CHUNK - 2, CHUNK + 2) | st.integers(0, 3 * CHUNK)


@pytest.fixture(scope="module", params=ENGINES)
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ObjectStore]:
    """A store with one object of several chunks and a small one."""
    place: Path = tmp_path_factory.mktemp("ranges")
    store = open_store(request.param, place)
    store.put(KEY, [LARGE], limit=None)
    store.put("incoming/small", [LARGE[:20]], limit=None)
    yield store
    remove_store(request.param, place)


@given(start=places, length=places | st.none(), small=st.booleans(), reads=st.lists(places))
def test_a_range_is_a_slice(
    large: ObjectStore,
    start: int,
    length: int | None,
    small: bool,
    reads: list[int],
) -> None:
    key, data = ("incoming/small", LARGE[:20]) if small else (KEY, LARGE)
    end = None if length is None else start + length
    assert content(large, key, start, end) == data[start:end]
    with large.open(key, start, end) as reader:
        assert (reader.start, reader.end) == slice(start, end).indices(len(data))[:2]
        assert reader.head.size == len(data)
        parts = [reader.read(size) for size in reads]
        for size, part in zip(reads, parts, strict=True):
            assert len(part) <= size
        assert b"".join([*parts, *reader]) == data[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, None), (0, -1), (5, 4)])
def test_a_range_runs_forwards_from_the_beginning(
    store: ObjectStore, start: int, end: int | None
) -> None:
    store.put(KEY, [b"0123456789"], limit=None)
    with pytest.raises(InvalidInput) as caught:
        content(store, KEY, start, end)
    assert caught.value.field == "range"

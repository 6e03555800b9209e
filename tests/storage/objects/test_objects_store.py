"""What an object store holds and gives back: the contract of every engine."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from objects_engines import content, keys, sha256

from core.errors import Conflict, InvalidInput, NotFound
from storage.objects import CHUNK, MAX_PAGE, ObjectStore, blob_key

KEY = "renditions/ver_1/thumb.webp"
AT_ONCE = timedelta(0)


class SourceBroke(OSError):
    """An upload that broke off is no fault of the store."""


def broken_source() -> Iterator[bytes]:
    yield b"x" * 100_000
    raise SourceBroke


def test_what_was_put_comes_back_with_its_size_and_hash(store: ObjectStore) -> None:
    data = bytes(range(256)) * 5000
    stored = store.put(KEY, [data[:7], b"", data[7:]], limit=None)
    assert (stored.key, stored.size, stored.sha256) == (KEY, len(data), sha256(data))
    head = store.head(KEY)
    assert head is not None
    assert (head.key, head.size, head.version) == (KEY, len(data), stored.version)
    assert abs(datetime.now(UTC) - head.modified_at) < timedelta(minutes=1)
    assert content(store, KEY) == data


def test_a_file_is_read_in_chunks_and_not_by_lines(store: ObjectStore) -> None:
    data = b"line\n" * 200_000
    assert store.put(KEY, io.BytesIO(data), limit=len(data)).sha256 == sha256(data)
    with store.open(KEY) as reader:
        pieces = list(reader)
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= CHUNK


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    assert store.put(KEY, [], limit=0).sha256 == sha256(b"")
    assert content(store, KEY) == content(store, KEY, 0, 10) == b""
    head = store.head(KEY)
    assert head is not None
    assert head.size == 0


def test_what_is_not_there_is_said_so(store: ObjectStore) -> None:
    assert store.head(KEY) is None
    with pytest.raises(NotFound, match="没有"):
        content(store, KEY)
    with pytest.raises(NotFound):
        store.copy(KEY, "incoming/a")
    assert keys(store) == []


def test_beyond_the_limit_nothing_is_stored_and_the_rest_not_asked_for(store: ObjectStore) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000
        raise AssertionError("read on beyond the limit")

    store.put(KEY, [b"before"], limit=6)
    with pytest.raises(InvalidInput, match="2500 字节") as caught:
        store.put(KEY, endless(), limit=2500)
    assert caught.value.field == "size"
    assert content(store, KEY) == b"before"
    assert store.sweep(AT_ONCE) == 0
    with pytest.raises(InvalidInput, match=r"1\.5 MB"):
        store.put(KEY, [b"x" * 2_000_000], limit=3 << 19)


def test_a_source_that_breaks_leaves_what_was_there(store: ObjectStore) -> None:
    store.put(KEY, [b"before"], limit=None)
    with pytest.raises(SourceBroke):
        store.put(KEY, broken_source(), limit=None)
    with pytest.raises(SourceBroke):
        store.put("incoming/new", broken_source(), limit=None)
    assert content(store, KEY) == b"before"
    assert keys(store) == [KEY]
    assert store.sweep(AT_ONCE) == 0


def test_a_blob_key_takes_only_the_content_it_names(store: ObjectStore) -> None:
    key = blob_key(sha256(b"right"))
    with pytest.raises(InvalidInput, match="SHA-256") as caught:
        store.put(key, [b"wrong"], limit=None)
    assert caught.value.field == "sha256"
    assert store.head(key) is None
    assert store.put(key, [b"ri", b"ght"], limit=None).sha256 == sha256(b"right")


def test_a_reader_reads_to_its_end_though_the_key_changes(store: ObjectStore) -> None:
    store.put(KEY, [b"first" * 1000], limit=None)
    with store.open(KEY) as reader:
        begun = reader.read(10)
        store.put(KEY, [b"second"], limit=None)
        store.delete(KEY)
        assert begun + reader.read() == b"first" * 1000
        assert reader.read() == reader.read(5) == b""


def test_an_error_of_the_one_who_reads_passes_through(store: ObjectStore) -> None:
    store.put(KEY, [b"x"], limit=None)
    with pytest.raises(FileNotFoundError, match="mine"), store.open(KEY):
        raise FileNotFoundError("mine")


def test_deleting_twice_is_as_good_as_once(store: ObjectStore) -> None:
    store.delete(KEY)
    store.put(KEY, [b"x"], limit=None)
    store.delete(KEY)
    store.delete(KEY)
    assert store.head(KEY) is None


def test_a_copy_stands_on_its_own(store: ObjectStore) -> None:
    store.put("incoming/a", [b"data"], limit=None)
    store.put(KEY, [b"older"], limit=None)
    for _ in range(2):
        store.copy("incoming/a", KEY)
    store.copy(KEY, KEY)
    assert content(store, KEY) == content(store, "incoming/a") == b"data"
    store.put("incoming/a", [b"changed"], limit=None)
    assert content(store, KEY) == b"data"
    store.delete("incoming/a")
    assert content(store, KEY) == b"data"
    assert store.sweep(AT_ONCE) == 0


def test_only_the_version_that_was_checked_is_copied(store: ObjectStore) -> None:
    checked = store.put("incoming/a", [b"good"], limit=None)
    swapped = store.put("incoming/a", [b"evil"], limit=None)
    assert checked.version != swapped.version
    with pytest.raises(Conflict, match="重新上传"):
        store.copy("incoming/a", KEY, version=checked.version)
    assert keys(store) == ["incoming/a"]
    store.copy("incoming/a", KEY, version=swapped.version)
    assert content(store, KEY) == b"evil"


def test_a_version_is_never_the_hash_of_the_content(store: ObjectStore) -> None:
    stored = store.put(KEY, [b"data"], limit=None)
    assert stored.version not in {stored.sha256, stored.sha256[:32], ""}


def test_keys_come_in_their_order_page_by_page(store: ObjectStore) -> None:
    wanted = sorted(
        [
            blob_key(sha256(b"1")),
            blob_key(sha256(b"2")),
            "incoming/a",
            "incoming/a-b",
            "incoming/a_b",
            "incoming/a0",
            "renditions/a-b/p.png",
            "renditions/a/p-1.png",
            "renditions/a/p.png",
            "renditions/a/p/q.png",
            "renditions/a0/p.png",
            "renditions/a_b/p.png",
        ]
    )
    data = {blob_key(sha256(text)): text for text in (b"1", b"2")}
    for key in reversed(wanted):
        store.put(key, [data.get(key, b"abc")], limit=None)
    for page in (1, 2, 5, len(wanted), MAX_PAGE):
        assert keys(store, page=page) == wanted
    for prefix in ("b", "blobs/sha256/", "incoming/a", "renditions/a", "renditions/a/", "x/"):
        found = [key for key in wanted if key.startswith(prefix)]
        assert keys(store, prefix) == keys(store, prefix, 1) == found
    assert [each.key for each in store.list("", "incoming/a-z").objects] == wanted[4:]
    assert {each.size for each in store.list("incoming/").objects} == {3}
    for head in store.list("").objects:
        assert store.head(head.key) == head


@pytest.mark.parametrize("limit", [0, -1, MAX_PAGE + 1])
def test_a_page_has_bounds(store: ObjectStore, limit: int) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        store.list("", limit=limit)


def test_sweeping_takes_old_uploads_and_nothing_else(store: ObjectStore) -> None:
    store.put("incoming/a", [b"x"], limit=None)
    store.put(KEY, [b"x"], limit=None)
    assert store.sweep(timedelta(hours=1)) == 0
    assert store.sweep(AT_ONCE) == 1
    assert keys(store) == [KEY]

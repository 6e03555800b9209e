"""Content stored once under its hash."""

from datetime import timedelta

import pytest
from objects_engines import content, keys, sha256

from core.errors import Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.objects import ObjectStore, blob_key, measure, place_blob, store_blob

DATA = b"the VI manual" * 1000
KEY = blob_key(sha256(DATA))


def test_the_same_content_twice_is_stored_once(store: ObjectStore) -> None:
    first = store_blob(store, [DATA], ids=Ids(), limit=None)
    again = store_blob(store, [DATA[:5], DATA[5:]], ids=Ids(), limit=len(DATA))
    assert first == again
    assert (first.key, first.size, first.sha256) == (KEY, len(DATA), sha256(DATA))
    assert keys(store) == [KEY]
    assert measure(store, KEY) == first


def test_a_blob_that_is_too_large_leaves_nothing(store: ObjectStore) -> None:
    with pytest.raises(InvalidInput):
        store_blob(store, [DATA], ids=Ids(), limit=10)
    assert keys(store) == []
    assert store.sweep(timedelta(0)) == 0


def test_a_checked_upload_moves_to_its_place(store: ObjectStore) -> None:
    store.put("incoming/up", [DATA], limit=None)
    checked = measure(store, "incoming/up")
    assert place_blob(store, checked).key == KEY
    assert keys(store) == [KEY]
    assert content(store, KEY) == DATA
    assert place_blob(store, checked).key == KEY  # after a crash before it was recorded
    with pytest.raises(NotFound):
        measure(store, "incoming/up")


def test_an_upload_that_was_swapped_after_the_check_is_not_placed(store: ObjectStore) -> None:
    store.put("incoming/up", [DATA], limit=None)
    checked = measure(store, "incoming/up")
    store.put("incoming/up", [b"X" * len(DATA)], limit=None)
    with pytest.raises(Conflict):
        place_blob(store, checked)
    assert keys(store) == ["incoming/up"]

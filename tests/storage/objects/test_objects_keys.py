"""Which keys there are, and that no other passes any door of a store."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from storage.objects import ObjectStore, blob_key
from storage.objects.keys import check_key, check_prefix, is_key

HASH = "ab" * 32
GOOD = [
    f"blobs/sha256/ab/{HASH}",
    "incoming/up_h3k7",
    "incoming/0-a_b",
    "renditions/ver_1/thumb.webp",
    "renditions/a/b/page-0001.jpg",
    "renditions/a/x.tar.gz",
    "renditions/a/" + "b" * 183 + ".png",
]
BAD = [
    "",
    "/",
    "/etc/passwd",
    "incoming",
    "incoming/",
    "incoming/a/b",
    "incoming/.",
    "incoming/..",
    "incoming/.a",
    "incoming/a.b",
    "incoming/-a",
    "incoming/A",
    "incoming/a\0",
    "incoming/a\n",
    "incoming/ａ",
    "incoming/文件",
    "incoming/a b",
    "incoming/%2e%2e",
    "incoming\\a",
    "incoming/\ud800",
    "../incoming/a",
    "renditions/../incoming/a.png",
    "renditions/a//b.png",
    "renditions/./b.png",
    "renditions/a/b",
    "renditions/a.png",
    "renditions/a.d/b.png",
    "renditions/a/b..png",
    "renditions/a/.png",
    "renditions/a/b.png/",
    "renditions/a/" + "b" * 184 + ".png",
    f"blobs/sha256/ba/{HASH}",
    f"blobs/sha256/ab/{HASH[:-1]}",
    f"blobs/sha256/AB/{HASH.upper()}",
    f"blobs/md5/ab/{HASH}",
    ".staging/a",
    "other/a",
]


@pytest.mark.parametrize("key", GOOD)
def test_a_good_key_passes(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("key", BAD)
def test_a_bad_key_passes_no_door(store: ObjectStore, tmp_path: Path, key: str) -> None:
    def opening() -> None:
        with store.open(key):
            pass

    before = sorted(tmp_path.rglob("*"))
    doors: list[Callable[[], object]] = [
        lambda: store.put(key, [b"x"], limit=None),
        opening,
        lambda: store.head(key),
        lambda: store.copy(key, "incoming/b"),
        lambda: store.copy("incoming/b", key),
        lambda: store.delete(key),
        lambda: store.sign_get(key, 60, "a.png", "image/png"),
        lambda: store.sign_put(key, 60, 10),
    ]
    for door in doors:
        with pytest.raises(InvalidInput) as caught:
            door()
        assert caught.value.field == "key"
        assert str(caught.value).encode()
    assert sorted(tmp_path.rglob("*")) == before


@given(st.text(alphabet="ab0./_-A\0\n文%\\", max_size=12))
def test_nothing_that_passes_can_leave_its_folder(tail: str) -> None:
    for room in ("incoming/", "renditions/", "renditions/a/"):
        if is_key(room + tail):
            assert re.fullmatch(r"[a-z0-9._/-]+", room + tail)
            segments = (room + tail).split("/")
            assert all(segment and segment[0] not in ".-" for segment in segments)


def test_no_key_is_the_folder_of_another() -> None:
    for key in GOOD:
        assert not any(is_key(f"{key}/{tail}") for tail in ("a", "a.png", "a/b.png"))


@pytest.mark.parametrize("prefix", ["", "b", "blobs/", "renditions/a/thumb.w", "incoming/a-"])
def test_keys_can_begin_with_a_prefix(prefix: str) -> None:
    assert check_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["/", "..", "a/../b", "a//", ".staging", "A", "a\0", "a" * 201])
def test_a_prefix_that_leads_outside_is_refused(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        store.list(prefix)
    assert caught.value.field == "prefix"
    with pytest.raises(InvalidInput) as caught:
        store.list("", prefix)
    assert caught.value.field == "after"


def test_a_blob_lies_under_its_hash() -> None:
    assert blob_key(HASH) == f"blobs/sha256/ab/{HASH}"
    for wrong in ("", HASH[1:], HASH.upper(), f"{HASH}\n", "g" * 64):
        with pytest.raises(InvalidInput, match="64 位"):
            blob_key(wrong)

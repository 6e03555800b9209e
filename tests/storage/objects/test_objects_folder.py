"""The folder engine: full and broken disks, hard links, rights and handles."""

import errno
import os
import resource
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from objects_engines import CLOCK, SECRET, content, keys

from core.errors import Conflict, NotFound, StorageError
from storage.objects import FolderObjectStore

KEY = "renditions/v/a.png"


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Files that grow beyond *size* bytes fail, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_a_clear_sentence_and_leaves_no_half_file(
    folder: FolderObjectStore, root: Path
) -> None:
    folder.put(KEY, [b"before"], limit=None)
    with no_file_larger_than(100_000):
        with pytest.raises(StorageError, match="full") as caught:
            folder.put(KEY, [b"x" * 60_000] * 3, limit=None)
        assert isinstance(caught.value.__cause__, OSError)
        folder.put("incoming/a", [b"x" * 60_000], limit=None)
    assert content(folder, KEY) == b"before"
    assert not list((root / ".staging").iterdir())


def test_bytes_are_on_the_disk_before_their_name_and_both_before_the_return(
    folder: FolderObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, rename = os.fsync, os.rename

    def noted_sync(handle: int) -> None:
        done.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    def noted_rename(*names: str, **folders: int) -> None:
        done.append("rename")
        rename(*names, **folders)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "rename", noted_rename)
    folder.put(KEY, [b"x"], limit=None)
    staged, *folders, renamed, last = done
    assert len(staged) == 32
    assert folders == ["files", "renditions"]
    assert (renamed, last) == ("rename", "v")


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_broken_disk_is_a_clear_sentence_and_leaves_no_half_file(
    folder: FolderObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, broken)
    with pytest.raises(StorageError, match="Input/output error"):
        folder.put("incoming/a", [b"x"], limit=None)
    monkeypatch.undo()
    assert keys(folder) == []
    assert not list((root / ".staging").iterdir())


def test_only_the_owner_can_read_the_files(folder: FolderObjectStore, root: Path) -> None:
    folder.put(KEY, [b"x"], limit=None)
    assert stat.S_IMODE((root / KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((root / KEY).parent.stat().st_mode) == stat.S_IMODE(root.stat().st_mode)
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_a_copy_takes_no_second_room(folder: FolderObjectStore, root: Path) -> None:
    folder.put("incoming/a", [b"x" * 1000], limit=None)
    folder.copy("incoming/a", KEY)
    assert (root / KEY).samefile(root / "incoming/a")


def test_without_hard_links_the_bytes_are_copied(
    folder: FolderObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    first = folder.put("incoming/a", [b"x" * 1000], limit=None)
    folder.copy("incoming/a", KEY, version=first.version)
    assert not (root / KEY).samefile(root / "incoming/a")
    assert content(folder, KEY) == b"x" * 1000
    with pytest.raises(Conflict):
        folder.copy("incoming/a", KEY, version="another")
    with pytest.raises(NotFound):
        folder.copy("incoming/b", KEY)


def test_a_file_cut_short_by_somebody_is_not_taken_for_whole(
    folder: FolderObjectStore, root: Path
) -> None:
    folder.put("incoming/a", [b"x" * 1000], limit=None)
    with folder.open("incoming/a") as reader:
        os.truncate(root / "incoming/a", 10)
        with pytest.raises(StorageError, match="cut short"):
            reader.read()


def test_a_folder_that_is_gone_is_not_an_empty_one(folder: FolderObjectStore, root: Path) -> None:
    shutil.rmtree(root)
    for attempt in (
        lambda: folder.head(KEY),
        lambda: keys(folder),
        lambda: folder.delete(KEY),
        lambda: folder.put(KEY, [b"x"], limit=None),
        lambda: folder.sweep(timedelta(0)),
    ):
        with pytest.raises(StorageError, match="No such file"):
            attempt()


def test_a_place_that_cannot_be_a_folder_is_a_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StorageError, match="cannot be used"):
            FolderObjectStore(place, secret=SECRET, clock=CLOCK)


def test_no_handle_stays_open(folder: FolderObjectStore, root: Path) -> None:
    folder.put(KEY, [b"x"], limit=None)
    (root / "incoming").symlink_to(root)
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir()))
    for _ in range(5):
        folder.copy(KEY, "renditions/v/b.png")
        assert folder.list("renditions/", limit=1).next_after == KEY
        assert folder.head("renditions/none/a.png") is None
        assert folder.head("renditions/v/none.png") is None
        with pytest.raises(StorageError):
            folder.head("incoming/a")
    assert len(list(handles.iterdir())) == before

"""The folder engine: what somebody put into the folder by hand leads nowhere."""

import os
from pathlib import Path

import pytest
from objects_engines import CLOCK, SECRET, content, keys

from core.errors import StorageError
from storage.objects import FolderObjectStore

KEY = "renditions/v/a.png"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the store with a file that nobody may reach through it."""
    made = tmp_path / "outside"
    made.mkdir()
    (made / "a.png").write_bytes(b"secret")
    return made


def test_a_link_on_the_way_leads_nowhere(
    folder: FolderObjectStore, root: Path, outside: Path
) -> None:
    (root / "renditions").mkdir()
    (root / "renditions" / "v").symlink_to(outside)
    for attempt in (
        lambda: content(folder, KEY),
        lambda: folder.head(KEY),
        lambda: folder.put(KEY, [b"x"], limit=None),
        lambda: folder.delete(KEY),
        lambda: folder.copy(KEY, "incoming/b"),
    ):
        with pytest.raises(StorageError, match="links are not followed"):
            attempt()
    assert keys(folder) == []
    assert [path.name for path in outside.iterdir()] == ["a.png"]
    assert (outside / "a.png").read_bytes() == b"secret"


def test_a_link_in_the_place_of_a_file_is_not_read(
    folder: FolderObjectStore, root: Path, outside: Path
) -> None:
    (root / "renditions" / "v").mkdir(parents=True)
    (root / KEY).symlink_to(outside / "a.png")
    with pytest.raises(StorageError, match="links are not followed"):
        content(folder, KEY)
    with pytest.raises(StorageError, match="no regular file"):
        folder.copy(KEY, "incoming/b")
    assert keys(folder) == []
    folder.put(KEY, [b"ours"], limit=None)
    assert content(folder, KEY) == b"ours"
    folder.delete(KEY)
    assert (outside / "a.png").read_bytes() == b"secret"


def test_a_pipe_holds_nobody_up(folder: FolderObjectStore, root: Path) -> None:
    (root / "incoming").mkdir()
    os.mkfifo(root / "incoming" / "a")
    with pytest.raises(StorageError, match="no regular file"):
        folder.head("incoming/a")
    assert keys(folder) == []


def test_files_put_there_by_hand_are_passed_over(folder: FolderObjectStore, root: Path) -> None:
    folder.put("incoming/a", [b"x"], limit=None)
    for stray in (".DS_Store", "incoming/Thumbs.db", "incoming/b~"):
        (root / stray).write_bytes(b"")
    assert keys(folder) == ["incoming/a"]


def test_the_folder_itself_may_be_a_link(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "link").symlink_to(outside)
    store = FolderObjectStore(tmp_path / "link", secret=SECRET, clock=CLOCK)
    store.put(KEY, [b"x"], limit=None)
    assert (outside / KEY).read_bytes() == b"x"

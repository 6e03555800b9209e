"""A file that is written aside and then put in its place, so that others see it whole or not."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from storage.objects.tree import Tree, held

FOLDER: Final = ".staging"  # no key begins with a dot
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Staged:
    """A new file that nobody sees yet; every method raises ``StorageError`` for a full disk."""

    def __init__(self, tree: Tree, folder: int, name: str, handle: int) -> None:
        self._tree, self._folder, self._name, self._handle = tree, folder, name, handle

    def write(self, piece: bytes) -> None:
        """Append *piece*."""
        rest = memoryview(piece)
        with self._tree.telling():
            while rest:
                rest = rest[os.write(self._handle, rest) :]

    def publish(self, key: str) -> os.stat_result:
        """Put the file in the place of *key*, durably, and return its facts."""
        with self._tree.telling():
            os.fsync(self._handle)
            place(self._tree, self._folder, self._name, key)
            return os.fstat(self._handle)


@contextmanager
def staged(tree: Tree) -> Iterator[Staged]:
    """Give a new file; unless it was published, nothing is left of it."""
    with aside(tree) as (folder, name):
        with tree.telling():
            handle = os.open(name, _NEW, 0o600, dir_fd=folder)
        with held(handle):
            yield Staged(tree, folder, name, handle)


@contextmanager
def aside(tree: Tree) -> Iterator[tuple[int, str]]:
    """Give a handle on the staging folder and a name that is free in it, and free again after."""
    with tree.telling():
        folder = tree.open_folder(FOLDER)
    name = secrets.token_hex(16)
    with held(folder):
        try:
            yield folder, name
        finally:
            with suppress(OSError):  # published, or the first error is the one to tell
                os.unlink(name, dir_fd=folder)


def place(tree: Tree, folder: int, name: str, key: str) -> None:
    """Rename *name* in the staging *folder* to *key*, durably. Raises ``OSError``."""
    parent, _, last = key.rpartition("/")
    with held(tree.open_folder(parent, make=True)) as target:
        os.rename(name, last, src_dir_fd=folder, dst_dir_fd=target)
        os.fsync(target)


def sweep(tree: Tree, older_than: timedelta) -> int:
    """Remove what killed writers left in the staging folder; return how many. Raises ``OSError``.

    By the time of the last change, so a write that goes on is left alone.
    """
    removed = 0
    last = time.time() - older_than.total_seconds()
    with held(tree.open_folder(FOLDER)) as folder:
        for name in os.listdir(folder):  # noqa: PTH208 - by handle, which no link leads to
            with suppress(FileNotFoundError):  # published or swept by another process
                if os.stat(name, dir_fd=folder, follow_symlinks=False).st_ctime <= last:
                    os.unlink(name, dir_fd=folder)
                    removed += 1
    return removed

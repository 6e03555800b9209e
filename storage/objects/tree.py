"""A folder that nothing inside can lead out of: every step goes by handle and follows no link."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from core.errors import StorageError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# A pipe put in place of a file must not hold up whoever opens it.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Tree:
    """The folder *root* and handles on what is in it. *root* itself may be a link."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def make(self, path: str) -> None:
        """Create the root and the folder *path* in it; ``StorageError`` when that cannot be."""
        with self.telling():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with held(os.open(self.root.parent, _FOLDER)) as above:
                os.fsync(above)
            os.close(self.open_folder(path, make=True))

    def open_folder(self, path: str, *, make: bool = False) -> int:
        """Return a handle on the folder *path*, which no link leads to; the caller closes it.

        With *make* it is created durably. Raises ``FileNotFoundError`` when it does not exist,
        but ``StorageError`` when the root does not: a disk that is gone is not an empty one.
        """
        try:
            handle = os.open(self.root, _FOLDER)
        except OSError as error:
            raise StorageError(self._sentence(error)) from error
        for name in filter(None, path.split("/")):
            with held(handle):
                handle = _enter(handle, name, make)
        return handle

    def open_file(self, key: str) -> int:
        """Return a handle for reading the file of *key*; the caller closes it."""
        folder, _, name = key.rpartition("/")
        with held(self.open_folder(folder)) as above:
            return os.open(name, _FILE, dir_fd=above)

    def regular(self, facts: os.stat_result, key: str) -> os.stat_result:
        """Return *facts* when they are a regular file's, else raise ``StorageError``."""
        if not stat.S_ISREG(facts.st_mode):
            raise StorageError(f"{key} in the files {self.root} is no regular file. Remove it.")
        return facts

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn an ``OSError`` into a ``StorageError`` with a sentence."""
        try:
            yield
        except OSError as error:
            raise StorageError(self._sentence(error)) from error

    def _sentence(self, error: OSError) -> str:
        if error.errno in _FULL:
            return (
                f"The disk that holds the files {self.root} is full. Free some space and try "
                "again; what was stored before is untouched."
            )
        if error.errno == errno.ELOOP:
            return f"A link was put into the files {self.root}; links are not followed. Remove it."
        return f"The files {self.root} cannot be used: {error.strerror}."


@contextmanager
def held(handle: int) -> Iterator[int]:
    """Give *handle* and close it afterwards."""
    try:
        yield handle
    finally:
        os.close(handle)


def _enter(above: int, name: str, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=above)
        # Also when another process made it: it may not have come to this yet.
        os.fsync(above)
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
    except NotADirectoryError as error:
        # Linux says so of links too.
        raise OSError(errno.ELOOP, "a link or file stands where a folder belongs") from error

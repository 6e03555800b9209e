"""Keeps what was fetched and built, by version, outside the checkout."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .errors import Unavailable

VARIABLE: Final = "SHENGYU_SERVER_CACHE"
_OURS: Final = ("elasticsearch-*", "minio-*", "aside-*", "*.lock")


def folder() -> Path:
    """Return the cache's folder: the variable's, or where caches belong.

    The servers do not run as root and could not enter root's home.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/shengyu/servers")
    return Path.home() / ".cache" / "shengyu" / "servers"


def kept(name: str, program: str, make: Callable[[Path], None]) -> Path:
    """Return the folder *name* of the cache, filled by *make* where it is missing.

    *make* fills a folder aside, which takes its name when *program* is in it: whoever finds the
    name finds all of it, and of two runs the later one waits for the first.
    """
    target = folder() / name
    if (target / program).exists():
        return target
    with lock(name):
        if (target / program).exists():
            return target
        with tempfile.TemporaryDirectory(prefix="aside-", dir=folder()) as aside:
            made = Path(aside) / name
            made.mkdir()
            make(made)
            if not (made / program).exists():
                raise Unavailable(f"{name} was fetched, yet has no {program}.")
            made.rename(target)
    return target


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Let one process of this machine at a time do *name*."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        file = (folder() / f"{name}.lock").open("w")
    except OSError as error:
        raise Unavailable(
            f"The cache {folder()} cannot be written ({error.strerror}): set {VARIABLE}."
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove() -> None:
    """Remove what lies in the cache, and nothing that is not ours."""
    for pattern in _OURS:
        for path in folder().glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    try:
        folder().rmdir()
    except OSError:
        return

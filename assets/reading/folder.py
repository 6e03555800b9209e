"""Private folders that a file is read in: removed afterwards, also after a kill."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "shengyu-reading-"
# Far longer than copying and reading take.
_LEFT_BEHIND_S: Final = 6 * 3600.0


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give a new folder that only this user may look into; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folders(older_than_s: float = _LEFT_BEHIND_S) -> int:
    """Remove folders of this user that killed processes left; return how many."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            about = folder.lstat()
            old = time.time() - about.st_mtime > older_than_s
            if old and stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid():
                shutil.rmtree(folder)
                swept += 1
        except OSError:
            continue  # gone by now
    return swept

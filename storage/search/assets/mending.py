"""Opens the file of the library's index; a damaged one is set aside, for it is only a copy."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import apsw

from core.errors import StorageError
from core.locks import FileLock
from core.log import logger
from storage.search.assets.schema import ASSETS
from storage.search.connections import Connections

_DAMAGED: Final = (apsw.CorruptError, apsw.NotADBError)
_BUSY: Final = "Another process is mending the search index {path}. Try again."
_WAIT_S: Final = 15.0
# What SQLite keeps beside a file goes first: it would be taken for the new file's.
_PARTS: Final = ("-wal", "-shm", "")


def opened(path: Path) -> Connections:
    """Return connections to the file *path*, which is made when it is missing.

    A damaged one becomes ``<name>.damaged``, with a warning in the log, and an empty one takes its
    place, which ``assets.indexing.heal`` fills. Raises ``StorageError`` for what is not damage.
    """
    try:
        return Connections(path, ASSETS)
    except StorageError as error:
        if not isinstance(error.__cause__, _DAMAGED):
            raise
    with FileLock(path.with_name(f"{path.name}.lock"), _BUSY.format(path=path)).within(_WAIT_S):
        try:
            return Connections(path, ASSETS)  # another process was quicker
        except StorageError as error:
            if not isinstance(error.__cause__, _DAMAGED):
                raise
            _set_aside(path, str(error))
        return Connections(path, ASSETS)


def _set_aside(path: Path, reason: str) -> None:
    aside = path.with_name(f"{path.name}.damaged")
    for part in _PARTS:
        with suppress(FileNotFoundError):
            Path(f"{path}{part}").replace(f"{aside}{part}")
    logger("search").warning("search.set_aside", file=str(path), aside=str(aside), reason=reason)

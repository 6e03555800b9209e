"""Turns at the write lock of the SQLite file: a person's write never waits behind a bulk load.

SQLite has one writer at a time and no queue: who finds the lock taken asks again after a rest that
grows to a tenth of a second, and a load that takes the lock anew at once is hardly ever missed by
chance. So who waits says so with a lock on a file beside the database, and asks every millisecond;
a load lets those go first. The kernel frees both locks when a process dies.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.locks import FileLock

_REST_S: Final = 0.001
# A load that met nothing but waiting writers for so long takes its turn among them.
_LONGEST_COURTESY_S: Final = 1.0


class Turns:
    """The turns of all processes and threads that write the database at *path*."""

    def __init__(self, path: Path) -> None:
        self._waiting = path.with_suffix(".waiting")

    def wait(self, try_begin: Callable[[], bool], limit_s: float) -> bool:
        """Call *try_begin* until it says True, for *limit_s* seconds; say whether it did.

        Meanwhile loads stand aside.
        """
        if try_begin():
            return True
        give_up = time.monotonic() + limit_s
        sign = self._sign()
        # Of several who wait one holds the sign; when it leaves, the next one takes it up.
        shown = sign.try_acquire()
        try:
            while time.monotonic() < give_up:
                time.sleep(_REST_S)
                if try_begin():
                    return True
                shown = shown or sign.try_acquire()
            return False
        finally:
            sign.release()

    def let_others_go_first(self) -> None:
        """Return when nobody waits for the write lock, or after a second."""
        give_up = time.monotonic() + _LONGEST_COURTESY_S
        sign = self._sign()
        while sign.held_elsewhere() and time.monotonic() < give_up:
            time.sleep(_REST_S)

    def _sign(self) -> FileLock:
        return FileLock(self._waiting, "Another process waits to write.")

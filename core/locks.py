"""File locks that the kernel frees when their process dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import Busy


class FileLock:
    """An exclusive ``flock`` on *path*. *busy* is the sentence shown when another holds it."""

    def __init__(self, path: Path, busy: str) -> None:
        self._path, self._busy = path, busy
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if it is free and say whether it was."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def acquire(self, wait_s: float = 0.0) -> None:
        """Take the lock within *wait_s* seconds or raise ``Busy`` with the sentence given."""
        give_up = time.monotonic() + wait_s
        while not self.try_acquire():
            if time.monotonic() >= give_up:
                raise Busy(self._busy)
            time.sleep(0.02)

    @contextmanager
    def within(self, wait_s: float) -> Iterator[Self]:
        """Hold the lock for a ``with`` block, waiting up to *wait_s* seconds for it."""
        self.acquire(wait_s)
        try:
            yield self
        finally:
            self.release()

    def release(self) -> None:
        """Free the lock; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def held_elsewhere(self) -> bool:
        """Say whether another process (or another ``FileLock``) holds it now."""
        if self.try_acquire():
            self.release()
            return False
        return True

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

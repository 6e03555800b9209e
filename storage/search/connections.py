"""Connections to one file of the embedded engine, lent to one thread at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from core.errors import StorageError
from storage.search import schema


class Connections:
    """Lends connections to *path* and keeps idle ones; every failure is a ``StorageError``."""

    def __init__(self, path: Path, layout: schema.Layout) -> None:
        self._path = path
        self._remedy = layout.remedy
        self._idle: list[apsw.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        with self._failures_named():
            path.parent.mkdir(parents=True, exist_ok=True)
            db = schema.connect(path)
            try:
                schema.prepare(db, path, layout)
            except BaseException:
                db.close()
                raise
        self._idle.append(db)

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """Lend a connection inside one read transaction: all of it sees one moment."""
        with self._lent("BEGIN") as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """Lend a connection inside one write transaction, committed unless the block raises."""
        with self._lent("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def syncing(self) -> Iterator[apsw.Connection]:
        """Like ``writing``, but the commit returns only when the disk holds everything."""
        with self._lent("PRAGMA synchronous=FULL; BEGIN IMMEDIATE") as db:
            yield db

    def close(self) -> None:
        """Close idle connections now and lent ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        with self._failures_named():
            for db in idle:
                db.close()

    @contextmanager
    def _lent(self, begin: str) -> Iterator[apsw.Connection]:
        with self._failures_named():
            db = self._borrow()
            try:
                db.execute(begin)
                yield db
                db.execute("COMMIT; PRAGMA synchronous=NORMAL")
            except BaseException:
                # Closing rolls back; after a failure the connection's state is not worth knowing.
                db.close(True)
                raise
            self._give_back(db)

    def _borrow(self) -> apsw.Connection:
        with self._lock:
            if self._closed:
                raise StorageError(f"The search index {self._path} is closed.")
            if self._idle:
                return self._idle.pop()
        return schema.connect(self._path)

    def _give_back(self, db: apsw.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(db)
                return
        db.close()

    @contextmanager
    def _failures_named(self) -> Iterator[None]:
        try:
            yield
        except (apsw.Error, OSError) as error:
            raise StorageError(f"{self._sentence(error)} ({error})") from error

    def _sentence(self, error: Exception) -> str:
        match error:
            case apsw.FullError():
                return f"The disk of the search index {self._path} is full. Free some space."
            case apsw.BusyError() | apsw.LockedError():
                return f"Another process kept the search index {self._path} locked. Try again."
            case apsw.CorruptError() | apsw.NotADBError():
                return f"The search index {self._path} is damaged. {self._remedy}"
            case apsw.CantOpenError() | apsw.ReadOnlyError() | apsw.PermissionsError():
                return f"Cannot write the search index {self._path}. Check its folder's rights."
            case _:
                return f"The search index {self._path} failed."

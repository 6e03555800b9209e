"""Opens the records: connections, transactions, migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from core.clock import parse_iso
from core.errors import StorageError
from core.locks import FileLock

# A writer waits this long for another process's transaction before it gives up.
_BUSY_TIMEOUT_S = 30.0
# Processes that start together wait for the one that migrates.
_MIGRATION_WAIT_S = 60.0
_IMMEDIATE = "shengyu_immediate"


class Records:
    """The relational database of one workspace.

    ``read`` and ``write`` give a session in one transaction; ``write`` takes the write lock at
    once, so that what it reads cannot change before it commits.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._write_engine = engine.execution_options(**{_IMMEDIATE: True})

    @classmethod
    def open_sqlite(cls, path: Path) -> "Records":
        """Open (and create) the SQLite file at *path*, migrated to the newest schema.

        Raises ``StorageError`` when the file is damaged, unwritable or of a newer version.
        """
        records = cls(_sqlite_engine(path))
        lock = FileLock(
            path.with_suffix(".lock"),
            f"Another process is still migrating {path}; try again in a minute.",
        )
        lock.acquire(wait_s=_MIGRATION_WAIT_S)
        try:
            with _storage_errors(path):
                records.migrate()
        finally:
            lock.release()
        return records

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing it changes is kept."""
        with _storage_errors(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an error leaves it."""
        with (
            _storage_errors(),
            Session(self._write_engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def migrate(self) -> None:
        """Bring the schema to the newest version."""
        from storage.records.migrate import upgrade

        upgrade(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def database_now(session: Session) -> datetime:
    """Return the database's own time: the one that leases run by, whatever a machine's clock."""
    if session.get_bind().dialect.name == "sqlite":
        return parse_iso(str(session.scalar(text("SELECT strftime('%Y-%m-%dT%H:%M:%f','now')"))))
    value = session.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(value, datetime)
    return value


def _sqlite_engine(path: Path) -> Engine:
    # Debian's own SQLite has a WAL bug; pysqlite3 brings a newer one.
    import pysqlite3

    engine = create_engine(
        f"sqlite:///{path}",
        module=pysqlite3,
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions on its own: _begin below does.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_IMMEDIATE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def _storage_errors(path: Path | None = None) -> Iterator[None]:
    """Say in a sentence what a broken, full or unreachable database means."""
    try:
        yield
    except DatabaseError as error:
        # A damaged file is a bare DatabaseError; its other kinds (a broken rule of the schema,
        # a wrong value) are for the caller.
        unusable = isinstance(error, OperationalError) or type(error) is DatabaseError
        if unusable or error.connection_invalidated:
            where = f" ({path})" if path else ""
            raise StorageError(f"The records cannot be used{where}: {error.orig}") from error
        raise

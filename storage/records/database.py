"""Opens the records: connections, transactions, migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from core.clock import parse_iso
from core.errors import StorageError
from core.locks import FileLock
from storage.records.failures import storage_errors
from storage.records.postgresql import check_database, postgresql_engine
from storage.records.sqlite import sqlite_engine
from storage.records.transactions import for_purpose

# Processes that start together wait for the one that migrates.
_MIGRATION_WAIT_S = 60.0
_POSTGRESQL = {"postgresql", "postgresql+psycopg"}


class Records:
    """The relational database of one workspace.

    ``read`` and ``write`` give a session in one transaction, which its first statement begins.
    ``read`` sees one moment and cannot write. ``write`` takes the write lock before anything
    else, so that what it reads cannot change before it commits: writers of all processes come one
    after the other, on every engine.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_engine = for_purpose(engine, "read")
        self._write_engine = for_purpose(engine, "write")
        self._load_engine = for_purpose(engine, "load")

    @classmethod
    def open(cls, url: str) -> "Records":
        """Open the database at *url*, migrated to the newest schema.

        *url* has SQLAlchemy's form: ``sqlite:///path`` or ``postgresql://user:password@host/name``.
        Raises ``StorageError`` when it cannot be used, with what to do.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise StorageError(_no_address()) from error
        if parsed.drivername == "sqlite" and parsed.database:
            return cls.open_sqlite(Path(parsed.database))
        if parsed.drivername not in _POSTGRESQL:
            raise StorageError(_no_address())
        return cls._open_postgresql(parsed)

    @classmethod
    def open_sqlite(cls, path: Path) -> "Records":
        """Open (and create) the SQLite file at *path*, migrated to the newest schema.

        Raises ``StorageError`` when the file is damaged, unwritable or of a newer version.
        """
        records = cls(sqlite_engine(path))
        lock = FileLock(
            path.with_suffix(".lock"),
            f"Another process is still migrating {path}; try again in a minute.",
        )
        with lock.within(_MIGRATION_WAIT_S):
            records.migrate()
        return records

    @classmethod
    def _open_postgresql(cls, url: URL) -> "Records":
        records = cls(postgresql_engine(url))
        try:
            with storage_errors(records.where):
                check_database(records._engine)
            records.migrate()
        except BaseException:
            records.close()
            raise
        return records

    @property
    def where(self) -> str:
        """The file or the address, without a password, as sentences and logs name it."""
        url = self._engine.url
        if self.is_embedded:
            return str(url.database)
        return f"{url.database} at {url.host or 'this machine'}:{url.port or 5432}"

    @property
    def is_embedded(self) -> bool:
        """Whether a file holds the records, and no server."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment; what it tries to change is refused."""
        with (
            storage_errors(self.where),
            Session(self._read_engine, expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an error leaves it."""
        with self._writing(self._write_engine) as session:
            yield session

    @contextmanager
    def load(self) -> Iterator[Session]:
        """Like ``write``, for one of the many transactions of a bulk load: others go first.

        Keep it short and prepare outside what can be: whoever comes meanwhile waits for its end.
        """
        with self._writing(self._load_engine) as session:
            yield session

    @contextmanager
    def _writing(self, engine: Engine) -> Iterator[Session]:
        with (
            storage_errors(self.where),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def migrate(self) -> None:
        """Bring the schema to the newest version."""
        from storage.records.migrate import upgrade

        with storage_errors(self.where):
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


def _no_address() -> str:
    return (
        "That is no address of a database. Write SHENGYU_DATABASE_URL like "
        "postgresql://shengyu:password@db.example.cn:5432/shengyu."
    )

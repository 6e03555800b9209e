"""Fresh databases for the records of tests: files, or copies of one empty PostgreSQL database."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
import server_addresses
from psycopg import sql
from sqlalchemy import make_url

from core.settings import Settings
from storage.records import Records
from storage.records.copying import copy_records

# Read once: every test runs with an environment without settings.
EVERYWHERE = os.environ.get("SHENGYU_TEST_RECORDS", "sqlite")
ENGINES = ("sqlite", "postgresql")
# For a test whose records matter: it is run on every engine, whatever the others are run on.
on_both_engines = pytest.mark.parametrize("records_engine", ENGINES)


class PostgresqlDatabases:
    """Databases of this process on the real server; what is slow to make is made once."""

    def __init__(self) -> None:
        self._server = make_url(server_addresses.database_url())
        # The file whose rows it holds (None: no rows) → the database that others are copies of.
        self._templates: dict[Path | None, str] = {}

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the address of a migrated database without rows, and drop it afterwards."""
        with self._copy_of(self._template(None)) as address:
            yield address

    @contextmanager
    def holding(self, path: Path) -> Iterator[str]:
        """Give the address of a database with the rows of the SQLite file at *path*."""
        with self._copy_of(self._template(path)) as address:
            yield address

    @contextmanager
    def bare(self, options: LiteralString = "") -> Iterator[str]:
        """Give the address of a database without tables, and drop it afterwards."""
        with self._copy_of("template0", options) as address:
            yield address

    def close(self) -> None:
        """Drop the databases that the others are copies of."""
        for name in self._templates.values():
            self._drop(name)

    def _template(self, path: Path | None) -> str:
        if path not in self._templates:
            self._templates[path] = self._create("template0")
            target = Records.open(self._address(self._templates[path]))
            if path is not None:
                source = Records.open_sqlite(path)
                with source.read() as session:
                    list(copy_records(session, target))
                source.close()
            target.close()
        return self._templates[path]

    @contextmanager
    def _copy_of(self, template: str, options: LiteralString = "") -> Iterator[str]:
        name = self._create(template, options)
        try:
            yield self._address(name)
        finally:
            self._drop(name)

    def _create(self, template: str, options: LiteralString = "") -> str:
        name = f"shengyu_test_{uuid4().hex}"
        self._tell("CREATE DATABASE {} TEMPLATE {} " + options, name, template)
        return name

    def _drop(self, name: str) -> None:
        self._tell("DROP DATABASE {} WITH (FORCE)", name)

    def _tell(self, command: LiteralString, *names: str) -> None:
        server = self._server.set(drivername="postgresql")
        with psycopg.connect(
            server.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def _address(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


def environ_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process opens the same data folder and records."""
    told = {"SHENGYU_DATA_DIR": str(settings.data_dir)}
    if settings.database_url and settings.secret_key:
        told["SHENGYU_DATABASE_URL"] = settings.database_url.get_secret_value()
        told["SHENGYU_SECRET_KEY"] = settings.secret_key.get_secret_value()
    return told


def sqlite_copy(empty_stores: Path, folder: Path) -> str:
    """Put an empty, migrated file ``records.sqlite`` into *folder* and return its address."""
    shutil.copy(empty_stores / "records.sqlite", folder)
    return f"sqlite:///{folder / 'records.sqlite'}"

"""Fresh databases for the records of tests: files, or copies of one empty PostgreSQL database."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import server_addresses
from psycopg import sql
from sqlalchemy import make_url

from storage.records import Records

# Read once: every test runs with an environment without settings.
EVERYWHERE = os.environ.get("SHENGYU_TEST_RECORDS", "sqlite")
ENGINES = ("sqlite", "postgresql")


class PostgresqlDatabases:
    """Databases of this process on the real server; the first one made is migrated once."""

    def __init__(self) -> None:
        self._server = make_url(server_addresses.database_url())
        self._template: str | None = None

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the address of a migrated database without rows, and drop it afterwards."""
        if self._template is None:
            self._template = self._create("template1")
            Records.open(self._address(self._template)).close()
        name = self._create(self._template)
        try:
            yield self._address(name)
        finally:
            self._drop(name)

    @contextmanager
    def bare(self) -> Iterator[str]:
        """Give the address of a database without tables, and drop it afterwards."""
        name = self._create("template1")
        try:
            yield self._address(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drop the database that the others are copies of."""
        if self._template is not None:
            self._drop(self._template)

    def _create(self, template: str) -> str:
        name = f"shengyu_test_{uuid4().hex}"
        self._tell("CREATE DATABASE {} TEMPLATE {}", name, template)
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


def sqlite_copy(empty_stores: Path, folder: Path) -> str:
    """Put an empty, migrated file ``records.sqlite`` into *folder* and return its address."""
    shutil.copy(empty_stores / "records.sqlite", folder)
    return f"sqlite:///{folder / 'records.sqlite'}"

"""Everything here that asks for records is run on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from record_databases import ENGINES, PostgresqlDatabases, sqlite_copy

from storage.records import Records


@pytest.fixture(params=ENGINES)
def records_engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bare_address(records_engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without tables."""
    if records_engine == "sqlite":
        folder: Path = request.getfixturevalue("tmp_path")
        yield f"sqlite:///{folder / 'bare.sqlite'}"
        return
    databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
    with databases.bare() as address:
        yield address


@pytest.fixture
def embedded(tmp_path: Path, empty_stores: Path) -> Iterator[Records]:
    """An empty SQLite file, opened."""
    opened = Records.open(sqlite_copy(empty_stores, tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def served(postgresql_address: str) -> Iterator[Records]:
    """An empty PostgreSQL database, opened."""
    opened = Records.open(postgresql_address)
    yield opened
    opened.close()

from pathlib import Path

import pytest
from child_process import run_python
from sqlalchemy import select, text

from core.errors import StorageError
from storage.records import Records
from storage.records.watch import Brand
from storage.records.workspace import Fact


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


def test_writes_are_synced_and_foreign_keys_hold(embedded: Records) -> None:
    with embedded.read() as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        values = [session.scalar(text(f"PRAGMA {name}")) for name in pragmas]
    assert values == ["wal", 2, 1]


@pytest.mark.parametrize(
    "content", [b"this is no database at all, " * 100, b"SQLite format 3\0" * 300]
)
def test_a_damaged_file_is_a_sentence_and_not_a_crash(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"records\.sqlite"):
        Records.open_sqlite(path)


def test_a_file_damaged_while_open_is_a_storage_error(path: Path, embedded: Records) -> None:
    with embedded.write() as session:
        session.add(Fact(name="a", value="1"))
    embedded.close()
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (size - 4096))
    with pytest.raises(StorageError), embedded.read() as session:
        session.scalars(select(Brand)).all()


def test_a_path_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").mkdir()
    with pytest.raises(StorageError, match=r"records\.sqlite"):
        Records.open_sqlite(tmp_path / "records.sqlite")


def test_the_driver_brings_a_sqlite_without_the_wal_bug() -> None:
    said = run_python("import pysqlite3; print(pysqlite3.sqlite_version)").stdout.strip()
    assert tuple(map(int, said.split("."))) >= (3, 51, 3)

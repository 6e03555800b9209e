"""A fresh store of each engine, and of the folder engine alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from objects_engines import CLOCK, ENGINES, SECRET, open_store, remove_store

from storage.objects import FolderObjectStore, ObjectStore


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    name = str(request.param)
    yield name
    remove_store(name, tmp_path)


@pytest.fixture
def store(engine: str, tmp_path: Path) -> ObjectStore:
    return open_store(engine, tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "files"


@pytest.fixture
def folder(root: Path) -> FolderObjectStore:
    return FolderObjectStore(root, secret=SECRET, clock=CLOCK)

"""A fresh store of each engine, and of the folder engine alone."""

from pathlib import Path

import pytest
from objects_engines import CLOCK, ENGINES, SECRET, open_store

from storage.objects import FolderObjectStore, ObjectStore


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(engine: str, tmp_path: Path) -> ObjectStore:
    return open_store(engine, tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "files"


@pytest.fixture
def folder(root: Path) -> FolderObjectStore:
    return FolderObjectStore(root, secret=SECRET, clock=CLOCK)

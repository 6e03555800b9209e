"""Filled and empty embedded stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from transfer_stores import LocalStores, fill


@pytest.fixture
def full(tmp_path: Path) -> Iterator[LocalStores]:
    """Stores that hold something of everything."""
    stores = LocalStores.open(tmp_path / "full")
    fill(stores)
    yield stores
    stores.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[LocalStores]:
    """Stores that hold nothing."""
    stores = LocalStores.open(tmp_path / "empty")
    yield stores
    stores.close()

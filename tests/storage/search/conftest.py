"""A fresh index for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.search import EmbeddedMentionIndex


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "search.sqlite"


@pytest.fixture
def index(path: Path) -> Iterator[EmbeddedMentionIndex]:
    found = EmbeddedMentionIndex(path)
    yield found
    found.close()

"""A fresh index for each test; tests of the contract run on every engine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import search_mention_engines

from storage.search import MentionIndex


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "search.sqlite"


@pytest.fixture
def engine() -> str:
    """The embedded one, unless a test is parametrised over ``search_mention_engines.ENGINES``."""
    return "embedded"


@pytest.fixture(scope="session", autouse=True)
def _nothing_stays_on_the_servers() -> Iterator[None]:
    yield
    if os.environ.get("SHENGYU_TEST_SERVERS"):
        search_mention_engines.remove_shared()


@pytest.fixture
def index(engine: str, tmp_path: Path) -> Iterator[MentionIndex]:
    with search_mention_engines.opened(engine, tmp_path) as found:
        yield found

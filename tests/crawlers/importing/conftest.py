"""Files as the importers see them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawlers.importing.context import Context, Entry
from crawlers.importing.entries import entries
from crawlers.importing.options import Options
from crawlers.importing.planning import plan_import
from crawlers.pseudonym import pseudonym

NOW = datetime(2026, 8, 1, tzinfo=UTC)
ReadFiles = Callable[..., list[Entry]]


@pytest.fixture
def context() -> Context:
    """An import that began in August 2026, in China."""
    return Context(NOW, ZoneInfo("Asia/Shanghai"), partial(pseudonym, key="key"))


@pytest.fixture
def read(tmp_path: Path, context: Context) -> ReadFiles:
    """Read files or folders: what becomes of every row. A file that breaks off adds its reason."""

    def read_files(*paths: Path, **options: object) -> list[Entry]:
        plan = plan_import(paths, Options(**options))  # type: ignore[arg-type]
        return [
            each.entry or Entry(0, reason=each.broken)
            for each in entries(plan, context, tmp_path / "scratch")
        ]

    return read_files

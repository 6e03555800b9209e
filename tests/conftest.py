"""What the tests of many rooms share: settings, an opened workspace, a client, brands."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.wiring import Service, open_service
from core.clock import FixedClock
from core.settings import Settings
from core.workspace import Workspace, use_workspace
from sentiment.brands import BrandInput, add_brand
from storage.records.watch import Brand

START = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8000"

AddBrand = Callable[..., Brand]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A developer's environment and .env must not change what a test sees."""
    import os

    for name in [name for name in os.environ if name.startswith("SHENGYU_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def workspace(settings: Settings) -> Workspace:
    """The main workspace of an otherwise empty data folder, in use."""
    return use_workspace(settings.data_dir, "main")


@pytest.fixture
def service(settings: Settings, workspace: Workspace, clock: FixedClock) -> Iterator[Service]:
    """The main workspace, opened; its clock stands still at ``START``."""
    opened = open_service(settings, workspace, clock)
    yield opened
    opened.close()


@pytest.fixture
def watch(service: Service) -> AddBrand:
    """Add a brand; every field of ``BrandInput`` can be given."""

    def add(name: str, role: str = "own", **fields: object) -> Brand:
        with service.records.write() as session:
            given = BrandInput(name=name, role=role, **fields)  # type: ignore[arg-type]
            return add_brand(session, given, "admin", service.clock, service.ids)

    return add

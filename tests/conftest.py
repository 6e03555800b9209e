"""What the tests of many rooms share: settings, an opened workspace, a client, brands."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shared_values import PASSWORD, START

from api.wiring import Service, open_service
from core.clock import FixedClock
from core.settings import Settings
from core.workspace import Workspace, use_workspace
from sentiment.brands import BrandInput, add_brand
from storage.records.watch import Brand

AddBrand = Callable[..., Brand]

if TYPE_CHECKING:
    import httpx
    from shared_values import AsRole, MakeClient


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


@pytest.fixture(scope="session")
def _empty_stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stores of an empty workspace: copying them is quicker than migrating."""
    data_dir = tmp_path_factory.mktemp("empty")
    made = use_workspace(data_dir, "main")
    open_service(Settings(data_dir=data_dir), made).close()
    return made.path


@pytest.fixture
def service(
    settings: Settings, workspace: Workspace, clock: FixedClock, _empty_stores: Path
) -> Iterator[Service]:
    """The main workspace, opened; its clock stands still at ``START``."""
    shutil.copytree(_empty_stores, workspace.path, dirs_exist_ok=True)
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


@pytest.fixture
def make_client(service: Service) -> "Iterator[MakeClient]":
    """Make clients of the workspace's own web process; they follow no redirect."""
    import httpx
    from web_server import serve

    from api.app import make_app

    with ExitStack() as stack:
        base_url = stack.enter_context(serve(make_app(service)))

        def make(**headers: str) -> httpx.Client:
            made = httpx.Client(base_url=base_url, headers=headers, trust_env=False, timeout=30)
            return stack.enter_context(made)

        yield make


@pytest.fixture
def client(make_client: "MakeClient") -> "httpx.Client":
    """A client that nobody has signed in with."""
    return make_client()


@pytest.fixture
def with_token(service: Service, make_client: "MakeClient") -> "AsRole":
    """Make a client that is a program with a token of a role."""
    from api.auth.tokens import create_token

    def make(role: str) -> "httpx.Client":
        token = create_token(service.records, role, role, service.clock, service.ids)
        return make_client(authorization=f"Bearer {token}")

    return make


@pytest.fixture
def admin(service: Service, make_client: "MakeClient") -> "httpx.Client":
    """A client with the session of the first user; its changes carry the CSRF token."""
    from api.auth.accounts import ensure_admin, sign_in
    from api.doors import COOKIE, CSRF_HEADER

    ensure_admin(service.records, PASSWORD, service.clock, service.ids)
    cookie, opened = sign_in(service.records, "admin", PASSWORD, service.clock, service.ids)
    made = make_client(**{CSRF_HEADER: opened.csrf_token})
    made.cookies.set(COOKIE, cookie)
    return made

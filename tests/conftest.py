"""What the tests of many rooms share: settings, an opened workspace, a client, brands."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import record_databases
from record_databases import PostgresqlDatabases
from shared_values import START

from api.wiring import Service, open_service
from core.clock import FixedClock
from core.settings import Settings
from core.workspace import Workspace, use_workspace
from sentiment.brands import BrandInput, add_brand
from storage.records import Records
from storage.records.watch import Brand

AddBrand = Callable[..., Brand]

if TYPE_CHECKING:
    import httpx
    from shared_values import AsRole, MakeClient
    from web_server import Switch


# What is slow to make is made by one process: its tests stay together.
_MADE_ONCE = {"made_sample": "sample", "browser": "browser"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            for name in _MADE_ONCE.keys() & set(getattr(item, "fixturenames", ())):
                item.add_marker(pytest.mark.xdist_group(_MADE_ONCE[name]))


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
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    if record_databases.EVERYWHERE == "sqlite":
        return Settings(data_dir=tmp_path / "data")
    url = request.getfixturevalue("postgresql_address")
    return Settings(data_dir=tmp_path / "data", database_url=url, secret_key="secret " * 8)  # type: ignore[arg-type]


@pytest.fixture
def workspace(settings: Settings) -> Workspace:
    """The main workspace of an otherwise empty data folder, in use."""
    return use_workspace(settings.data_dir, "main")


@pytest.fixture(scope="session")
def empty_stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stores of an empty workspace: copying them is quicker than migrating."""
    data_dir = tmp_path_factory.mktemp("empty")
    made = use_workspace(data_dir, "main")
    open_service(Settings(data_dir=data_dir), made).close()
    return made.path


@pytest.fixture(scope="session")
def made_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a fresh sample: copying it is quicker than playing its past again."""
    from api.sample import create_sample

    data_dir = tmp_path_factory.mktemp("sample") / "data"
    data_dir.mkdir()
    # Its mails must stay in the folder: this server would take none.
    create_sample(Settings(data_dir=data_dir, port=8123, smtp_url="smtp://mail.invalid:25"))
    return data_dir


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    made = PostgresqlDatabases()
    yield made
    made.close()


@pytest.fixture
def postgresql_address(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped after the test."""
    with postgresql_databases.empty() as address:
        yield address


@pytest.fixture
def records_engine() -> str:
    """The engine under the test's records; some folders let both take their turn."""
    return record_databases.EVERYWHERE


@pytest.fixture
def records_address(records_engine: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database: ``records.sqlite`` in the test's folder, or a server's."""
    if records_engine == "postgresql":
        return str(request.getfixturevalue("postgresql_address"))
    folder: Path = request.getfixturevalue("tmp_path")
    return record_databases.sqlite_copy(request.getfixturevalue("empty_stores"), folder)


@pytest.fixture
def records(records_address: str) -> Iterator[Records]:
    """An empty database, opened."""
    opened = Records.open(records_address)
    yield opened
    opened.close()


@pytest.fixture
def service(
    settings: Settings, workspace: Workspace, clock: FixedClock, empty_stores: Path
) -> Iterator[Service]:
    """The main workspace, opened; its clock stands still at ``START``."""
    shutil.copytree(empty_stores, workspace.path, dirs_exist_ok=True)
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


@pytest.fixture(scope="session")
def _web() -> "Iterator[tuple[str, Switch]]":
    """One web server for all tests; each puts its own application behind it."""
    from web_server import Switch, serve

    switch = Switch()
    with serve(switch) as base_url:
        yield base_url, switch


@pytest.fixture
def make_client(service: Service, _web: "tuple[str, Switch]") -> "Iterator[MakeClient]":
    """Make clients of the workspace's web process; they follow no redirect."""
    import httpx

    from api.app import make_app

    base_url, switch = _web
    switch.app = make_app(service)
    with ExitStack() as stack:

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
    """A client with a session of the first user; its changes carry the CSRF token."""
    from api.doors import COOKIE, CSRF_HEADER
    from core.ids import secret_hash
    from storage.records.accounts import User, WebSession

    now = service.clock.now()
    with service.records.write() as session:
        # Written here and not signed in: hashing a password takes as long as most tests.
        session.add(
            User(
                id="user_admin",
                username="admin",
                display_name="管理员",
                role="admin",
                password_hash="",
                created_at=now,
            )
        )
        session.flush()
        session.add(
            WebSession(
                token_hash=secret_hash("cookie"),
                user_id="user_admin",
                csrf_token="csrf",
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    made = make_client(**{CSRF_HEADER: "csrf"})
    made.cookies.set(COOKIE, "cookie")
    return made

"""The pages over a small workspace, asked over HTTP through the real application."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import record_databases
from pages_desk import AsRole, PagesDesk, fill
from pages_library import PagesLibrary, fill_library
from pages_server import serve
from record_databases import PostgresqlDatabases
from shared_values import START

from api.app import make_app
from api.doors import COOKIE
from api.wiring import Service, open_service
from core.clock import FixedClock
from core.settings import Settings
from core.workspace import use_workspace
from storage.records import Records


def opened(data_dir: Path, clock: FixedClock) -> Service:
    return open_service(Settings(data_dir=data_dir), use_workspace(data_dir, "main"), clock)


@pytest.fixture(scope="session")
def filled_desk(tmp_path_factory: pytest.TempPathFactory) -> PagesDesk:
    """A small workspace, closed: copying it is quicker than filling another."""
    made = fill(opened(tmp_path_factory.mktemp("desk"), FixedClock(START)))
    made.service.close()
    return made


@pytest.fixture(scope="session")
def filled_library(
    tmp_path_factory: pytest.TempPathFactory, filled_desk: PagesDesk
) -> PagesLibrary:
    """The same with a library, closed: its files have been read."""
    data_dir = tmp_path_factory.mktemp("library") / "data"
    shutil.copytree(filled_desk.service.settings.data_dir, data_dir)
    service = opened(data_dir, FixedClock(START))
    made = fill_library(replace(filled_desk, service=service))
    service.close()
    return made


@pytest.fixture
def service(
    request: pytest.FixtureRequest, settings: Settings, clock: FixedClock, filled_desk: PagesDesk
) -> Iterator[Service]:
    """The small workspace, opened, with a library for who asks for the ``shelf``."""
    made = filled_desk
    if "shelf" in request.fixturenames:
        made = request.getfixturevalue("filled_library").desk
    shutil.copytree(made.service.settings.data_dir, settings.data_dir)
    copy = opened(settings.data_dir, clock)
    with ExitStack() as stack:
        if record_databases.EVERYWHERE == "postgresql":
            copy.records.close()
            databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
            held = databases.holding(made.service.workspace.records)
            copy.records = Records.open(stack.enter_context(held))
        yield copy
        copy.close()


@pytest.fixture
def desk(service: Service, filled_desk: PagesDesk) -> PagesDesk:
    return replace(filled_desk, service=service)


@pytest.fixture
def shelf(desk: PagesDesk, filled_library: PagesLibrary) -> PagesLibrary:
    return replace(filled_library, desk=desk)


@pytest.fixture
def as_role(desk: PagesDesk) -> Iterator[AsRole]:
    """Return a client that is signed in as a role, or as nobody; it follows no redirect."""
    with ExitStack() as stack:
        base_url = stack.enter_context(serve(make_app(desk.service)))

        def client(role: str = "") -> httpx.Client:
            cookies = {COOKIE: desk.cookie(role)} if role else {}
            made = httpx.Client(base_url=base_url, cookies=cookies, trust_env=False, timeout=30)
            return stack.enter_context(made)

        yield client


@pytest.fixture
def admin(as_role: AsRole) -> httpx.Client:
    return as_role("admin")

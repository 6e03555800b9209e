"""The pages over a small workspace, asked over HTTP through the real application."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from pages_desk import AsRole, PagesDesk, fill
from pages_server import serve

from api.app import make_app
from api.doors import COOKIE
from api.wiring import Service


@pytest.fixture
def desk(service: Service) -> PagesDesk:
    return fill(service)


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

"""A real headless Chromium on the real application, over a small workspace."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from left_out import leave_out
from playwright.sync_api import Browser, sync_playwright
from watched_page import Watched

from api.app import make_app
from api.wiring import Service, open_service
from core.settings import Settings
from core.workspace import use_workspace

# The small workspace of the page tests serves here too.
sys.path.insert(0, str(Path(__file__).parents[1] / "api" / "pages"))

from pages_desk import PASSWORD, PagesDesk, fill
from pages_server import serve

# Read now: the tests themselves run without any SHENGYU_ variable.
_CANDIDATES = (os.environ.get("SHENGYU_CHROMIUM"), "/usr/bin/chromium", shutil.which("chromium"))
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one these tests are left out, but never in CI."""
    path = next((name for name in _CANDIDATES if name and Path(name).exists()), None)
    if path is None:
        leave_out(
            "No Chromium found: install Debian's package chromium, or name one in SHENGYU_CHROMIUM."
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One workspace for all: its clock runs, and what a test changes it changes in its own case."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("e2e"), sample="off")
    opened = open_service(settings, use_workspace(settings.data_dir, "main"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def desk(service: Service) -> PagesDesk:
    return fill(service)


@pytest.fixture(scope="session")
def address(desk: PagesDesk) -> Iterator[str]:
    with serve(make_app(desk.service)) as base_url:
        yield base_url


@pytest.fixture(scope="session")
def session_state(browser: Browser, address: str) -> dict[str, object]:
    """The cookies of somebody who signed in by the form."""
    context = browser.new_context(base_url=address, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture
def watched(browser: Browser, address: str, session_state: dict[str, object]) -> Iterator[Watched]:
    """A signed-in page on a desk; the test fails when its console complained."""
    yield from _watched(browser, address, session_state, DESK)


@pytest.fixture
def phone(browser: Browser, address: str, session_state: dict[str, object]) -> Iterator[Watched]:
    """A signed-in page on a phone."""
    yield from _watched(browser, address, session_state, PHONE)


def _watched(
    browser: Browser, address: str, state: dict[str, object], size: dict[str, int]
) -> Iterator[Watched]:
    context = browser.new_context(
        locale="zh-CN",
        base_url=address,
        storage_state=state,  # type: ignore[arg-type]
        viewport=size,  # type: ignore[arg-type]
        is_mobile=size is PHONE,
        has_touch=size is PHONE,
    )
    made = Watched(context)
    yield made
    context.close()
    assert made.complaints == []

"""A file goes from a real browser straight to an S3 server, and comes back from it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pages_desk import PagesDesk, fill
from pages_server import serve
from playwright.sync_api import Browser, expect
from s3_buckets import bucket_of, remove_bucket_of, settings_with_bucket
from watched_page import Watched

from api.app import make_app
from api.doors import COOKIE
from api.wiring import open_service
from core.workspace import use_workspace

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PagesDesk]:
    """A small workspace whose files lie on the server, which browsers know by another name."""
    address = bucket_of(tmp_path)
    public = address.endpoint.replace("127.0.0.1", "localhost")
    settings = settings_with_bucket(tmp_path / "data", replace(address, public_endpoint=public))
    opened = open_service(settings, use_workspace(settings.data_dir, "main"))
    yield fill(opened)
    opened.close()
    remove_bucket_of(tmp_path)


def test_20_mb_go_to_the_server_in_parts_and_come_back(
    browser: Browser, desk: PagesDesk, tmp_path: Path
) -> None:
    file = tmp_path / "很长的说明.txt"
    file.write_bytes("净化器说明。\n".encode() * (20_000_000 // 19))
    store = str(desk.service.settings.s3_public_endpoint)
    with serve(make_app(desk.service)) as address:
        context = browser.new_context(base_url=address, locale="zh-CN")
        context.add_cookies(
            [{"name": COOKIE, "value": desk.cookie("brand_manager"), "url": address}]
        )
        watched = Watched(context)
        page = watched.page
        posted: list[str] = []
        page.on(
            "request",
            lambda request: (
                posted.append(request.url)
                if request.method == "POST" and not request.url.startswith(address)
                else None
            ),
        )
        page.goto("/assets/new")
        page.locator("#file").set_input_files(file)
        expect(page.get_by_label("标题")).to_have_value("很长的说明", timeout=SLOW_MS)
        page.get_by_role("button", name="添加").click()
        expect(page.locator("#preview")).to_be_visible(timeout=SLOW_MS)
        with page.expect_download() as download:
            page.get_by_role("link", name="下载").first.click()
        assert download.value.url.startswith(store)
        assert download.value.path().read_bytes() == file.read_bytes()
        assert download.value.suggested_filename.endswith(".txt")
        context.close()
    assert len(posted) == 2
    assert all(url.startswith(store) for url in posted)
    assert watched.complaints == []

"""The library in a real browser: a file goes in, is read, reviewed by two people, and comes out."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pages_desk import PagesDesk
from playwright.sync_api import Browser, Page, Route, expect
from watched_page import Watched

from api.doors import COOKIE
from assets.indexing import index_due
from assets.processing import process_due

sys.path.insert(0, str(Path(__file__).parents[1] / "assets" / "reading"))

from reading_files import chinese_pdf

pytestmark = pytest.mark.browser
PART = 16 * 1024 * 1024
# A patience, not a measure: the machine that runs the tests may be busy.
SLOW_MS = 30_000
PageOf = Callable[[str], Page]


@pytest.fixture
def page_of(browser: Browser, address: str, desk: PagesDesk) -> Iterator[PageOf]:
    """Open a page for a person of a role; its console must not complain."""
    opened: list[Watched] = []
    with ExitStack() as stack:

        def make(role: str) -> Page:
            context = browser.new_context(
                base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 900}
            )
            stack.callback(context.close)
            context.add_cookies([{"name": COOKIE, "value": desk.cookie(role), "url": address}])
            opened.append(Watched(context))
            return opened[-1].page

        yield make
    # A test that cuts the line is told so by the browser.
    told = [told for one in opened for told in one.complaints if "ERR_FAILED" not in told]
    assert told == []


def work(desk: PagesDesk) -> None:
    """What the worker does: read files, tell search."""
    service = desk.service
    process_due(service.records, service.files, service.clock, service.ids)
    index_due(service.records, service.asset_index, service.clock)


def send(page: Page, name: str, content: bytes) -> None:
    page.goto("/assets")
    page.get_by_role("link", name="上传", exact=True).click()
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("#file").set_input_files([file])  # type: ignore[list-item]


def approve(page: Page, title: str) -> None:
    page.goto("/reviews")
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="通过").click()


def test_a_file_goes_in_is_approved_by_two_people_and_comes_out(
    page_of: PageOf, desk: PagesDesk
) -> None:
    content = chinese_pdf(("秋季产品手册", "滤网每半年更换一次。"))
    manager = page_of("brand_manager")
    send(manager, "秋季手册.pdf", content)
    expect(manager.get_by_label("标题")).to_have_value("秋季手册", timeout=SLOW_MS)
    expect(manager.get_by_label("种类")).to_have_value("guideline")
    manager.get_by_label("标签").fill("手册，滤网")
    manager.get_by_role("button", name="添加").click()
    expect(manager.locator("#preview")).to_contain_text("正在读取这个文件")
    work(desk)
    # The page notices by itself that the file has been read.
    expect(manager.locator("#preview img")).to_be_visible(timeout=SLOW_MS)
    expect(manager.locator(".page-text")).to_contain_text("秋季产品手册")
    manager.get_by_role("link", name="提交审核").first.click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("给审核人的话").fill("新品要用")
    dialog.get_by_role("button", name="送审").click()
    expect(manager.get_by_role("status").first).to_contain_text("已送审")
    legal, compliance = page_of("legal"), page_of("compliance")
    approve(legal, "秋季手册")
    expect(legal.get_by_role("status").first).to_contain_text("另一方也通过后，自动发布")
    approve(compliance, "秋季手册")
    expect(compliance.get_by_role("status").first).to_contain_text("内容已发布")
    work(desk)
    agency = page_of("agency")
    agency.goto("/assets?q=滤网每半年")
    card = agency.locator(".asset-card", has_text="秋季手册")
    expect(card.locator(".chip")).to_have_text("可用")
    expect(card).to_contain_text("第 2 页")
    card.get_by_role("link").click()
    with agency.expect_download() as download:
        agency.get_by_role("link", name="下载").first.click()
    assert download.value.path().read_bytes() == content
    assert download.value.suggested_filename.endswith(".pdf")


def test_a_large_file_goes_on_after_a_cut_and_after_a_reload(
    page_of: PageOf, tmp_path: Path
) -> None:
    page = page_of("brand_manager")
    file = tmp_path / "很长的说明.txt"
    file.write_bytes("净化器说明。\n".encode() * (2 * PART // 19 + 1000))
    page.goto("/assets/new")
    sent: list[str] = []

    def cut_the_second(route: Route) -> None:
        number = re.search(r"-(\d+)\?", route.request.url)
        assert number
        sent.append(number[1])
        if number[1] == "2":
            route.abort()
        else:
            route.continue_()

    page.route("**/objects/**", cut_the_second)
    with page.expect_response(lambda answer: re.search(r"-1\?", answer.url) is not None):
        page.locator("#file").set_input_files(file)
    expect(page.locator("[data-status]")).to_contain_text("秒后接着传", timeout=SLOW_MS)
    page.reload()
    page.unroute("**/objects/**")
    again: list[str] = []
    page.on(
        "request",
        lambda request: again.append(request.url) if "/objects/" in request.url else None,
    )
    page.locator("#file").set_input_files(file)
    expect(page.get_by_label("标题")).to_have_value("很长的说明", timeout=SLOW_MS)
    assert "1" in sent
    assert again
    assert all(re.search(r"-1\?", url) is None for url in again), "what was in is not sent again"


def test_a_refused_file_says_why_and_another_can_be_chosen(page_of: PageOf) -> None:
    page = page_of("brand_manager")
    send(page, "手册.pdf", b"MZ\x90\x00 this is a program")
    expect(page.get_by_role("alert")).to_contain_text("没有传成", timeout=SLOW_MS)
    expect(page.get_by_text("选择文件")).to_be_visible()


def test_the_filter_menu_opens_and_a_filter_is_taken_off(page_of: PageOf, desk: PagesDesk) -> None:
    page = page_of("brand_manager")
    send(page, "海报.txt", "安静又省电。".encode())
    page.get_by_role("button", name="添加").click()
    expect(page.locator("#preview")).to_be_visible()
    work(desk)
    page.goto("/assets")
    page.locator("summary", has_text="筛选").click()
    page.get_by_label("状态").select_option("recalled")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile("state=recalled"))
    page.get_by_role("link", name="已召回").click()
    expect(page).to_have_url(re.compile(r"/assets(\?|$)"))

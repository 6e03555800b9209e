"""What only a browser can tell: clocks run, dialogs open, nothing scrolls sideways or complains."""

import re
from datetime import timedelta

import pytest
from pages_desk import PagesDesk
from playwright.sync_api import Browser, expect
from watched_page import Watched

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/mentions",
    "/mentions?q=净化器",
    "/mentions?q=(净化器 OR",
    "/cases",
    "/cases?show=closed",
    "/cases/{open_case}",
    "/cases/{hostile_case}",
    "/cases/{closed_case}",
    "/assets",
    "/assets?view=list&channel=xiaohongshu",
    "/assets?q=(标志 OR",
    "/assets/new",
    "/reviews",
    "/messages",
    "/messages?q=没有",
    "/messages/new?scenario=quality",
    "/admin/sources",
    "/admin/sources/{source}",
    "/admin/brands",
    "/admin/brands/{brand}",
    "/admin/outbox",
    "/admin/outbox/{mail}",
    "/admin/accounts",
    "/admin/accounts/user_legal",
    "/competitors",
    "/reports",
    "/reports/cases",
    "/setup",
    "/password",
    "/login",
    "/nowhere",
)


def _no_sideways(watched: Watched) -> None:
    wide = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, watched.page.url


@pytest.mark.parametrize("path", PATHS)
def test_no_page_complains_or_scrolls_sideways_on_a_desk(
    path: str, watched: Watched, desk: PagesDesk
) -> None:
    watched.page.goto(path.format_map(vars(desk)))
    watched.page.wait_for_load_state("networkidle")
    _no_sideways(watched)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_complains_or_scrolls_sideways_on_a_phone(
    path: str, phone: Watched, desk: PagesDesk
) -> None:
    phone.page.goto(path.format_map(vars(desk)))
    _no_sideways(phone)
    small = phone.page.evaluate(
        """[...document.querySelectorAll(".button, .input, .tabs > a")]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 40
                && !one.closest(".query-box"))
        .map((one) => one.outerHTML)"""
    )
    assert small == [], "too small for a thumb"


def test_the_countdown_runs(watched: Watched, desk: PagesDesk) -> None:
    page = watched.page
    page.clock.install()
    page.goto(f"/cases/{desk.open_case}")
    clock = page.locator(".case-clocks [data-due]").last
    before = clock.locator(".clock-text").inner_text()
    ring = clock.locator(".spent").get_attribute("stroke-dasharray")
    page.clock.fast_forward(int(timedelta(minutes=31).total_seconds() * 1000))
    page.clock.run_for(2000)
    after = clock.locator(".clock-text").inner_text()
    assert _minutes(before) - _minutes(after) in {31, 32}
    assert clock.locator(".spent").get_attribute("stroke-dasharray") != ring
    page.clock.fast_forward(int(timedelta(hours=30).total_seconds() * 1000))
    page.clock.run_for(2000)
    expect(clock).to_have_class(re.compile("is-late"))
    expect(clock.locator(".clock-text")).to_contain_text("已超时")


def test_a_wrong_clock_of_the_machine_does_not_move_the_deadline(
    watched: Watched, desk: PagesDesk
) -> None:
    page = watched.page
    page.goto(f"/cases/{desk.open_case}")
    clock = page.locator(".case-clocks .clock-text").last
    right = clock.inner_text()
    page.add_init_script(
        "const real = Date.now; const off = 5 * 3600e3; Date.now = () => real() + off;"
        "Object.defineProperty(performance, 'timeOrigin', {value: performance.timeOrigin + off});"
    )
    page.reload()
    page.wait_for_timeout(1200)
    shown = clock.inner_text()
    assert abs(_minutes(right) - _minutes(shown)) <= 1


def test_a_case_is_taken_and_closed(watched: Watched, desk: PagesDesk) -> None:
    page = watched.page
    page.goto(f"/cases/{desk.hostile_case}")
    page.get_by_role("button", name="认领").first.click()
    expect(page.get_by_role("status").first).to_contain_text("已由你负责")
    expect(page.locator(".timeline")).to_contain_text("认领了事件")
    page.get_by_role("button", name="开始回应").first.click()
    page.get_by_role("link", name="办结…").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("误会")
    dialog.get_by_label("处理结果").fill("已回帖说明")
    dialog.get_by_role("button", name="办结").click()
    expect(page.get_by_role("status").first).to_contain_text("已办结")
    assert desk.case(desk.hostile_case).state == "resolved"


def test_a_wrong_query_is_shown_at_its_place(watched: Watched) -> None:
    page = watched.page
    page.goto("/mentions")
    page.keyboard.press("/")
    expect(page.get_by_label("查询")).to_be_focused()
    page.keyboard.type("净化器 kind:bogus")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("净化器 kind:bogus")
    expect(page.locator("#query-error b")).to_have_text("b")


def test_the_theme_is_kept(watched: Watched) -> None:
    page = watched.page
    page.emulate_media(color_scheme="light")
    page.goto("/")
    ground = "getComputedStyle(document.body.parentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(247, 248, 249)"
    page.get_by_role("button", name="深浅色").first.click()
    assert page.evaluate(ground) == "rgb(18, 21, 25)"
    page.goto("/cases")
    assert page.evaluate(ground) == "rgb(18, 21, 25)"
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_machines_dark_is_followed(watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="dark")
    watched.page.goto("/")
    ground = "getComputedStyle(document.body.parentElement).backgroundColor"
    assert watched.page.evaluate(ground) == "rgb(18, 21, 25)"


def test_the_phone_has_the_two_main_actions_under_the_thumb(
    phone: Watched, desk: PagesDesk
) -> None:
    phone.page.goto(f"/cases/{desk.open_case}")
    bar = phone.page.get_by_role("region", name="主要操作")
    expect(bar.locator(".button")).to_have_count(2)
    box = bar.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == 844


def test_the_mail_is_shown_and_cannot_run_anything(watched: Watched, desk: PagesDesk) -> None:
    watched.page.goto(f"/admin/outbox/{desk.mail}")
    frame = watched.page.frame_locator("iframe")
    expect(frame.locator("body")).to_contain_text("首次响应")


def test_pausing_a_source_asks_first(watched: Watched, desk: PagesDesk) -> None:
    page = watched.page
    page.goto("/admin/sources")
    row = page.locator(f"#{desk.source}")
    row.get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    expect(row).to_contain_text("停用")
    row.get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.locator(f"#{desk.source}").get_by_role("button", name="启用")).to_be_visible()
    page.locator(f"#{desk.source}").get_by_role("button", name="启用").click()


def test_everything_works_without_script(
    browser: Browser, address: str, session_state: dict[str, object], desk: PagesDesk
) -> None:
    context = browser.new_context(
        locale="zh-CN",
        base_url=address,
        storage_state=session_state,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(f"/cases/{desk.open_case}")
    page.locator("summary", has_text="更多").first.click()
    page.get_by_role("link", name="排除…").first.click()
    form = page.locator("#do-dismiss")
    expect(form).to_be_visible()
    form.get_by_role("button", name="排除").click()
    expect(page).to_have_url(re.compile(desk.open_case))
    assert desk.case(desk.open_case).state == "open", "a reason is required"
    context.close()


def test_the_keyboard_skips_to_the_content(watched: Watched) -> None:
    page = watched.page
    page.goto("/cases")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)

"""From a forbidden word to the timeline of a case, in a real browser."""

import pytest
from approved_messages import LAWYER, OFFICER, add_people, approved_message
from pages_desk import PagesDesk
from playwright.sync_api import Browser, expect
from watched_page import Watched

from assets.deciding import decide
from core.ids import Ids
from storage.records.library import MessageUse, Review

pytestmark = pytest.mark.browser
TITLE = "净化器刺鼻气味说明"
GOOD = "新滤网的味道会在几天内散去，请开窗通风。我们免费为您更换滤网。"


def _uses(desk: PagesDesk) -> list[MessageUse]:
    with desk.service.records.read() as session:
        return session.query(MessageUse).order_by(MessageUse.at).all()


def _both_sides_approve(desk: PagesDesk) -> None:
    """The admin wrote it and sent it; two other people decide."""
    service = desk.service
    with service.records.write() as session:
        add_people(session, service.clock)
        review = session.query(Review).filter_by(state="open").one()
        for actor in (LAWYER, OFFICER):
            review = decide(
                session,
                review.id,
                review.version,
                side=actor.role,  # type: ignore[arg-type]  # the reviewers' roles are the sides
                verdict="approve",
                actor=actor,
                clock=service.clock,
                ids=Ids(),
            )


def test_a_message_is_written_mended_approved_used_and_told(
    watched: Watched, desk: PagesDesk
) -> None:
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/messages")
    page.get_by_role("link", name="写一条口径").first.click()
    page.get_by_label("标题").fill(TITLE)
    page.get_by_label("场景").select_option("quality")
    page.get_by_label("口径正文").fill("我们的滤网是全国最好的。" + GOOD)
    page.get_by_label("微博").fill("新滤网味道会散，可免费换。")
    page.get_by_label("关键词").fill("刺鼻\n味道、滤网")
    page.get_by_role("button", name="检查").click()
    check = page.locator("section", has=page.locator("#check"))
    expect(check.locator("mark.is-block").first).to_contain_text("最好")
    expect(check).to_contain_text("建议")
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_role("alert")).to_contain_text("有禁用语")
    page.get_by_label("口径正文").fill(GOOD)
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_role("status").first).to_contain_text("已送审")
    _both_sides_approve(desk)

    page.goto(f"/cases/{desk.open_case}")
    card = page.locator(".case-answers")
    proposal = card.locator(".proposal", has_text=TITLE)
    if proposal.get_attribute("open") is None:
        proposal.locator("summary").first.click()
    expect(proposal).to_contain_text("场景：产品质量")
    expect(proposal.locator(".variant-texts")).to_contain_text(GOOD)
    proposal.get_by_text("微博", exact=True).click()
    expect(proposal.get_by_text("新滤网味道会散，可免费换。")).to_be_visible()
    expect(proposal.get_by_text(GOOD)).to_be_hidden()
    proposal.get_by_text("写下用在哪里").click()
    proposal.get_by_label("用在哪里").fill("https://weibo.example.cn/p/9")
    proposal.get_by_role("button", name="复制并记录").dblclick()
    expect(page.get_by_role("status").first).to_contain_text("已复制，并记录使用了")
    assert page.evaluate("navigator.clipboard.readText()") == "新滤网味道会散，可免费换。"
    expect(page.locator(".timeline")).to_contain_text(
        f"使用了口径《{TITLE}》第 1 版（微博版），用于：https://weibo.example.cn/p/9"
    )
    assert [use.variant for use in _uses(desk)] == ["weibo"]
    assert desk.case(desk.open_case).state == "open"


def test_without_script_the_use_is_recorded_and_the_text_shown(
    browser: Browser, address: str, session_state: dict[str, object], desk: PagesDesk
) -> None:
    service = desk.service
    approved_message(service.records, service.clock)
    before = len(_uses(desk))
    context = browser.new_context(
        base_url=address,
        storage_state=session_state,  # type: ignore[arg-type]
        java_script_enabled=False,
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto(f"/cases/{desk.open_case}")
    proposal = page.locator(".proposal").first
    proposal.get_by_role("button", name="记录使用").click()
    expect(page.get_by_role("status").first).to_contain_text("已记录使用")
    newest = _uses(desk)[-1]
    expect(page.get_by_label("要复制的文字")).to_have_value(newest.text)
    assert len(_uses(desk)) == before + 1
    expect(page.locator(".just-used").get_by_role("button", name="开始回应")).to_be_visible()
    context.close()

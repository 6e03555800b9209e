"""The double review as its pages show it, and the box in which a wording is tried."""

import re
from datetime import timedelta

import httpx
import pytest
from pages_desk import AsRole, PagesDesk
from pages_library import LEGAL, PagesLibrary
from sqlalchemy import select

from api.pages.text_diff import DiffRow, text_diff
from assets import library, wording
from core.clock import FixedClock
from storage.records.library import Asset, Review, WordingFinding


def post(client: httpx.Client, role: str, path: str, **fields: object) -> httpx.Response:
    return client.post(path, data={"csrf": f"csrf-{role}", **fields})


def decide(
    client: httpx.Client, role: str, shelf: PagesLibrary, verdict: str, comment: str = ""
) -> httpx.Response:
    path = f"/reviews/{shelf.review}"
    version = re.search(r'name="version" value="(\d+)"', client.get(path).text)
    number = version[1] if version else "1"
    return post(client, role, f"{path}/decide", version=number, verdict=verdict, comment=comment)


def review_of(shelf: PagesLibrary) -> Review:
    with shelf.desk.service.records.read() as session:
        return session.get_one(Review, shelf.review)


def asset_state(shelf: PagesLibrary) -> str:
    with shelf.desk.service.records.read() as session:
        return session.get_one(Asset, shelf.waiting).state


def test_the_queue_tells_reviewers_what_waits_for_them(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    page = as_role("legal").get("/reviews").text
    assert "双十二文案" in page
    assert "等我审核" in page
    assert "用语提示 1 处" in page
    assert 'title="等我审核">1<' in page
    others = as_role("brand_manager").get("/reviews").text
    assert "双十二文案" in others
    assert "等我审核" not in others.replace('title="等我审核"', "")
    assert "等我审核 1" in as_role("compliance").get("/").text


def test_what_is_decided_by_my_side_waits_no_longer_and_stands_behind_the_rest(
    shelf: PagesLibrary, as_role: AsRole, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=5))
    later = shelf.request(shelf.draft)
    shelf.approve(shelf.review, LEGAL)
    page = as_role("legal").get("/reviews").text
    assert page.index(f"/reviews/{later}") < page.index(f"/reviews/{shelf.review}")
    assert 'title="等我审核">1<' in page
    both = as_role("compliance").get("/reviews").text
    assert both.index(f"/reviews/{shelf.review}") < both.index(f"/reviews/{later}")
    assert "法务已通过" in both


def test_the_page_shows_what_is_to_be_approved_with_the_words_marked(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    page = as_role("legal").get(f"/reviews/{shelf.review}").text
    assert '<mark class="flagged is-needs_evidence">' in page
    assert "某数据公司" in page
    assert "双十二要用，请尽快。" in page
    assert review_of(shelf).digest[:12] in page
    assert "还需要法务与合规各一人通过" in page


def test_two_sides_approve_and_it_is_published(shelf: PagesLibrary, as_role: AsRole) -> None:
    first = decide(as_role("legal"), "legal", shelf, "approve", "数据核过")
    assert first.headers["location"].endswith("done=open")
    page = as_role("compliance").get(f"/reviews/{shelf.review}").text
    assert "还需要合规通过" in page
    assert "数据核过" in page
    second = decide(as_role("compliance"), "compliance", shelf, "approve")
    assert second.headers["location"].endswith("done=approved")
    assert "内容已发布" in as_role("legal").get(second.headers["location"]).text
    assert asset_state(shelf) == "published"


def test_a_rejection_needs_a_comment_and_keeps_what_was_written(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    legal = as_role("legal")
    bare = decide(legal, "legal", shelf, "reject")
    assert bare.status_code == 422
    assert "退回时请写明哪里要改" in bare.text
    told = decide(legal, "legal", shelf, "reject", "删去排名")
    assert told.headers["location"].endswith("done=rejected")
    assert asset_state(shelf) == "rejected"
    assert "删去排名" in as_role("brand_manager").get(f"/assets/{shelf.waiting}").text


def test_who_has_decided_or_may_not_has_no_form(shelf: PagesLibrary, as_role: AsRole) -> None:
    assert "/decide" in as_role("legal").get(f"/reviews/{shelf.review}").text
    decide(as_role("legal"), "legal", shelf, "approve")
    for role in ("legal", "admin", "brand_manager"):
        assert "/decide" not in as_role(role).get(f"/reviews/{shelf.review}").text
    again = decide(as_role("legal"), "legal", shelf, "approve")
    assert again.status_code in {409, 422}
    path = f"/reviews/{shelf.review}/decide"
    assert post(as_role("admin"), "admin", path, verdict="approve").status_code == 403
    for role in ("agency", "researcher"):
        assert as_role(role).get("/reviews").status_code == 403


def test_a_changed_content_voids_the_review(shelf: PagesLibrary, as_role: AsRole) -> None:
    service = shelf.desk.service
    with service.records.write() as session:
        asset = session.get_one(Asset, shelf.waiting)
        asset.title = "偷偷改了"
    answer = decide(as_role("legal"), "legal", shelf, "approve")
    assert answer.status_code == 409
    assert "作废" in answer.text
    assert review_of(shelf).state == "void"


def test_a_finding_is_waived_by_a_reviewer_with_a_reason(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    with shelf.desk.service.records.read() as session:
        finding = session.query(WordingFinding).filter_by(severity="needs_evidence").first()
    assert finding is not None
    path = f"/reviews/{shelf.review}/waive"
    bare = post(as_role("legal"), "legal", path, finding=finding.id, reason="")
    assert bare.status_code == 422
    post(as_role("legal"), "legal", path, finding=finding.id, reason="有第三方数据")
    page = as_role("compliance").get(f"/reviews/{shelf.review}").text
    assert "林legal 放行：有第三方数据" in page
    odd = post(as_role("legal"), "legal", path, finding="x", reason="y")
    assert odd.status_code == 404


def test_the_editors_take_a_request_back(shelf: PagesLibrary, as_role: AsRole) -> None:
    manager = as_role("brand_manager")
    page = manager.get(f"/reviews/{shelf.review}").text
    assert "撤回送审" in page
    answer = post(
        manager,
        "brand_manager",
        f"/reviews/{shelf.review}/withdraw",
        version=review_of(shelf).version,
    )
    assert answer.headers["location"].endswith("done=withdrawn")
    assert asset_state(shelf) == "draft"
    assert "已撤回" in manager.get("/reviews?show=closed").text


def test_a_new_version_stands_beside_the_published_text(
    shelf: PagesLibrary, as_role: AsRole
) -> None:
    shelf.publish(shelf.draft)
    service = shelf.desk.service
    done = shelf.take("neu.txt", "安静又省电。新增滤网提醒。".encode())
    with service.records.write() as session:
        library.add_version(
            session,
            shelf.draft,
            library.asset_of(session, shelf.draft).version,
            actor=library.Actor("user_brand_manager", "林brand_manager", "brand_manager"),
            clock=service.clock,
            ids=service.ids,
            upload=done,
        )
    shelf.work()
    page = as_role("legal").get(f"/reviews/{shelf.request(shelf.draft)}").text
    assert "与第 1 版对比" in page
    assert "<ins>新增滤网提醒。</ins>" in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("国家级品质", "有禁用语，不能发布"),
        ("今天天气很好", "没有发现限制用语"),
        ("全网销量第一", "要有证据才能发布"),
    ],
)
def test_a_wording_is_tried_and_not_kept(
    text: str, says: str, desk: PagesDesk, as_role: AsRole
) -> None:
    answer = post(as_role("brand_manager"), "brand_manager", "/wording/try", text=text)
    assert says in answer.text
    assert "不构成法律意见" in answer.text
    with desk.service.records.read() as session:
        assert session.query(WordingFinding).count() == 0


def test_an_empty_wording_is_asked_for(desk: PagesDesk, as_role: AsRole) -> None:
    answer = post(as_role("legal"), "legal", "/wording/try", text=" ")
    assert answer.status_code == 422
    assert "此项必填" in answer.text


def test_programs_check_a_wording_by_rest(desk: PagesDesk, as_role: AsRole) -> None:
    client = as_role("legal")
    client.headers["x-csrf-token"] = "csrf-legal"
    told = client.post("/api/v1/wording/check", json={"text": "这是国家级品质"}).json()
    assert told["verdict"] == "block"
    (finding,) = told["findings"]
    assert (finding["matched"], finding["start"], finding["end"]) == ("国家级", 2, 5)
    assert told["disclaimer"]
    assert told["rules_version"]
    lone = client.post(
        "/api/v1/wording/check",
        content=b'{"text": "\\ud800"}',
        headers={"content-type": "application/json"},
    )
    assert lone.status_code == 422


def test_texts_stand_side_by_side_and_what_did_not_change_is_folded() -> None:
    before = "一。二。三。四。五。六。"
    rows = text_diff(before, "一。二。三。四。五。陆。七。")
    assert rows == (
        DiffRow("same", "一。", "一。"),
        DiffRow("skipped", count=3),
        DiffRow("same", "五。", "五。"),
        DiffRow("changed", "六。", "陆。"),
        DiffRow("added", "", "七。"),
    )
    assert text_diff("甲。", "") == (DiffRow("removed", "甲。", ""),)
    assert text_diff("", "") == ()


def test_what_the_rules_of_today_find_stands_on_the_page_that_refuses(
    shelf: PagesLibrary, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(as_role("legal"), "legal", shelf, "approve")
    rule = wording.load_rules().rules[0].model_copy(update={"phrases": ("安静",), "needs": ()})
    monkeypatch.setattr(wording, "load_rules", lambda: wording.RuleSet(99, (rule,)))
    refused = decide(as_role("compliance"), "compliance", shelf, "approve")
    assert refused.status_code == 422
    with shelf.desk.service.records.read() as session:
        assert "安静" in session.scalars(select(WordingFinding.matched)).all()
    assert review_of(shelf).state == "open"

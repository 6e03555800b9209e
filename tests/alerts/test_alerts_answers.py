"""What is proposed for a case, and what its mail carries."""

from datetime import date
from typing import Any

import pytest
from alerts_desk import Desk, bad_mention
from approved_messages import approved_message, new_version, write_message
from test_alerts_mail import part, render, seen

from alerts.actions import Actor, dismiss
from alerts.answers import Answers, answers, propose
from alerts.clock import run_due
from assets.library import archive
from core.errors import NotFound
from storage.records.cases import Case
from storage.records.library import Asset, UsageRight

TODAY = date(2026, 3, 5)
LEAK: dict[str, Any] = {
    "statement": "请先关闭进水阀，网点当天上门检查接口和密封圈。",
    "variants": [],
    "keywords": ["漏水", "密封圈"],
}


def message(desk: Desk, *args: Any, **values: Any) -> Asset:
    return approved_message(desk.records, desk.clock, *args, **values)


def ask(desk: Desk, case: Case, today: date = TODAY) -> Answers:
    with desk.records.read() as session:
        return answers(session, case.id, today=today)


def titles(desk: Desk, case: Case, today: date = TODAY) -> list[str]:
    return [found.row.title for found in ask(desk, case, today).proposals]


def test_the_fitting_message_is_proposed_with_why_and_what_to_copy(desk: Desk) -> None:
    made = message(desk)
    message(desk, "漏水处置", body=LEAK)
    (found,) = ask(desk, desk.open_case()).proposals
    assert (found.row.id, found.version_id, found.number) == (
        made.id,
        made.published_version_id,
        1,
    )
    assert found.scenario == "quality"
    assert found.why == ("场景：产品质量（刺鼻、味道、滤网）", "共同词：滤网、刺鼻、味道")
    assert found.statement.startswith("您反馈的气味")
    assert [variant.channel for variant in found.variants] == ["weibo", "xiaohongshu"]
    assert found.do_not_say == ("正常现象", "别家也这样")


def test_what_was_not_approved_is_not_proposed(desk: Desk) -> None:
    write_message(desk.records, desk.clock)
    asked = ask(desk, desk.open_case())
    assert asked.proposals == ()
    assert asked.reason == "还没有已批准、今天能用的口径。"
    assert asked.scenario == "quality"


def test_where_none_fits_it_says_so_and_names_the_scenario_to_write_for(desk: Desk) -> None:
    message(desk, "漏水处置", body=LEAK)
    asked = ask(desk, desk.open_case())
    assert asked.proposals == ()
    assert asked.reason == "没有合适的已批准口径。"
    assert asked.scenario == "quality"


def test_a_draft_of_a_newer_version_does_not_change_what_is_proposed(desk: Desk) -> None:
    made = message(desk)
    new_version(desk.records, desk.clock, made.id, statement="未批准的说法。")
    (found,) = ask(desk, desk.open_case()).proposals
    assert found.number == 1
    assert "未批准" not in found.statement


def test_messages_of_the_brand_and_of_none_are_proposed_but_no_other_brands(desk: Desk) -> None:
    message(desk, "本品牌", brand_id="brand_own")
    message(desk, "通用")
    message(desk, "别的品牌", brand_id="brand_two")
    assert sorted(titles(desk, desk.open_case())) == ["本品牌", "通用"]


def test_what_may_not_be_used_today_is_left_out(desk: Desk) -> None:
    made = message(desk)
    with desk.records.write() as session:
        session.add(
            UsageRight(
                id="right",
                asset_id=made.id,
                subject="证言",
                licensor="",
                contract="",
                valid_until=TODAY,
                note="",
                created_at=desk.clock.now(),
            )
        )
    case = desk.open_case()
    assert titles(desk, case) == ["新滤网气味说明"]
    assert titles(desk, case, date(2026, 3, 6)) == []


def test_an_archived_message_is_left_out(desk: Desk) -> None:
    made = message(desk)
    with desk.records.write() as session:
        who: Any = Actor("user_lin", "林岚")
        archive(session, made.id, made.version, actor=who, clock=desk.clock)
    assert titles(desk, desk.open_case()) == []


def test_later_mentions_of_a_case_are_read_too(desk: Desk) -> None:
    message(desk, "客服致歉", "service", body={"keywords": ["没人接", "热线"], "variants": []})
    case = desk.open_case()
    before = titles(desk, case)
    text = bad_mention().text + "打热线没人接。"
    desk.consider(bad_mention("m2", text=text, likes=9000))
    assert desk.case(case.id).mention_count == 2
    assert (before, titles(desk, case)) == ([], ["客服致歉"])


def test_no_more_than_asked_for_are_proposed(desk: Desk) -> None:
    for n in range(5):
        message(desk, f"气味说明 {n}")
    case = desk.open_case()
    assert len(titles(desk, case)) == 3
    with desk.records.read() as session:
        assert len(propose(session, case.id, today=TODAY, limit=1)) == 1


def test_a_case_that_is_not_there_is_not_found(desk: Desk) -> None:
    with desk.records.read() as session, pytest.raises(NotFound):
        propose(session, "none", today=TODAY)


def test_the_mail_carries_the_best_message_in_both_parts(desk: Desk) -> None:
    made = message(desk, body={"statement": "滤网的味道会减弱。" * 20, "variants": []})
    desk.open_case()
    mail = render(desk)
    for body in (seen(part(mail, "html")), part(mail, "plain")):
        assert "新滤网气味说明" in body
        assert "第 1 版（已双审）" in body
        assert ("滤网的味道会减弱。" * 20)[:120] + "…" in body
    assert f'href="https://pr.example.cn/messages/{made.id}"' in part(mail, "html")
    assert f"https://pr.example.cn/messages/{made.id}" in part(mail, "plain")


def test_the_mail_says_nothing_where_no_message_fits(desk: Desk) -> None:
    message(desk, "漏水处置", body=LEAK)
    desk.open_case()
    assert "口径" not in part(render(desk), "html")
    assert "口径" not in part(render(desk), "plain")


def test_only_mails_that_open_or_warn_carry_it_and_only_while_the_case_is_open(
    desk: Desk,
) -> None:
    message(desk)
    case = desk.open_case()
    desk.later(hours=1, minutes=1)
    run_due(desk.records, desk.clock, desk.ids)
    kinds = {row.kind: index for index, row in enumerate(desk.outbox())}
    assert "建议口径" in part(render(desk, kinds["opened"]), "plain")
    assert "建议口径" in part(render(desk, kinds["warning"]), "plain")
    with desk.records.write() as session:
        dismiss(session, case.id, 1, Actor("user_lin", "林岚"), desk.clock, reason="误判")
    assert "建议口径" not in part(render(desk, kinds["opened"]), "plain")

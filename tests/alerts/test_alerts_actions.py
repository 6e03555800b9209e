"""What people do with a case, in which state, and what a stale click is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from alerts_desk import START, Desk

from alerts import actions
from alerts.actions import Actor
from alerts.states import STATES, TRANSITIONS, allowed_actions
from alerts.timeline import timeline
from core.errors import Conflict, InvalidInput, NotFound
from storage.records.cases import Case

LIN, ZHOU = Actor("user_lin", "林岚"), Actor("user_zhou", "周航")
EXTRA: dict[str, dict[str, Any]] = {
    "note": {"text": "已联系用户"},
    "resolve": {"cause": "滤网批次", "outcome": "换新并致歉", "lesson": "先致歉"},
    "dismiss": {"reason": "说的是别家"},
}


def act(
    desk: Desk, action: str, case: Case, actor: Actor = LIN, version: int = 0, **more: Any
) -> Case:
    name = {"note": "add_note"}.get(action, action)
    function: Callable[..., Case] = getattr(actions, name)
    extra = {**EXTRA.get(action, {}), **more}
    if action == "assign":
        extra = {"to_user_id": "user_zhou", "ids": desk.ids, **more}
    with desk.records.write() as session:
        return function(session, case.id, version or case.version, actor, desk.clock, **extra)


def put(desk: Desk, state: str) -> Case:
    case = desk.open_case()
    with desk.records.write() as session:
        session.get_one(Case, case.id).state = state
    return desk.case(case.id)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", TRANSITIONS)
def test_the_table_of_states_holds(desk: Desk, action: Any, state: Any) -> None:
    case = put(desk, state)
    if state in TRANSITIONS[action]:
        assert action in allowed_actions(state)
        changed = act(desk, action, case)
        assert changed.state == TRANSITIONS[action][state]
        assert changed.version == case.version + 1
    else:
        with pytest.raises(InvalidInput):
            act(desk, action, case)
        assert desk.case(case.id).version == case.version


def test_a_case_lives_from_open_to_resolved_and_tells_its_story(desk: Desk) -> None:
    case = desk.open_case()
    desk.later(minutes=18)
    case = act(desk, "take", case)
    assert case.acknowledged_at == START + timedelta(minutes=18)
    assert case.owner_id == "user_lin"
    case = act(desk, "respond", act(desk, "note", case))
    case = act(desk, "resolve", case)
    assert case.outcome == {"v": 1, **EXTRA["resolve"]}
    assert case.resolved_at == desk.clock.now()
    with desk.records.read() as session:
        told = [entry.sentence for entry in timeline(session, case.id)]
    assert told == [
        "林岚 办结：换新并致歉",
        "林岚 开始回应",
        "林岚：已联系用户",
        "林岚 认领了事件",
        "发现并立案，1 条提及",
    ]


def test_handing_over_mails_the_new_owner_and_acknowledges_nothing(desk: Desk) -> None:
    case = act(desk, "assign", desk.open_case())
    assert (case.owner_id, case.acknowledged_at, case.state) == ("user_zhou", None, "open")
    assert desk.outbox()[-1].recipient == "user_zhou@example.cn"
    with pytest.raises(InvalidInput):
        act(desk, "assign", case, to_user_id="user_nobody")


def test_reopening_forgets_the_outcome_but_not_the_acknowledgement(desk: Desk) -> None:
    closed = act(desk, "dismiss", desk.open_case())
    assert closed.acknowledged_at is not None, "who dismisses has looked"
    case = act(desk, "reopen", closed)
    assert (case.state, case.resolved_at, case.outcome) == ("reopened", None, {})
    assert case.acknowledged_at == closed.acknowledged_at


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        ("resolve", {"cause": " "}),
        ("resolve", {"outcome": ""}),
        ("dismiss", {"reason": "\n"}),
        ("note", {"text": ""}),
        ("note", {"text": "长" * 4_001}),
    ],
)
def test_an_empty_or_endless_text_is_refused_by_name(
    desk: Desk, action: str, missing: dict[str, str]
) -> None:
    case = desk.open_case()
    with pytest.raises(InvalidInput) as caught:
        act(desk, action, case, **missing)
    assert caught.value.field == next(iter(missing))
    assert desk.event_keys(case.id) == ["opened"]


def test_a_lesson_may_be_left_out(desk: Desk) -> None:
    assert act(desk, "resolve", desk.open_case(), lesson="").state == "resolved"


def test_a_stale_click_is_told_who_did_what(desk: Desk) -> None:
    case = desk.open_case()
    act(desk, "take", case)
    desk.later(minutes=3)
    with pytest.raises(Conflict) as caught:
        act(desk, "dismiss", case, ZHOU)
    assert str(caught.value) == (
        "这个事件刚被改过：3 分钟前，林岚 认领了事件。请看过最新情况再操作。"
    )
    assert desk.case(case.id).state == "acknowledged"


def test_a_click_ahead_of_the_case_is_stale_too(desk: Desk) -> None:
    with pytest.raises(Conflict):
        act(desk, "take", desk.open_case(), version=7)


def test_two_at_once_one_wins(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        actions.take(session, case.id, 1, LIN, desk.clock)
        with pytest.raises(Conflict):
            actions.take(session, case.id, 1, ZHOU, desk.clock)
    assert desk.case(case.id).owner_id == "user_lin"


def test_a_note_without_a_version_is_never_stale(desk: Desk) -> None:
    case = act(desk, "take", desk.open_case())
    with desk.records.write() as session:
        noted = actions.add_note(session, case.id, None, ZHOU, desk.clock, text="在看")
    assert noted.version == case.version + 1


def test_taking_needs_a_user_and_a_case_must_exist(desk: Desk) -> None:
    case = desk.open_case()
    with pytest.raises(InvalidInput):
        act(desk, "take", case, Actor(None, "pr@example.cn"))
    assert act(desk, "acknowledge", case, Actor(None, "pr@example.cn")).state == "acknowledged"
    case.id = "case_none"
    with pytest.raises(NotFound):
        act(desk, "acknowledge", case)

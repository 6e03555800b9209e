"""The clocks: warnings and breaches, each once, and silence where it is due."""

from datetime import timedelta

import pytest
from alerts_desk import OTHER_STORY, START, Desk

from alerts.actions import Actor, acknowledge, dismiss, reopen, resolve, take
from alerts.clock import run_due, upcoming
from alerts.policy import rules_of
from core import faults
from storage.records.cases import Case
from storage.records.lease import claim_due

LIN = Actor("user_lin", "林岚")


def tick(desk: Desk) -> int:
    return run_due(desk.records, desk.clock, desk.ids)


def mailed(desk: Desk) -> list[str]:
    return [row.payload["event"] for row in desk.outbox()]


def test_a_new_case_looks_forward_to_six_events(desk: Desk) -> None:
    case = desk.open_case()
    found = [(e.dedupe, e.at - START) for e in upcoming(case, rules_of(case), ())]
    assert found == [
        ("warning:response:50", timedelta(hours=1)),
        ("warning:response:80", timedelta(minutes=96)),
        ("breach:response", timedelta(hours=2)),
        ("warning:resolution:50", timedelta(hours=12)),
        ("warning:resolution:80", timedelta(hours=19.2)),
        ("breach:resolution", timedelta(hours=24)),
    ]


def test_each_event_comes_at_its_time_and_once(desk: Desk) -> None:
    case = desk.open_case()
    assert tick(desk) == 0
    for _ in range(25 * 5):
        desk.later(minutes=12)
        tick(desk)
        tick(desk)
    assert desk.event_keys(case.id) == mailed(desk)
    assert [(e.dedupe, e.at - START) for e in desk.events(case.id)][1:] == [
        (event.dedupe, event.at - START) for event in upcoming(case, rules_of(case), ())
    ]
    assert desk.case(case.id).next_due_at is None


def test_after_a_long_sleep_all_is_recorded_but_only_the_most_urgent_is_mailed(
    desk: Desk,
) -> None:
    case = desk.open_case()
    desk.later(hours=13)
    assert tick(desk) == 1
    assert desk.event_keys(case.id)[1:] == [
        "warning:response:50",
        "warning:response:80",
        "breach:response",
        "warning:resolution:50",
    ]
    assert mailed(desk) == ["opened", "breach:response"]
    assert desk.events(case.id)[3].at == START + timedelta(hours=2), "when it was due, not found"
    assert desk.case(case.id).next_due_at == START + timedelta(hours=19.2)


def test_an_acknowledgement_ends_the_response_clock_but_not_the_other(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        acknowledge(session, case.id, 1, LIN, desk.clock)
    assert desk.case(case.id).next_due_at == START + timedelta(hours=12)
    desk.later(hours=12)
    tick(desk)
    assert mailed(desk) == ["opened", "warning:resolution:50"]


@pytest.mark.parametrize("how", ["resolve", "dismiss"])
def test_a_closed_case_is_silent(desk: Desk, how: str) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        if how == "resolve":
            resolve(session, case.id, 1, LIN, desk.clock, cause="批次", outcome="换新")
        else:
            dismiss(session, case.id, 1, LIN, desk.clock, reason="误判")
    assert desk.case(case.id).next_due_at is None
    desk.later(days=3)
    assert tick(desk) == 0
    assert mailed(desk) == ["opened"]


def test_reopening_continues_the_clock(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        resolve(session, case.id, 1, LIN, desk.clock, cause="批次", outcome="换新")
        desk.later(hours=13)
        reopened = reopen(session, case.id, 2, LIN, desk.clock)
    assert reopened.resolution_due_at == case.resolution_due_at
    tick(desk)
    assert mailed(desk) == ["opened", "warning:resolution:50"]


def test_the_owner_is_reminded_beside_the_recipients(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        take(session, case.id, 1, LIN, desk.clock)
    desk.later(hours=24)
    tick(desk)
    told = [row.recipient for row in desk.outbox() if row.kind == "breach"]
    assert sorted(told) == ["pr@example.cn", "user_lin@example.cn"]


def test_a_case_that_another_worker_holds_is_left_alone(desk: Desk) -> None:
    desk.open_case()
    desk.later(hours=2)
    with desk.records.write() as session:
        claim_due(session, Case, desk.clock.now(), lease=timedelta(minutes=1), limit=9)
    assert tick(desk) == 0


def test_one_broken_case_does_not_stop_the_other_clocks(desk: Desk) -> None:
    broken, sound = (
        desk.open_case(),
        desk.open_case(mention_id="m2", text=OTHER_STORY, story_id="s"),
    )
    with desk.records.write() as session:
        session.get_one(Case, broken.id).policy = {"rules": {"response_s": "soon"}}
    desk.later(hours=1)
    assert tick(desk) == 1
    assert desk.event_keys(sound.id) == ["opened", "warning:response:50"]


def test_a_crash_before_the_commit_loses_and_doubles_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.open_case()
    desk.later(hours=1)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("SHENGYU_FAULT", "clock.before-commit")
    monkeypatch.setattr(faults, "_passes", {})
    monkeypatch.setattr("core.faults.os.kill", die)
    with pytest.raises(KeyboardInterrupt):
        tick(desk)
    assert desk.event_keys(case.id) == ["opened"]
    monkeypatch.delenv("SHENGYU_FAULT")
    with desk.records.write() as session:
        session.get_one(Case, case.id).lease_until = None
    assert tick(desk) == 1
    assert desk.event_keys(case.id) == mailed(desk) == ["opened", "warning:response:50"]

"""Copies of a dismissed case open none again, unless they bring something new."""

from dataclasses import replace
from typing import Any

import pytest
from alerts_counter import LIN, Counter
from alerts_desk import COMPLAINT, OTHER_STORY, Desk, bad_mention

from alerts.actions import dismiss, reopen, resolve
from alerts.timeline import timeline
from storage.mentions import Engagement, Mention
from storage.records.cases import Case, CaseMention

COPY = f"转发微博：{COMPLAINT}"


def dismissed(desk: Desk, **values: Any) -> Case:
    case = desk.open_case(**values)
    with desk.records.write() as session:
        dismiss(session, case.id, case.version, LIN, desk.clock, reason="说的是别的品牌")
    desk.later(hours=1)
    return desk.case(case.id)


def evidence_of(desk: Desk, case_id: str) -> list[str]:
    with desk.records.read() as session:
        rows = session.query(CaseMention).filter_by(case_id=case_id)
        return sorted(row.mention_id for row in rows)


def sentences(desk: Desk, case_id: str) -> list[str]:
    with desk.records.read() as session:
        return [each.sentence for each in timeline(session, case_id)]


def kinds(desk: Desk, mention: Mention, **options: Any) -> list[str]:
    return [change.kind for change in desk.consider(mention, **options)]


def test_copies_are_put_to_the_dismissed_case_and_counted_in_one_line(desk: Desk) -> None:
    case = dismissed(desk)
    mails = len(desk.outbox())
    for number in range(3):
        copy = bad_mention(f"copy{number}", COPY)
        assert kinds(desk, copy) == ["kept_out"]
        assert kinds(desk, copy) == []
    assert [each.id for each in desk.cases()] == [case.id]
    assert desk.case(case.id).state == "dismissed"
    assert evidence_of(desk, case.id) == ["copy0", "copy1", "copy2", "m1"]
    assert sentences(desk, case.id)[0] == "又有 3 条同文的提及，已排除过，不再立案"
    assert len([each for each in desk.events(case.id) if each.kind == "copies_kept_out"]) == 1
    assert len(desk.outbox()) == mails


def test_another_text_of_the_story_opens_a_case(desk: Desk) -> None:
    case = dismissed(desk)
    other = bad_mention("m2", f"{COMPLAINT}{OTHER_STORY}", story_id=case.story_id)
    assert kinds(desk, other) == ["opened"]


def test_a_copy_with_a_new_severe_fact_opens_a_case(desk: Desk) -> None:
    long = f"{COMPLAINT}{COMPLAINT[:-3]}，售后电话打了三次都说会有人回复，到现在还在等。"
    dismissed(desk, text=long)
    assert kinds(desk, bad_mention("m2", long)) == ["kept_out"]
    assert kinds(desk, bad_mention("m3", f"{long}结果起火了")) == ["opened"]


def test_a_copy_that_is_heard_by_far_more_opens_a_case(desk: Desk) -> None:
    case = dismissed(desk)
    assert kinds(desk, bad_mention("m2", COPY, likes=4_999)) == ["kept_out"]
    assert kinds(desk, bad_mention("m3", COPY, likes=5_000)) == ["opened"]
    assert [each.severity for each in desk.cases()] == ["normal", "severe"]
    assert evidence_of(desk, case.id) == ["m1", "m2"]


def test_the_reach_that_was_dismissed_is_no_news(desk: Desk) -> None:
    dismissed(desk, likes=50_000)
    assert kinds(desk, bad_mention("m2", COPY, likes=49_000)) == ["kept_out"]
    assert kinds(desk, bad_mention("m3", COPY, likes=60_000)) == ["opened"]


def test_the_threshold_is_the_policys_own(desk: Desk) -> None:
    dismissed(desk)
    desk.set_policy(severe_reach=2_000)
    assert kinds(desk, bad_mention("m2", COPY, likes=2_000)) == ["opened"]


def test_a_copy_that_grows_so_far_leaves_for_a_case_of_its_own(desk: Desk) -> None:
    case = dismissed(desk)
    copy = bad_mention("m2", COPY, likes=500)
    assert kinds(desk, copy) == ["kept_out"]
    assert kinds(desk, replace(copy, engagement=Engagement(likes=900))) == ["heat"]
    heat = desk.case(case.id).heat
    grown = replace(copy, engagement=Engagement(likes=80_000))
    assert kinds(desk, grown) == ["opened"]
    assert kinds(desk, grown) == []
    old, new = desk.cases()
    assert (old.state, old.mention_count, old.heat) == ("dismissed", 1, heat - 900)
    assert (new.severity, evidence_of(desk, new.id)) == ("severe", ["m2"])


def test_what_was_dismissed_itself_grows_where_it_is(desk: Desk) -> None:
    case = dismissed(desk)
    grown = bad_mention("m1", likes=80_000)
    assert kinds(desk, grown) == ["heat"]
    assert evidence_of(desk, case.id) == ["m1"]


def test_a_copy_after_the_case_was_reopened_or_resolved_goes_the_ordinary_way(desk: Desk) -> None:
    case = dismissed(desk)
    with desk.records.write() as session:
        reopen(session, case.id, case.version, LIN, desk.clock)
    assert kinds(desk, bad_mention("m2", COPY)) == ["joined"]
    with desk.records.write() as session:
        version = session.get_one(Case, case.id).version
        told = {"cause": "滤芯", "outcome": "已换"}
        resolve(session, case.id, version, LIN, desk.clock, **told)
    assert kinds(desk, bad_mention("m3", COPY)) == ["opened"]


def test_each_dismissal_counts_its_own_copies(desk: Desk) -> None:
    case = dismissed(desk)
    desk.consider(bad_mention("m2", COPY))
    with desk.records.write() as session:
        reopen(session, case.id, case.version, LIN, desk.clock)
        dismiss(session, case.id, case.version + 1, LIN, desk.clock, reason="判断有误")
    desk.consider(bad_mention("m3", COPY))
    desk.consider(bad_mention("m4", COPY))
    counts = [
        each.payload["count"] for each in desk.events(case.id) if each.kind == "copies_kept_out"
    ]
    assert counts == [1, 2]


@pytest.mark.parametrize("label", ["negative", "neutral"])
def test_what_a_person_calls_negative_after_the_dismissal_opens_a_case(
    counter: Counter, label: Any
) -> None:
    case = dismissed(counter.desk)
    calm = replace(bad_mention("m2", COPY, p_negative=0.2), label="neutral")
    counter.put(replace(calm, story_id=case.story_id))
    done = counter.corrector.mark("m2", label, LIN)
    assert [each.kind for each in done.cases] == (["opened"] if label == "negative" else [])

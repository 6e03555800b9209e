"""What a person says of a mention reaches the copies of its text, stored or yet to come."""

from dataclasses import replace
from typing import Any

import pytest
from alerts_counter import LIN, ZHOU, Counter
from alerts_desk import COMPLAINT, OTHER_STORY, bad_mention
from sqlalchemy import func, select

import alerts.copying
from alerts.timeline import timeline
from core.errors import StorageError
from sentiment.correcting import carrying
from sentiment.correcting.accuracy import accuracies
from sentiment.correcting.calibrating import recalibrate
from storage.mentions import Label, Mention
from storage.records.cases import Case, CaseMention
from storage.records.library import IndexOutbox
from storage.records.marks import MarkReach, MentionMark

COPY = f"转发微博：{COMPLAINT}"


def calm(mention_id: str, text: str = COMPLAINT, **values: Any) -> Mention:
    """A complaint that the engine called neutral."""
    given = bad_mention(mention_id, text, p_negative=0.2, **values)
    return replace(given, label="neutral", p_negative=0.2, p_neutral=0.7, p_positive=0.1)


def taken_over(counter: Counter, mention_id: str) -> list[tuple[str, str, str]]:
    return [
        (mark.subject, mark.label, mark.actor_name)
        for mark in counter.history(mention_id)
        if mark.taken_from is not None
    ]


class CutOff(BaseException):
    """The process ended here."""


def test_copies_that_are_stored_follow_and_other_stories_do_not(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2", COPY), bad_mention("m3", OTHER_STORY))
    counter.corrector.mark("m1", "neutral", LIN)
    assert counter.labels("m1", "m2", "m3") == ["neutral", "negative", "negative"]
    counter.spread()
    assert counter.labels("m1", "m2", "m3") == ["neutral", "neutral", "negative"]
    assert counter.get("m2").brands[0].label == "neutral"
    assert taken_over(counter, "m2") == [("", "neutral", "林岚"), ("brand_own", "neutral", "林岚")]
    assert counter.history("m3") == []
    assert counter.all_of(IndexOutbox) == []


def test_a_comment_on_the_story_keeps_its_own_label(counter: Counter) -> None:
    said = f"别听他胡说，我家用了两年，一点味道都没有，明明很好用 //@某某: {COMPLAINT}"
    counter.arrive(bad_mention("m1"), bad_mention("m2", said))
    assert counter.get("m1").story_id == counter.get("m2").story_id
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    assert counter.labels("m1", "m2") == ["neutral", "negative"]


def test_a_copy_to_come_takes_over_at_once_and_opens_no_case(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.arrive(bad_mention("m2", COPY, likes=90_000))
    assert counter.labels("m2") == ["neutral"]
    assert counter.desk.consider(counter.get("m2")) == []
    assert counter.desk.cases() == []


def test_a_copy_to_come_of_what_was_called_negative_joins_its_case(counter: Counter) -> None:
    counter.arrive(calm("m1"))
    (change,) = counter.corrector.mark("m1", "negative", LIN).cases
    counter.arrive(calm("m2", COPY))
    assert counter.labels("m2") == ["negative"]
    assert [each.kind for each in counter.desk.consider(counter.get("m2"))] == ["joined"]
    assert counter.desk.case(change.case_id).mention_count == 2


def test_stored_copies_that_turn_negative_open_a_case_where_the_first_is_not_heard(
    counter: Counter,
) -> None:
    quiet = "星澜净化器的滤网换起来要费一点时间，说明书写得很简单，我看了半天才看懂怎么装。"
    counter.arrive(calm("m1", quiet, likes=1), calm("m2", quiet, likes=700))
    assert counter.corrector.mark("m1", "negative", LIN).cases == ()
    counter.spread()
    (case,) = counter.desk.cases()
    assert case.detected_at == counter.desk.clock.now()
    assert {row.mention_id for row in counter.all_of(CaseMention)} >= {"m2"}
    counter.spread()
    assert len(counter.desk.cases()) == 1


def test_what_is_taken_back_is_taken_back_from_the_copies(counter: Counter) -> None:
    first, second = bad_mention("m1"), bad_mention("m2", COPY)
    counter.arrive(first, second)
    before = counter.get("m2")
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.corrector.take_back("m1", ZHOU)
    counter.spread()
    assert replace(counter.get("m2"), marked=0) == before
    counter.arrive(bad_mention("m3", COPY))
    assert counter.labels("m3") == ["negative"]
    assert counter.history("m3") == []


def test_another_word_on_the_first_changes_the_copies_again(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    for label in ("neutral", "positive"):
        counter.corrector.mark("m1", label, LIN)
        counter.spread()
        assert counter.labels("m2") == [label]
    assert {mark.engine_label for mark in counter.history("m2")} == {"negative"}
    assert {mark.p_negative for mark in counter.history("m2")} == {0.93}


@pytest.mark.parametrize("own_first", [True, False])
def test_a_persons_own_word_on_the_copy_wins(counter: Counter, own_first: bool) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    said: list[tuple[str, Label]] = [("m2", "positive"), ("m1", "neutral")]
    for mention_id, label in said if own_first else said[::-1]:
        counter.corrector.mark(mention_id, label, LIN)
        counter.spread()
    assert counter.get("m2").label == "positive"
    own = [mark for mark in counter.history("m2") if mark.taken_from is None]
    assert {(mark.label, mark.engine_label, mark.p_negative) for mark in own} == {
        ("positive", "negative", 0.93)
    }


def test_the_same_person_may_say_the_same_of_the_copy(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.corrector.mark("m2", "neutral", LIN)
    counter.corrector.take_back("m1", LIN)
    counter.spread()
    assert counter.labels("m1", "m2") == ["negative", "neutral"]


def test_a_copy_may_be_left_to_the_engine_until_a_newer_word(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.corrector.take_back("m2", ZHOU)
    counter.spread()
    assert counter.labels("m1", "m2") == ["neutral", "negative"]
    counter.corrector.mark("m1", "positive", LIN)
    counter.spread()
    assert counter.labels("m1", "m2") == ["positive", "positive"]


def test_of_two_marked_copies_the_last_word_holds_and_then_the_other(counter: Counter) -> None:
    counter.arrive(*(bad_mention(each) for each in ("m1", "m2", "m3")))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.corrector.mark("m2", "positive", ZHOU)
    counter.spread()
    assert counter.labels("m1", "m2", "m3") == ["neutral", "positive", "positive"]
    counter.corrector.take_back("m2", ZHOU)
    counter.spread()
    assert counter.labels("m1", "m3") == ["neutral", "neutral"]


def test_copies_count_neither_for_the_accuracy_nor_for_a_calibration(counter: Counter) -> None:
    texts = [f"第{number}次说：{COMPLAINT}{OTHER_STORY * (number % 3)}" for number in range(3)]
    for number, text in enumerate(texts):
        counter.arrive(*(bad_mention(f"m{number}x{copy}", text) for copy in range(30)))
        counter.corrector.mark(f"m{number}x0", "neutral", LIN)
    with counter.desk.records.read() as session:
        before = accuracies(session)
    counter.spread()
    assert len(counter.all_of(MentionMark)) > 100
    with counter.desk.records.read() as session:
        assert accuracies(session) == before
    assert before.whole.corrected == 3
    assert recalibrate(counter.desk.records, "test", counter.desk.clock) == []


def test_a_persons_word_after_one_taken_over_is_measured_by_the_engines(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.corrector.mark("m2", "negative", ZHOU, origin="sample")
    with counter.desk.records.read() as session:
        whole = accuracies(session).whole
    assert (whole.checked, whole.right, whole.corrected) == (1, 1, 1)


def test_a_large_story_is_gone_through_in_batches(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts.copying, "BATCH", 10)
    counter.arrive(*(bad_mention(f"m{number:02}") for number in range(35)))
    counter.corrector.mark("m07", "neutral", LIN)
    changed = []
    while counter.copying.step():
        changed.append(sum(label == "neutral" for label in counter.labels(*_ids(35))))
    assert changed == [10, 20, 30, 35]
    assert not counter.copying.step()


def _ids(count: int) -> list[str]:
    return [f"m{number:02}" for number in range(count)]


def test_going_on_again_writes_nothing_twice(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"), bad_mention("m3"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    written = len(counter.all_of(MentionMark))
    with counter.desk.records.write() as session:
        session.get_one(MarkReach, "m1").reached = ""
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    assert counter.spread() == 1
    assert len(counter.all_of(MentionMark)) == written == 6


def test_a_word_that_comes_while_one_is_under_way_begins_anew(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts.copying, "BATCH", 10)
    counter.arrive(*(bad_mention(each) for each in _ids(25)))
    counter.corrector.mark("m24", "neutral", LIN)
    counter.copying.step()
    counter.corrector.mark("m24", "positive", LIN)
    counter.spread()
    assert set(counter.labels(*_ids(25))) == {"positive"}


def test_a_process_that_ends_before_the_commit_begins_that_batch_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)

    def cut(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(alerts.copying, "_go_on", cut)
        with pytest.raises(CutOff):
            counter.copying.step()
    assert counter.history("m2") == []
    counter.spread()
    assert counter.labels("m2") == ["neutral"]


@pytest.mark.parametrize("point", ["marks.before-index", "marks.after-index"])
def test_a_process_that_ends_before_the_index_leaves_a_note(
    point: str, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)

    def cut(name: str) -> None:
        if name == point:
            raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(carrying, "fault_point", cut)
        with pytest.raises(CutOff):
            counter.copying.step()
    assert counter.spread() == 0
    assert [each.record_id for each in counter.all_of(IndexOutbox)] == ["m2"]
    assert carrying.carry_due(counter.desk.records, counter.index) == 1
    assert counter.labels("m2") == ["neutral"]


def test_an_index_out_of_reach_is_told_and_brought_along_later(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)

    def broken(*_: object) -> int:
        raise StorageError("full")

    with monkeypatch.context() as patched:
        patched.setattr(counter.index, "relabel_many", broken)
        with pytest.raises(StorageError):
            counter.copying.step()
    carrying.carry_due(counter.desk.records, counter.index)
    assert counter.labels("m2") == ["neutral"]


def test_an_index_restored_from_an_older_copy_mends_the_copies_too(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    older = [counter.get("m1"), counter.get("m2")]
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.index.delete(["m1", "m2"])
    counter.put(*older)
    assert carrying.heal(counter.desk.records, counter.index) == 2
    assert counter.labels("m1", "m2") == ["neutral", "neutral"]


def test_a_copy_that_was_deleted_and_comes_again_still_has_it(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    counter.index.delete(["m1", "m2"])
    counter.arrive(bad_mention("m2"))
    assert counter.labels("m2") == ["neutral"]
    assert len(counter.history("m2")) == 2


def test_a_copy_cut_off_before_its_index_takes_over_once(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"))
    counter.corrector.mark("m1", "neutral", LIN)
    stray = replace(bad_mention("m2"), story_id=counter.get("m1").story_id)
    counter.copying.arrived([stray])
    counter.arrive(bad_mention("m2"))
    assert counter.labels("m2") == ["neutral"]
    assert len(counter.history("m2")) == 2


def test_records_restored_from_an_older_copy_still_reach_the_copies(counter: Counter) -> None:
    counter.arrive(bad_mention("m1"), replace(bad_mention("m2"), marked=40))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.spread()
    assert counter.labels("m2") == ["neutral"]


def test_the_case_of_the_copies_tells_them_in_one_step(counter: Counter) -> None:
    counter.arrive(*(bad_mention(f"m{number}") for number in range(4)))
    for number in range(4):
        counter.desk.consider(counter.get(f"m{number}"))
    (case,) = counter.desk.cases()
    counter.corrector.mark("m0", "neutral", LIN)
    counter.spread()
    with counter.desk.records.read() as session:
        steps = [each.sentence for each in timeline(session, case.id)]
        assert session.scalar(select(func.max(CaseMention.p_negative))) == 0.0
        assert session.get_one(Case, case.id).p_negative == 0.0
    assert steps[:2] == [
        "按林岚的修改，3 条同文的提及随之改判为中性",
        "林岚 把一条提及改判为中性",
    ]
    assert {row.evidence["marked_by"] for row in counter.all_of(CaseMention)} == {"林岚"}
    counter.corrector.take_back("m0", ZHOU)
    counter.spread()
    with counter.desk.records.read() as session:
        newest = timeline(session, case.id)[0].sentence
    assert newest == "周航 撤回改判，3 条同文的提及随之恢复为负面"

"""A person's word on a mention: records, index and cases follow it, and no crash loses it."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alerts_counter import LIN, ZHOU, Counter
from alerts_desk import bad_mention, towards
from record_databases import on_both_engines

from alerts.actions import Actor
from alerts.timeline import timeline
from core.errors import NotFound, StorageError
from sentiment.correcting import carrying
from storage.mentions import Label, Mention, MentionBrand
from storage.records.accounts import AuditEvent
from storage.records.cases import CaseMention
from storage.records.library import IndexOutbox
from storage.search import Selection


def calm(mention_id: str = "m1", **values: Any) -> Mention:
    """A mention that hurts, but that the engine called neutral."""
    given = bad_mention(mention_id, p_negative=0.2, **values)
    return replace(given, label="neutral", p_negative=0.2, p_neutral=0.7, p_positive=0.1)


def two_brands() -> tuple[MentionBrand, ...]:
    return towards(0.2), towards(0.3, brand_id="brand_two")


def judged(mention: Mention) -> list[Label]:
    return [mention.label, *(brand.label for brand in mention.brands)]


def test_a_word_on_a_mention_of_one_brand_holds_for_both(counter: Counter) -> None:
    counter.put(bad_mention())
    done = counter.corrector.mark("m1", "positive", LIN)
    found = counter.get()
    assert found == done.mention
    assert judged(found) == ["positive", "positive"]
    assert (found.p_negative, found.p_positive) == (0.0, 1.0)
    assert found.brands[0].p_positive == 1.0
    assert counter.said() == [("", "positive", "林岚"), ("brand_own", "positive", "林岚")]
    (whole, brand) = counter.history()
    assert (whole.engine_label, whole.p_negative, whole.engine) == ("negative", 0.93, "test")
    assert (brand.engine_label, brand.p_negative) == ("negative", 0.93)
    assert whole.at == counter.desk.clock.now()


def test_a_word_on_one_of_two_brands_leaves_the_other_and_the_whole(counter: Counter) -> None:
    counter.put(calm(brands=two_brands()))
    counter.corrector.mark("m1", "positive", LIN, "brand_two")
    assert judged(counter.get()) == ["neutral", "neutral", "positive"]
    counter.corrector.mark("m1", "negative", LIN)
    assert judged(counter.get()) == ["negative", "neutral", "positive"]


def test_the_last_word_holds_and_all_are_kept(counter: Counter) -> None:
    counter.put(bad_mention())
    counter.corrector.mark("m1", "neutral", LIN)
    counter.corrector.mark("m1", "neutral", LIN)
    counter.corrector.mark("m1", "positive", ZHOU)
    assert judged(counter.get()) == ["positive", "positive"]
    assert [said for said in counter.said() if not said[0]] == [
        ("", "neutral", "林岚"),
        ("", "positive", "周航"),
    ]
    assert {mark.engine_label for mark in counter.history()} == {"negative"}
    trail = [event for event in counter.all_of(AuditEvent) if event.record_type == "mention"]
    assert [(event.actor, event.detail["label"]) for event in trail] == [
        ("林岚", "neutral"),
        ("周航", "positive"),
    ]


def test_what_is_taken_back_leaves_the_engine_and_the_history(counter: Counter) -> None:
    given = calm()
    counter.put(given)
    counter.corrector.mark("m1", "positive", LIN)
    counter.corrector.take_back("m1", ZHOU)
    counter.corrector.take_back("m1", ZHOU)
    found = counter.get()
    assert replace(found, marked=0) == given
    assert [label for subject, label, _ in counter.said() if not subject] == ["positive", ""]
    counter.corrector.mark("m1", "positive", LIN)
    assert judged(counter.get()) == ["positive", "positive"]


def test_what_is_not_there_cannot_be_marked(counter: Counter) -> None:
    counter.put(bad_mention())
    with pytest.raises(NotFound):
        counter.corrector.mark("other", "neutral", LIN)
    with pytest.raises(NotFound):
        counter.corrector.mark("m1", "neutral", LIN, "brand_two")
    assert counter.history() == []


def test_bad_news_that_the_engine_missed_opens_a_case_from_now(counter: Counter) -> None:
    counter.put(calm())
    counter.desk.later(hours=5)
    done = counter.corrector.mark("m1", "negative", LIN)
    assert [change.kind for change in done.cases] == ["opened"]
    (case,) = counter.desk.cases()
    assert case.detected_at == counter.desk.clock.now()
    assert case.p_negative == 1.0
    assert [message.kind for message in counter.desk.outbox()] == ["opened"]


def test_it_opens_none_when_the_rule_does_not_fire_or_it_is_old(counter: Counter) -> None:
    counter.put(calm("quiet", text="星澜净化器一般般", likes=3), calm("old"))
    assert counter.corrector.mark("quiet", "negative", LIN).cases == ()
    counter.desk.clock.advance(timedelta(days=8))
    assert counter.corrector.mark("old", "negative", LIN).cases == ()
    assert counter.desk.cases() == []


def test_what_is_not_bad_stays_in_its_case_and_the_timeline_tells(counter: Counter) -> None:
    given = bad_mention()
    counter.put(given)
    case = counter.desk.open_case()
    counter.corrector.mark("m1", "neutral", LIN)
    found = counter.desk.case(case.id)
    assert (found.state, found.p_negative, found.version) == ("open", 0.0, case.version)
    (row,) = counter.all_of(CaseMention)
    assert (row.p_negative, row.evidence["label"]) == (0.0, "neutral")
    assert row.evidence["marked_by"] == "林岚"
    with counter.desk.records.read() as session:
        newest = timeline(session, case.id)[0]
    assert newest.sentence == "林岚 把一条提及改判为中性"

    counter.corrector.take_back("m1", ZHOU)
    found = counter.desk.case(case.id)
    assert (found.state, found.p_negative) == ("open", 0.93)
    with counter.desk.records.read() as session:
        newest = timeline(session, case.id)[0]
    assert newest.sentence == "周航 撤回改判，一条提及恢复为负面"
    assert len(counter.desk.cases()) == 1


def test_what_was_called_not_bad_opens_no_case_when_it_grows(counter: Counter) -> None:
    counter.put(bad_mention())
    counter.corrector.mark("m1", "neutral", LIN)
    assert counter.desk.consider(counter.get()) == []


def test_a_confirmation_changes_no_case(counter: Counter) -> None:
    counter.put(bad_mention())
    case = counter.desk.open_case()
    before = counter.desk.event_keys(case.id)
    done = counter.corrector.mark("m1", "negative", LIN)
    assert (len(done.marks), done.cases) == (2, ())
    assert counter.desk.event_keys(case.id) == before


def test_two_people_at_once_leave_both_words_and_one_label(counter: Counter) -> None:
    counter.put(*(bad_mention(f"m{number}") for number in range(10)))
    start = threading.Barrier(2)

    def work(actor: Actor, label: Label) -> None:
        start.wait()
        for number in range(10):
            counter.corrector.mark(f"m{number}", label, actor)

    people: list[tuple[Actor, Label]] = [(LIN, "neutral"), (ZHOU, "positive")]
    threads = [threading.Thread(target=work, args=each) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(10):
        told = [mark for mark in counter.history(f"m{number}") if not mark.subject]
        assert {mark.actor_name for mark in told} == {"林岚", "周航"}
        assert counter.get(f"m{number}").label == told[-1].label
    assert counter.all_of(IndexOutbox) == []


def test_an_index_out_of_reach_loses_no_word(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.put(bad_mention())

    def broken(*_: object) -> int:
        raise StorageError("full")

    with monkeypatch.context() as patched:
        patched.setattr(counter.index, "relabel_many", broken)
        counter.corrector.mark("m1", "neutral", LIN)
        # A second word meets an index that still shows the engine's.
        counter.corrector.mark("m1", "positive", ZHOU)
    assert counter.get().label == "negative"
    assert {mark.engine_label for mark in counter.history()} == {"negative"}
    assert carrying.carry_due(counter.desk.records, counter.index) == 1
    assert counter.get().label == "positive"
    assert carrying.carry_due(counter.desk.records, counter.index) == 0


class CutOff(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("point", ["marks.before-index", "marks.after-index"])
def test_a_process_that_ends_between_records_and_index_loses_no_word(
    point: str, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.put(bad_mention())

    def cut(name: str) -> None:
        if name == point:
            raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(carrying, "fault_point", cut)
        with pytest.raises(CutOff):
            counter.corrector.mark("m1", "neutral", LIN)
    carrying.carry_due(counter.desk.records, counter.index)
    assert judged(counter.get()) == ["neutral", "neutral"]
    assert counter.all_of(IndexOutbox) == []
    assert len(counter.history()) == 2


def test_an_index_restored_from_an_older_copy_mends_itself(counter: Counter) -> None:
    given = bad_mention()
    counter.put(given, bad_mention("m2"))
    counter.corrector.mark("m1", "neutral", LIN)
    counter.corrector.mark("m2", "neutral", LIN)
    counter.index.delete(["m1", "m2"])
    counter.put(given)
    assert carrying.heal(counter.desk.records, counter.index) == 1
    assert counter.index.count(Selection(q="label:neutral")) == 1
    assert carrying.heal(counter.desk.records, counter.index) == 0


@on_both_engines
def test_records_restored_from_an_older_copy_are_still_heard(counter: Counter) -> None:
    counter.put(replace(bad_mention(), marked=40))
    counter.corrector.mark("m1", "neutral", LIN)
    assert judged(counter.get()) == ["neutral", "neutral"]
    assert [mark.id for mark in counter.history()] == [41, 42]

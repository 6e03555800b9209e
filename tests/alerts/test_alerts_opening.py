"""From mentions to cases: opening, joining, replaying, growing."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from alerts_desk import COMPLAINT, OTHER_STORY, START, Desk, bad_mention, towards
from record_databases import on_both_engines

from alerts import queries
from alerts.actions import Actor, acknowledge, resolve
from alerts.opening import CaseChange, consider
from core.clock import FixedClock
from core.ids import Ids
from storage.mentions import Contribution
from storage.records import Records
from storage.records.cases import CaseMention
from storage.records.stories import Story, StoryMember

LIN = Actor("user_lin", "林岚")
FIRE = "星澜 S3 净化器起火了！" + COMPLAINT


def kinds(changes: list[CaseChange]) -> list[str]:
    return [change.kind for change in changes]


def test_a_bad_mention_opens_a_case_with_both_clocks_from_its_detection(desk: Desk) -> None:
    desk.later(minutes=40)
    case = desk.open_case(title="净化器滤网异味")
    assert (case.title, case.state, case.severity) == ("净化器滤网异味", "open", "normal")
    assert case.opened_at == START + timedelta(minutes=40)
    assert case.detected_at == START
    assert case.response_due_at == START + timedelta(hours=2)
    assert case.resolution_due_at == START + timedelta(hours=24)
    assert case.next_due_at == START + timedelta(hours=1)
    assert (case.mention_count, case.heat, case.p_negative) == (1, 1204, 0.93)
    assert desk.event_keys(case.id) == ["opened"]
    assert [(row.kind, row.recipient) for row in desk.outbox()] == [("opened", "pr@example.cn")]


def test_the_evidence_is_a_copy_of_all_that_was_said(desk: Desk) -> None:
    words = (Contribution(7, 9, -1.5),)
    mention = bad_mention(title="异味", words=words)
    case = desk.open_case(title="异味", words=words)
    with desk.records.read() as session:
        (kept,) = queries.evidence(session, case.id)
    assert (kept.title, kept.text, kept.url) == (mention.title, mention.text, mention.url)
    assert (kept.author, kept.platform, kept.engagement) == (
        mention.author,
        mention.platform,
        mention.engagement,
    )
    assert (kept.published_at, kept.detected_at) == (mention.published_at, mention.detected_at)
    assert (kept.spans, kept.contributions) == (mention.brands[0].spans, mention.contributions)
    assert kept.words == words


def test_a_mild_or_unseen_mention_opens_nothing(desk: Desk) -> None:
    assert desk.consider(bad_mention(p_negative=0.4)) == []
    assert desk.consider(bad_mention(likes=3)) == []
    assert desk.cases() == []


def test_a_post_that_grew_opens_a_case_whose_clock_starts_at_the_growth(desk: Desk) -> None:
    desk.consider(bad_mention(likes=3))
    desk.later(days=3)
    seen = desk.clock.now()
    changes = desk.consider(bad_mention(likes=900), seen_at=seen)
    assert kinds(changes) == ["opened"]
    assert desk.cases()[0].resolution_due_at == seen + timedelta(hours=24)


def test_copies_and_excerpts_join_without_restarting_the_clock(desk: Desk) -> None:
    case = desk.open_case()
    desk.later(hours=1)
    later = desk.clock.now()
    repost = bad_mention("m2", "转发：" + COMPLAINT, story_id="s2", likes=1, detected_at=later)
    part = bad_mention("m3", COMPLAINT[:34], story_id="s3", likes=0, p_negative=0.97)
    assert kinds(desk.consider(repost)) == ["joined"]
    assert kinds(desk.consider(part)) == ["joined"]
    now = desk.case(case.id)
    assert (now.mention_count, now.heat, now.p_negative) == (3, 1205, 0.97)
    assert now.resolution_due_at == case.resolution_due_at
    assert now.version == case.version, "joining must not make anybody's click stale"
    assert len(desk.outbox()) == 1, "joining mails nobody"


def test_the_same_story_joins_even_when_its_text_and_score_differ(desk: Desk) -> None:
    case = desk.open_case()
    changes = desk.consider(bad_mention("m2", OTHER_STORY, p_negative=0.3))
    assert [change.case_id for change in changes] == [case.id]


def test_a_mild_copy_with_another_story_id_stays_apart(desk: Desk) -> None:
    desk.open_case()
    assert desk.consider(bad_mention("m2", story_id="s2", p_negative=0.49)) == []
    assert kinds(desk.consider(bad_mention("m3", story_id="s2", p_negative=0.5))) == ["joined"]


def test_another_story_opens_another_case(desk: Desk) -> None:
    desk.open_case()
    assert kinds(desk.consider(bad_mention("m2", OTHER_STORY, story_id="s2"))) == ["opened"]


def test_each_own_brand_has_its_own_case_and_rivals_have_none(desk: Desk) -> None:
    brands = (
        towards(),
        towards(brand_id="brand_two"),
        towards(brand_id="brand_rival", role="competitor"),
    )
    changes = desk.consider(bad_mention(brands=brands))
    assert sorted((c.kind, c.brand_id) for c in changes) == [
        ("opened", "brand_own"),
        ("opened", "brand_two"),
    ]
    only_two = bad_mention("m2", brands=(towards(brand_id="brand_two"),))
    (joined,) = desk.consider(only_two)
    assert (joined.kind, joined.brand_id) == ("joined", "brand_two")
    with desk.records.read() as session:
        found = queries.case_ids_of(session, ["m1", "m2", "m3"])
    assert {name: len(ids) for name, ids in found.items()} == {"m1": 2, "m2": 1}


def test_a_brand_that_is_no_longer_watched_opens_nothing(desk: Desk) -> None:
    assert desk.consider(bad_mention(brands=(towards(brand_id="brand_gone"),))) == []


def test_a_replay_adds_nothing(desk: Desk) -> None:
    case = desk.open_case()
    desk.consider(bad_mention("m2"))
    before = desk.case(case.id), desk.event_keys(case.id), len(desk.outbox())
    for mention_id in ("m1", "m2", "m1"):
        assert desk.consider(bad_mention(mention_id)) == []
    after = desk.case(case.id)
    assert (after.heat, after.mention_count, after.version) == (
        before[0].heat,
        before[0].mention_count,
        before[0].version,
    )
    assert (desk.event_keys(case.id), len(desk.outbox())) == before[1:]


def test_a_mention_of_a_closed_case_replays_into_nothing_and_a_new_one_opens_anew(
    desk: Desk,
) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        resolve(session, case.id, 1, LIN, desk.clock, cause="滤网批次", outcome="换新")
    assert desk.consider(bad_mention()) == []
    assert kinds(desk.consider(bad_mention("m9"))) == ["opened"]


def test_growth_warms_the_case_and_a_fall_is_ignored(desk: Desk) -> None:
    case = desk.open_case(likes=200)
    assert kinds(desk.consider(bad_mention(likes=260))) == ["heat"]
    assert desk.consider(bad_mention(likes=10)) == []
    assert desk.case(case.id).heat == 260


def test_a_severe_copy_raises_the_severity_once_and_tightens_the_response(desk: Desk) -> None:
    case = desk.open_case()
    desk.later(minutes=20)
    seen = desk.clock.now()
    severe = bad_mention("m2", FIRE, detected_at=seen)
    assert kinds(desk.consider(severe)) == ["joined", "severity_raised"]
    assert kinds(desk.consider(bad_mention("m3", FIRE, detected_at=seen))) == ["joined"]
    now = desk.case(case.id)
    assert now.severity == "severe"
    assert now.response_due_at == seen + timedelta(minutes=30)
    assert now.resolution_due_at == case.resolution_due_at
    assert [row.kind for row in desk.outbox()] == ["opened", "severity_raised"]
    assert desk.event_keys(case.id).count("severity:severe") == 1


def test_a_severe_copy_leaves_the_response_of_an_acknowledged_case(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        acknowledge(session, case.id, 1, LIN, desk.clock)
    desk.consider(bad_mention("m2", FIRE))
    now = desk.case(case.id)
    assert (now.severity, now.response_due_at) == ("severe", case.response_due_at)


def test_a_case_that_opens_severe_has_the_short_response_time(desk: Desk) -> None:
    case = desk.open_case(text=FIRE)
    assert case.severity == "severe"
    assert case.response_due_at == START + timedelta(minutes=30)


def test_the_third_copy_opens_a_case_with_the_first_two_as_evidence(desk: Desk) -> None:
    quiet = [bad_mention(f"m{n}", likes=0) for n in range(3)]
    assert desk.consider(quiet[0]) == []
    assert desk.consider(quiet[1], siblings=quiet[:1]) == []
    (opened,) = desk.consider(quiet[2], siblings=[quiet[0], quiet[1], quiet[0]])
    assert (opened.kind, opened.mention_ids) == ("opened", ("m2", "m0", "m1"))
    assert desk.case(opened.case_id).mention_count == 3
    assert desk.consider(quiet[0]) == []


def test_copies_outside_the_window_do_not_count_as_similar(desk: Desk) -> None:
    old = [bad_mention(f"m{n}", likes=0, detected_at=START - timedelta(days=2)) for n in range(2)]
    assert desk.consider(bad_mention("m9", likes=0), siblings=old) == []


def test_stored_members_of_the_story_count_as_similar(desk: Desk) -> None:
    with desk.records.write() as session:
        session.add(
            Story(
                id="story_smell",
                first_mention_id="m0",
                first_at=START,
                text=COMPLAINT,
                signature=b"",
                mention_count=3,
            )
        )
        session.flush()
        for n in range(3):
            session.add(StoryMember(mention_id=f"m{n}", story_id="story_smell", at=START))
    assert kinds(desk.consider(bad_mention("m2", likes=0))) == ["opened"]


@on_both_engines
def test_workers_with_one_story_at_once_open_one_case(desk: Desk) -> None:
    mentions = [bad_mention(f"m{n}", story_id=f"s{n}") for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        changes = [change for found in pool.map(desk.consider, mentions) for change in found]
    assert sorted(kinds(changes)) == ["joined"] * 11 + ["opened"]
    assert desk.cases()[0].mention_count == 12
    assert desk.cases()[0].heat == 12 * 1204


def _consider_in_a_process(address: str, worker: int) -> None:
    records = Records.open(address)
    for n in range(6):
        with records.write() as session:
            mention = bad_mention(f"m{n}", story_id=f"s{worker}")
            consider(session, mention, trusted=False, clock=FixedClock(START), ids=Ids())
    records.close()


@on_both_engines
def test_processes_that_replay_the_same_mentions_open_one_case(
    desk: Desk, records_address: str
) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_consider_in_a_process, args=(records_address, n)) for n in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    (case,) = desk.cases()
    with desk.records.read() as session:
        assert session.query(CaseMention).count() == case.mention_count == 6
    assert len(desk.outbox()) == 1

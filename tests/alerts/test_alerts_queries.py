"""What pages and REST read about cases."""

from datetime import datetime, timedelta, timezone

import pytest
from alerts_desk import OTHER_STORY, START, Desk, bad_mention, towards
from sqlalchemy import event

from alerts import queries
from alerts.actions import Actor, acknowledge, dismiss, resolve, take
from alerts.cursors import joined_cursor
from alerts.events import record
from alerts.timeline import timeline
from core.errors import InvalidInput, NotFound
from storage.records.cases import Case, CaseEvent

EAST = timezone(timedelta(hours=8))
LIN = Actor("user_lin", "林岚")
TEXTS = [
    "星澜净化器漏水把木地板全泡坏了，客服一直不理人，太过分了。",
    OTHER_STORY,
    "买的星澜扫地机用了三天就充不进电，换货等了半个月还没到。",
    "星澜的滤芯居然涨价一倍，老用户被当成韭菜割，再也不买了。",
    "直播间买的星澜加湿器到手是翻新机，外壳上有划痕和旧贴纸。",
]


@pytest.fixture
def many(desk: Desk) -> list[str]:
    """Five cases, an hour apart: two open, one acknowledged, two closed. Oldest first."""
    ids = []
    for n, text in enumerate(TEXTS):
        mention = bad_mention(
            f"m{n}", text, story_id=f"s{n}", detected_at=START + timedelta(hours=n)
        )
        ids.append(desk.consider(mention)[0].case_id)
    with desk.records.write() as session:
        take(session, ids[2], 1, LIN, desk.clock)
        desk.later(hours=5)
        resolve(session, ids[3], 1, LIN, desk.clock, cause="价", outcome="说明")
        desk.later(hours=1)
        dismiss(session, ids[4], 1, LIN, desk.clock, reason="误判")
    return ids


def test_open_cases_come_by_deadline_and_closed_ones_last_latest_first(
    desk: Desk, many: list[str]
) -> None:
    with desk.records.read() as session:
        page = queries.case_list(session)
    assert [row.id for row in page.items] == [many[0], many[1], many[2], many[4], many[3]]
    assert (page.total, page.next_cursor) == (5, None)
    first, _, taken, closed, _ = page.items
    assert first.deadline == first.response_due_at
    assert (taken.deadline, taken.owner) == (
        taken.resolution_due_at,
        queries.Named("user_lin", "林岚"),
    )
    assert closed.deadline is None
    assert first.brand == queries.Named("brand_own", "星澜科技")


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pages_follow_each_other_without_gap_or_repeat(
    desk: Desk, many: list[str], size: int
) -> None:
    found: list[str] = []
    cursor: str | None = None
    with desk.records.read() as session:
        whole = [row.id for row in queries.case_list(session).items]
        for _ in range(9):
            page = queries.case_list(session, limit=size, cursor=cursor)
            found += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert found == whole


def test_filters_hold_for_rows_and_total(desk: Desk, many: list[str]) -> None:
    with desk.records.read() as session:

        def ids(**filters: object) -> list[str]:
            page = queries.case_list(session, **filters)  # type: ignore[arg-type]
            assert page.total == len(page.items)
            return [row.id for row in page.items]

        assert ids(open_only=True) == [many[0], many[1], many[2]]
        assert ids(states=["resolved", "acknowledged"]) == [many[2], many[3]]
        assert ids(owner_id="user_lin") == [many[2]]
        assert ids(brand_id="brand_two") == []
        assert ids(q="漏水") == [many[0]]
        assert ids(q="100%_") == []


@pytest.mark.parametrize(
    "cursor", ["", "x", "秘", "W10", "WzIsICIiLCAiIl0", "e30", "!!!!", "bnVsbA"]
)
def test_a_cursor_that_is_not_ours_is_refused(desk: Desk, cursor: str) -> None:
    with desk.records.read() as session, pytest.raises(InvalidInput) as caught:
        queries.case_list(session, cursor=cursor)
    assert caught.value.field == "cursor"


def test_a_wrong_limit_or_state_is_refused(desk: Desk) -> None:
    with desk.records.read() as session:
        for options in ({"limit": 0}, {"limit": 201}, {"states": ["gone"]}):
            with pytest.raises(InvalidInput):
                queries.case_list(session, **options)  # type: ignore[arg-type]


def test_one_case_says_why_it_opened_and_what_may_be_done(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.read() as session:
        detail = queries.case_detail(session, case.id)
        with pytest.raises(NotFound):
            queries.case_detail(session, "case_none")
    assert detail.reasons == ["互动量 1,204（门槛 100）"]
    assert "acknowledge" in detail.actions
    assert "reopen" not in detail.actions
    assert detail.rules.response_s == 7_200


def test_evidence_comes_hottest_first(desk: Desk) -> None:
    case = desk.open_case(likes=100)
    desk.consider(bad_mention("m2", likes=900))
    desk.consider(bad_mention("m3", likes=5))
    with desk.records.read() as session:
        found = queries.evidence(session, case.id)
        assert [entry.mention_id for entry in found] == ["m2", "m1", "m3"]
        assert len(queries.evidence(session, case.id, limit=1)) == 1


def test_pages_of_evidence_leave_nothing_out_while_mentions_join_and_warm_up(desk: Desk) -> None:
    case = desk.open_case()
    desk.add_copies(case.id, 4)
    with desk.records.read() as session:
        first = queries.evidence_page(session, case.id, limit=3)
    desk.later(hours=1)
    desk.consider(bad_mention("later"))
    desk.consider(bad_mention("copy00003", likes=9_000))
    with desk.records.read() as session:
        second = queries.evidence_page(session, case.id, limit=3, cursor=first.next_cursor)
    assert [entry.mention_id for entry in first.items] == ["copy00000", "m1", "copy00001"]
    assert [entry.mention_id for entry in second.items] == ["copy00002", "copy00003", "later"]
    assert (first.total, second.total, second.next_cursor) == (5, 6, None)


def test_evidence_of_no_case_or_with_a_wrong_page_is_refused(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.read() as session:
        with pytest.raises(NotFound):
            queries.evidence_page(session, "case_none")
        wrong = ["x", "W10", joined_cursor(datetime.min.replace(tzinfo=EAST), "m1")]
        for options in ({"limit": 0}, {"limit": 201}, *({"cursor": cursor} for cursor in wrong)):
            with pytest.raises(InvalidInput):
                queries.evidence_page(session, case.id, **options)  # type: ignore[arg-type]


def test_mentions_that_joined_in_a_row_are_one_step_of_the_timeline(desk: Desk) -> None:
    case = desk.open_case()
    for n in range(3):
        desk.consider(bad_mention(f"a{n}"))
    desk.later(minutes=18)
    with desk.records.write() as session:
        acknowledge(session, case.id, 1, LIN, desk.clock)
    desk.consider(bad_mention("b"))
    with desk.records.read() as session:
        steps = timeline(session, case.id)
    assert [step.sentence for step in steps] == [
        "新增 1 条同源提及",
        "林岚 确认收到，首次响应 18 分钟",
        "新增 3 条同源提及",
        "发现并立案，1 条提及",
    ]


def test_a_timeline_of_thousands_that_joined_loads_one_event_a_step(desk: Desk) -> None:
    case = desk.open_case()
    with desk.records.write() as session:
        for n in range(3_000):
            at = START + timedelta(seconds=n)
            record(session, case.id, at, "joined", f"joined:{n}", mention_id=f"x{n}", count=1)
            if n == 1_999:
                record(session, case.id, at, "note", "note:1", text="已联系")
    loaded: list[str] = []

    def note(entry: CaseEvent, _context: object) -> None:
        loaded.append(entry.kind)

    event.listen(CaseEvent, "load", note)
    try:
        with desk.records.read() as session:
            steps = timeline(session, case.id)
    finally:
        event.remove(CaseEvent, "load", note)
    assert [(step.kind, step.count) for step in steps] == [
        ("joined", 1_000),
        ("note", 1),
        ("joined", 2_000),
        ("opened", 1),
    ]
    assert steps[0].sentence == "新增 1000 条同源提及"
    assert steps[0].at == START + timedelta(seconds=2_999)
    assert len(loaded) == 4


def test_open_cases_are_counted_by_what_they_need(desk: Desk, many: list[str]) -> None:
    with desk.records.read() as session:
        counts = queries.open_counts(session, START + timedelta(hours=2, minutes=30))
    assert (counts.total, counts.severe, counts.unacknowledged, counts.overdue) == (3, 0, 2, 1)
    assert counts.by_state == {"open": 2, "acknowledged": 1, "responding": 0, "reopened": 0}


def test_the_share_within_24_hours_counts_closed_and_overdue_cases(
    desk: Desk, many: list[str]
) -> None:
    with desk.records.write() as session:
        late = session.get_one(Case, many[4])
        late.resolved_at = late.resolution_due_at + timedelta(seconds=1)
    with desk.records.read() as session:
        soon = queries.handled_within_24h(session, START, START + timedelta(hours=10))
        later = queries.handled_within_24h(session, START, START + timedelta(hours=24.5))
        none = queries.handled_within_24h(session, START + timedelta(days=9), START)
    assert (soon, later, none) == ((1, 2), (1, 3), (0, 0))


def test_thousands_of_mentions_can_be_asked_for_at_once(desk: Desk) -> None:
    case = desk.open_case(brands=(towards(),))
    with desk.records.read() as session:
        found = queries.case_ids_of(session, [*(f"x{n}" for n in range(2_500)), "m1"])
    assert found == {"m1": [case.id]}

"""The figures of handling cases, each against an example computed by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alerts_desk import START, Desk

from alerts.actions import Actor, acknowledge, dismiss, reopen, resolve
from alerts.kpi import CaseTimes, backlog, breaches, case_figures, handling, spread
from alerts.kpi_records import cases_detected, messages_used, open_cases
from storage.records.library import Asset, AssetVersion, MessageUse

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LIN = Actor("user_lin", "林岚")


def hours(*numbers: float) -> list[timedelta]:
    return [timedelta(hours=number) for number in numbers]


def case(
    name: str = "case_1",
    *,
    detected: datetime = NOON,
    answered: float | None = None,
    closed: float | None = None,
    state: str = "",
    **changes: Any,
) -> CaseTimes:
    """A case answered and closed so many hours after detection; two hours and a day to do so."""
    at = {
        "acknowledged_at": None if answered is None else detected + timedelta(hours=answered),
        "resolved_at": None if closed is None else detected + timedelta(hours=closed),
    }
    values = {
        "id": name,
        "title": name,
        "brand_id": "brand_own",
        "brand": "星澜科技",
        "state": state or ("open" if closed is None else "resolved"),
        "severity": "normal",
        "owner": "",
        "detected_at": detected,
        "response_due_at": detected + timedelta(hours=2),
        "resolution_due_at": detected + timedelta(hours=24),
    }
    return CaseTimes(**{**values, **at, **changes})


def after(number: float) -> datetime:
    return NOON + timedelta(hours=number)


@pytest.mark.parametrize(
    ("given", "now", "expected"),
    [
        (case(closed=23.99), after(100), "in_time"),
        (case(closed=24), after(100), "in_time"),
        (case(closed=24.01), after(100), "late"),
        (case(closed=3, state="dismissed"), after(100), "in_time"),
        (case(), after(1), "not_due"),
        (case(), after(24), "not_due"),
        (case(), after(24.01), "late"),
        # Reopened: the closing of before does not count any more, and the clock went on.
        (case(state="reopened"), after(5), "not_due"),
        (case(state="reopened"), after(30), "late"),
        (case(closed=50, state="resolved"), after(100), "late"),
    ],
)
def test_handled_within_a_day_is_told_from_late_and_from_not_yet_due(
    given: CaseTimes, now: datetime, expected: str
) -> None:
    assert handling(given, now) == expected


def test_the_rate_leaves_out_what_is_not_due_and_counts_it_apart() -> None:
    cases = [
        case("a", answered=0.5, closed=3),
        case("b", answered=1, closed=24),
        case("c", answered=3, closed=30),
        case("d", answered=2, closed=10, state="dismissed"),
        case("late and open", detected=NOON - timedelta(hours=2)),
        case("young", detected=after(20)),
    ]
    found = case_figures(cases, after(24))
    assert (found.total, found.in_time, found.late, found.not_due) == (6, 3, 2, 1)
    assert found.handled_rate == 3 / 5
    assert (found.closed, found.dismissed, found.false_positive_rate) == (4, 1, 1 / 4)
    assert found.unanswered == 2
    # 0.5, 1, 2, 3: the middle two are 1 and 2; nine tenths of four is the fourth.
    assert found.response.median == timedelta(hours=1.5)
    assert found.response.p90 == timedelta(hours=3)
    # 3, 10, 24, 30.
    assert found.resolution.median == timedelta(hours=17)
    assert found.resolution.p90 == timedelta(hours=30)


def test_without_cases_there_is_no_rate_at_all() -> None:
    found = case_figures([], NOON)
    assert (found.handled_rate, found.false_positive_rate) == (None, None)
    assert found.response == found.resolution == spread([])
    assert case_figures([case()], after(1)).handled_rate is None


@pytest.mark.parametrize(
    ("lengths", "middle", "ninety"),
    [
        (hours(5), 5, 5),
        (hours(1, 2), 1.5, 2),
        (hours(*range(1, 11)), 5.5, 9),
        (hours(*range(1, 12)), 6, 10),
        (hours(10, 1, 1, 1, 1, 1, 1, 1, 1, 1), 1, 1),
        (hours(*range(1, 21)), 10.5, 18),
    ],
)
def test_the_ninetieth_percentile_is_the_nearest_rank(
    lengths: list[timedelta], middle: float, ninety: float
) -> None:
    found = spread(lengths)
    assert found.median == timedelta(hours=middle)
    assert found.p90 == timedelta(hours=ninety)
    assert found.count == len(lengths)


def test_a_breach_names_its_clock_and_by_how_much_it_was_missed() -> None:
    missed = breaches(case(answered=2.5, closed=26), after(100))
    assert [(each.clock, each.by, each.running) for each in missed] == [
        ("response", timedelta(minutes=30), False),
        ("resolution", timedelta(hours=2), False),
    ]
    assert breaches(case(answered=2, closed=24), after(100)) == ()
    [running] = breaches(case(answered=1), after(27))
    assert (running.clock, running.by, running.running) == ("resolution", timedelta(hours=3), True)


def test_a_breach_follows_the_policy_of_the_case_and_not_the_24_hours() -> None:
    strict = case(answered=1, closed=13, resolution_due_at=after(12))
    assert handling(strict, after(100)) == "in_time"
    assert [each.clock for each in breaches(strict, after(100))] == ["resolution"]


def test_breaches_that_still_run_come_first_then_the_longest() -> None:
    cases = [case("short", answered=1, closed=25), case("long", answered=1, closed=90)]
    cases += [case("open", answered=1, detected=after(60))]
    found = case_figures(cases, after(85))
    assert [each.case.id for each in found.breaches] == ["open", "long", "short"]


def test_the_backlog_is_told_by_age() -> None:
    ages = (0.5, 24, 24.1, 72, 73, 168, 169, 400)
    cases = [case(f"c{age}", detected=after(-age)) for age in ages]
    cases.append(case("closed", detected=after(-900), closed=1))
    found = backlog(cases, NOON)
    assert (found.count, found.ages) == (8, (2, 2, 2, 2))
    assert found.median_age == timedelta(hours=72.5)
    assert found.oldest is not None
    assert found.oldest.id == "c400"
    assert backlog([], NOON).oldest is None


def test_a_case_belongs_to_the_local_day_on_which_it_was_detected(desk: Desk) -> None:
    """23:59:59.999 and 00:00 of Shanghai are both on the fifth of March in UTC."""
    midnight = datetime(2026, 3, 6, tzinfo=SHANGHAI)
    ids = desk.add_cases(["一个很长的故事，甲", "另一个很长的故事，乙"])
    from storage.records.cases import Case

    with desk.records.write() as session:
        session.get_one(Case, ids[0]).detected_at = midnight - timedelta(milliseconds=1)
        session.get_one(Case, ids[1]).detected_at = midnight
    day = timedelta(days=1)
    with desk.records.read() as session:
        fifth = cases_detected(session, midnight - day, midnight)
        sixth = cases_detected(session, midnight, midnight + day)
        other = cases_detected(session, midnight, midnight + day, "brand_two")
    assert ids[0] in [found.id for found in fifth]
    assert [found.id for found in sixth] == [ids[1]]
    assert other == []


def test_a_case_closed_after_the_period_counts_for_the_period_of_its_detection(
    desk: Desk,
) -> None:
    opened = desk.open_case()
    end = START + timedelta(hours=1)
    desk.later(hours=20)
    with desk.records.write() as session:
        resolve(session, opened.id, 1, LIN, desk.clock, cause="滤芯", outcome="换新")
    with desk.records.read() as session:
        found = case_figures(
            cases_detected(session, START - timedelta(hours=1), end), desk.clock.now()
        )
    assert (found.total, found.in_time) == (1, 1)
    assert found.resolution.median == timedelta(hours=20)


def test_a_reopened_case_is_measured_to_its_last_closing(desk: Desk) -> None:
    opened = desk.open_case()
    span = (START - timedelta(hours=1), START + timedelta(hours=1))

    def seen() -> Any:
        with desk.records.read() as session:
            return case_figures(cases_detected(session, *span), desk.clock.now())

    with desk.records.write() as session:
        desk.later(hours=1)
        acknowledge(session, opened.id, 1, LIN, desk.clock)
        desk.later(hours=9)
        resolve(session, opened.id, 2, LIN, desk.clock, cause="滤芯", outcome="换新")
    assert (seen().in_time, seen().resolution.median) == (1, timedelta(hours=10))
    with desk.records.write() as session:
        reopen(session, opened.id, 3, LIN, desk.clock, reason="又来了")
    assert (seen().in_time, seen().not_due, seen().closed) == (0, 1, 0)
    with desk.records.read() as session:
        assert [each.id for each in open_cases(session)] == [opened.id]
    desk.later(hours=20)
    with desk.records.write() as session:
        dismiss(session, opened.id, 4, LIN, desk.clock, reason="重复")
    found = seen()
    assert (found.late, found.dismissed) == (1, 1)
    assert found.resolution.median == timedelta(hours=30)
    # The first answer was given once, whatever came later.
    assert found.response.median == timedelta(hours=1)


def test_messages_are_counted_by_how_often_and_in_how_many_cases(desk: Desk) -> None:
    other = desk.add_cases(["另一个故事，说的是价格"])[0]
    [opened] = [case for case in desk.cases() if case.id != other]
    with desk.records.write() as session:
        for asset_id in ("asset_a", "asset_b"):
            session.add(
                Asset(
                    id=asset_id,
                    kind="message",
                    title=f"话术 {asset_id}",
                    description="",
                    state="published",
                    created_at=START,
                    updated_at=START,
                )
            )
            session.flush()
            session.add(
                AssetVersion(
                    id=f"v_{asset_id}",
                    asset_id=asset_id,
                    number=1,
                    state="published",
                    body={},
                    note="",
                    author="林岚",
                    created_at=START,
                    processing="done",
                )
            )
        session.flush()
        uses = [("asset_a", opened.id, 0), ("asset_b", opened.id, 1), ("asset_b", other, 2)]
        uses += [("asset_b", other, 3), ("asset_a", other, 99)]
        for number, (asset_id, case_id, hour) in enumerate(uses):
            session.add(
                MessageUse(
                    id=f"use_{number}",
                    case_id=case_id,
                    asset_id=asset_id,
                    version_id=f"v_{asset_id}",
                    version_number=1,
                    variant="",
                    text="",
                    user_name="林岚",
                    place="",
                    at=START + timedelta(hours=hour),
                )
            )
    with desk.records.read() as session:
        found = messages_used(session, START, START + timedelta(days=1))
        none = messages_used(session, START, START + timedelta(days=1), "brand_two")
    assert [(each.asset_id, each.cases, each.times) for each in found] == [
        ("asset_b", 2, 3),
        ("asset_a", 1, 1),
    ]
    assert none == []

"""How the library grew, against examples computed by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from assets.growth import AssetLife, Step, StepKind, asset_lives, growth, new_in
from storage.records import Records
from storage.records.audit import audit
from storage.records.library import Asset, AssetVersion, Review
from storage.records.watch import Brand

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday.
MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


def life(name: str, *steps: tuple[float, StepKind], kind: str = "media") -> AssetLife:
    """An asset with steps so many days after the Monday."""
    made = tuple(Step(MONDAY + timedelta(days=days), what) for days, what in steps)
    return AssetLife(name, kind, name, made)


def at(days: float) -> datetime:
    return MONDAY + timedelta(days=days)


def test_an_asset_is_published_until_it_is_taken_out_and_again_when_it_is_back() -> None:
    one = life("a", (1, "published"), (3, "out"), (5, "back"), (6, "published"), (8, "out"))
    seen = [one.is_published(at(day + 0.5)) for day in range(10)]
    assert seen == [False, True, True, False, False, True, True, True, False, False]
    assert one.first_published == at(1)


def test_what_was_put_away_as_a_draft_and_brought_back_is_not_published() -> None:
    one = life("a", (1, "out"), (2, "back"), (4, "published"))
    assert not one.is_published(at(3))
    assert one.is_published(at(4.5))


def test_the_moment_of_publication_belongs_to_what_comes_after_it() -> None:
    one = life("a", (7, "published"))
    assert not one.is_published(at(7))
    assert one.is_published(at(7) + timedelta(microseconds=1))
    assert new_in([one], at(0), at(7)) == []
    assert new_in([one], at(7), at(14)) == [one]


def test_each_week_shows_the_stock_when_it_ended_by_local_weeks() -> None:
    lives = [
        # Sunday 23:30 in Shanghai is Sunday 15:30 in UTC; half past midnight is the next week.
        life("sunday", (7 - 1 / 48, "published")),
        life("monday", (7 + 1 / 48, "published"), kind="message"),
        life("recalled", (1, "published"), (10, "out")),
    ]
    found = growth(lives, at(0), at(21), at(21), SHANGHAI, least_weeks=1)
    assert [week.start for week in found.weeks] == [at(0), at(7), at(14)]
    assert [dict(week.stock) for week in found.weeks] == [
        {"media": 2},
        {"media": 1, "message": 1},
        {"media": 1, "message": 1},
    ]
    assert (found.total, found.added) == (2, 3)
    assert dict(found.new) == {"media": 2, "message": 1}


def test_the_last_week_ends_now_and_what_comes_later_is_not_told() -> None:
    lives = [life("past", (1, "published")), life("tomorrow", (4, "published"))]
    found = growth(lives, at(0), at(7), at(3), SHANGHAI, least_weeks=1)
    assert [week.end for week in found.weeks] == [at(3)]
    assert found.total == 1


def test_a_short_period_shows_the_weeks_before_it_too() -> None:
    found = growth([], at(2), at(3), at(30), SHANGHAI)
    assert len(found.weeks) == 8
    assert found.weeks[-1].start == MONDAY
    assert found.weeks[0].start == MONDAY - timedelta(weeks=7)
    assert found.added == found.total == 0


def test_a_week_with_a_clock_change_is_a_week_by_the_calendar() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 23, tzinfo=berlin)
    found = growth([], start, start + 14 * DAY, start + 14 * DAY, berlin, least_weeks=1)
    assert [week.start.hour for week in found.weeks] == [0, 0]
    assert [week.start.date().isoformat() for week in found.weeks] == ["2026-03-23", "2026-03-30"]


def put(records: Records, name: str, published: datetime | None, brand: str | None = None) -> None:
    with records.write() as session:
        session.add(
            Asset(
                id=name,
                brand_id=brand,
                kind="media",
                title=name,
                description="",
                state="published",
                published_at=published,
                created_at=at(0),
                updated_at=at(0),
            )
        )
        session.flush()
        session.add(
            AssetVersion(
                id=f"v_{name}",
                asset_id=name,
                number=1,
                state="published",
                note="",
                author="林岚",
                created_at=at(0),
                processing="done",
            )
        )


def approve(records: Records, name: str, days: Sequence[float]) -> None:
    with records.write() as session:
        for day in days:
            session.add(
                Review(
                    id=f"review_{name}_{day}",
                    asset_id=name,
                    version_id=f"v_{name}",
                    digest="",
                    state="approved",
                    requester="林岚",
                    note="",
                    requested_at=at(day),
                    closed_at=at(day),
                )
            )


def test_lives_are_read_from_approved_reviews_and_the_audit_trail(records: Records) -> None:
    with records.write() as session:
        session.add(Brand(id="brand_own", name="星澜科技", role="own", created_at=at(0)))
    put(records, "twice", at(5), "brand_own")
    put(records, "imported", at(2))
    put(records, "draft", None)
    approve(records, "twice", (1, 5))
    with records.write() as session:
        audit(session, at(3).astimezone(UTC), "林岚", "asset.recalled", "asset", "twice")
        audit(session, at(3).astimezone(UTC), "林岚", "asset.edited", "asset", "imported")
    with records.read() as session:
        lives = {each.id: each for each in asset_lives(session)}
        owned = asset_lives(session, "brand_own")
    assert set(lives) == {"twice", "imported"}
    assert [(step.at, step.kind) for step in lives["twice"].steps] == [
        (at(1), "published"),
        (at(3), "out"),
        (at(5), "published"),
    ]
    assert lives["imported"].first_published == at(2)
    assert [each.id for each in owned] == ["twice"]

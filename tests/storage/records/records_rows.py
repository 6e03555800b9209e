"""Rows of many kinds for the tests of copies: every type of column, texts no engine takes."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from storage.records.accounts import AuditEvent, User
from storage.records.cases import Case, CaseMention
from storage.records.library import Asset, Evidence, TextLayer
from storage.records.library import AssetVersion as Version
from storage.records.marks import CalibrationFit, MentionMark
from storage.records.stories import Story, StoryBand, StoryMember
from storage.records.watch import Brand, Source

NOW = datetime(2026, 7, 1, 8, 0, 0, 123456, tzinfo=UTC)
WIDEST = 2**63 - 1


def add_some_of_everything(session: Session) -> None:
    """Add a row or more of the tables that have the hardest types."""
    session.add(
        User(
            id="u",
            username="林岚",
            display_name="a\0b",
            role="admin",
            password_hash="",
            created_at=NOW,
        )
    )
    for name in ("b1", "b2"):
        session.add(
            Brand(id=name, name=f"星澜{name}", role="own", aliases=["😀", "c\0d"], created_at=NOW)
        )
    session.add(
        Source(
            id="s",
            name="s",
            kind="feed",
            url="https://example.cn",
            platform="news",
            identity="url",
            interval_s=WIDEST,
            delay_s=0.1 + 0.2,
            rules={"z": 1, "a": [None, True, 1.5, 1e-300, {"深": "\ud800"}]},
            created_at=NOW,
            next_due_at=datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        )
    )
    session.add(
        Story(
            id="st",
            number=1,
            first_mention_id="m",
            first_at=NOW,
            text="x",
            signature=bytes(range(256)),
            mention_count=1,
        )
    )
    session.flush()
    for key in (-WIDEST, 0, WIDEST):
        session.add(StoryBand(key=key, story_number=1))
    for number in range(2_500):
        session.add(StoryMember(mention_id=f"m{number}", story_id="st", at=NOW))
    session.add(_case())
    session.flush()
    session.add(
        CaseMention(
            mention_id="m",
            brand_id="b1",
            case_id="c",
            joined_at=NOW,
            published_at=NOW,
            heat=2**40,
            p_negative=1.0,
            evidence={"text": "半\udc00个\0", "n": 3},
        )
    )
    session.add(
        Asset(
            id="a",
            kind="message",
            title="t",
            description="",
            state="draft",
            tags=[],
            created_at=NOW,
            updated_at=NOW,
        )
    )
    session.flush()
    session.add(
        Version(
            id="v",
            asset_id="a",
            number=1,
            state="draft",
            body=None,
            note="",
            author="林岚",
            created_at=NOW,
            processing="done",
        )
    )
    session.add(
        Evidence(
            id="e",
            asset_id="a",
            claim="",
            issuer="",
            method="",
            scope="",
            period="",
            valid_until=date(2026, 2, 28),
            created_at=NOW,
        )
    )
    session.flush()
    for page in (1, 2, 10):
        session.add(TextLayer(version_id="v", page=page, source="ocr", text="页"))
    for number in range(3):
        session.add(
            AuditEvent(
                at=NOW + timedelta(microseconds=number),
                actor="林岚",
                action="do",
                record_type="case",
                record_id="c",
                detail={"n": number},
            )
        )
    _add_calibration(session)


def a_mark() -> MentionMark:
    """Make a mark that the database has yet to number."""
    return MentionMark(
        mention_id="m",
        subject="",
        said="neutral",
        engine_label="negative",
        p_negative=1 / 3,
        p_neutral=1 / 3,
        p_positive=1 / 3,
        engine="e",
        origin="found",
        actor_name="林岚",
        at=NOW,
    )


def _add_calibration(session: Session) -> None:
    session.add(
        CalibrationFit(
            scope="brand",
            key="b1",
            engine="e",
            parameters={"temperature": 1.25},
            figures={},
            marks=1,
            last_mark_id=1,
            in_use=True,
            reason="",
            at=NOW,
        )
    )
    session.add_all([a_mark(), a_mark(), a_mark()])


def _case() -> Case:
    return Case(
        id="c",
        brand_id="b1",
        story_id="st",
        title="标题",
        state="new",
        severity="high",
        reason={},
        signature=b"",
        normal_length=1,
        text="x",
        policy={},
        recipients=["a@example.cn"],
        opened_at=NOW,
        detected_at=NOW,
        first_published_at=NOW,
        response_due_at=NOW,
        resolution_due_at=NOW,
        owner_id="u",
        mention_count=1,
        heat=2**40,
        p_negative=0.9,
        trace_id="t",
    )

"""Makes marks for the tests of what people teach."""

from datetime import UTC, datetime
from typing import Any

from storage.records import Records
from storage.records.marks import MentionMark

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
ENGINE = "words-1"


def mark(mention_id: str, subject: str = "", label: str = "neutral", **values: Any) -> MentionMark:
    given: dict[str, Any] = {
        "engine_label": "negative",
        "p_negative": 0.6,
        "p_neutral": 0.3,
        "p_positive": 0.1,
        "engine": ENGINE,
        "calibration_id": None,
        "source_type": "forum",
        "origin": "found",
        "actor_id": "user_lin",
        "actor_name": "林岚",
        "at": NOON,
    }
    return MentionMark(mention_id=mention_id, subject=subject, label=label, **(given | values))


def put(records: Records, *marks: MentionMark) -> None:
    with records.write() as session:
        for each in marks:
            session.add(each)
            session.flush()


def harsh(first: int, count: int, **values: Any) -> list[MentionMark]:
    """What people say of an engine that is sure, and wrongly calls half of the neutral negative."""
    found = []
    for number in range(first, first + count):
        calm = {"engine_label": "neutral", "p_negative": 0.3, "p_neutral": 0.6}
        sure = {"p_negative": 0.9, "p_neutral": 0.05, "p_positive": 0.05}
        label, shape = [("neutral", {}), ("neutral", calm), ("negative", sure)][number % 3]
        found.append(mark(f"m{number:04}", "brand_own", label, **(shape | values)))
    return found

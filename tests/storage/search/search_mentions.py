"""Makes mentions for the tests of search."""

from datetime import UTC, datetime
from typing import Any

from storage.mentions import Engagement, Label, Mention, MentionBrand, Span

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)  # noon in Shanghai


def brand(key: str, label: Label = "neutral", role: str = "own") -> MentionBrand:
    return MentionBrand(key, key.upper(), role, (Span(0, 1),), label, 0.2, 0.5, 0.3)  # type: ignore[arg-type]


def mention(key: str, text: str = "无事", **changes: Any) -> Mention:
    fields: dict[str, Any] = {
        "id": key,
        "url": f"https://example.cn/{key}",
        "platform": "weibo",
        "kind": "post",
        "title": "",
        "text": text,
        "author": "a1",
        "published_at": NOON,
        "detected_at": NOON,
        "engagement": Engagement(),
        "brands": (),
        "label": "neutral",
        "p_negative": 0.1,
        "p_neutral": 0.8,
        "p_positive": 0.1,
        "contributions": (),
        "activity": None,
        "story_id": f"story-{key}",
        "source_id": None,
        "scorer": "v1",
        "batch_id": "batch-1",
        "trace_id": "trace-1",
    }
    return Mention(**(fields | changes))

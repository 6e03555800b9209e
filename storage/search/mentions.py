"""The mention as a stored document, and the collection's keyword fields, for every engine."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import starmap
from typing import Any

from core.folding import fold
from storage.mentions import Contribution, Engagement, Mention, MentionBrand, Span
from storage.search.syntax import FieldName

DOCUMENT_VERSION = 1
_MAX_COUNT = 2**63 - 1

# Ids are compared as they are; of the words that people type, case and width do not matter.
_EXACT: frozenset[FieldName] = frozenset({"brand", "story", "source"})


def encode(mention: Mention) -> bytes:
    """Return *mention* as JSON in UTF-8, engagement left out: counts change, the rest does not.

    Lone surrogates, which broken pages hold, are kept.
    """
    document = json.dumps(to_document(mention), ensure_ascii=False, separators=(",", ":"))
    return document.encode("utf-8", "surrogatepass")


def decode(document: bytes, engagement: Engagement) -> Mention:
    """Return the mention that ``encode`` wrote, with the counts given."""
    return from_document(json.loads(document.decode("utf-8", "surrogatepass")), engagement)


def to_document(mention: Mention) -> dict[str, Any]:
    """Return the fields of *mention* as JSON values; times are ISO 8601 in full precision."""
    return {
        "v": DOCUMENT_VERSION,
        "id": mention.id,
        "url": mention.url,
        "platform": mention.platform,
        "kind": mention.kind,
        "title": mention.title,
        "text": mention.text,
        "author": mention.author,
        "published_at": mention.published_at.isoformat(),
        "detected_at": mention.detected_at.isoformat(),
        "brands": [_brand_document(brand) for brand in mention.brands],
        "label": mention.label,
        "p": [mention.p_negative, mention.p_neutral, mention.p_positive],
        "contributions": _parts(mention.contributions),
        "activity": mention.activity,
        "story_id": mention.story_id,
        "source_id": mention.source_id,
        "scorer": mention.scorer,
        "batch_id": mention.batch_id,
        "trace_id": mention.trace_id,
        "case_ids": mention.case_ids,
        # Left out where they say nothing.
        **({"words": _parts(mention.words)} if mention.words else {}),
        **({"calibration": mention.calibration} if mention.calibration is not None else {}),
        **({"marked": mention.marked} if mention.marked else {}),
    }


def from_document(document: dict[str, Any], engagement: Engagement) -> Mention:
    """Return the mention of a document that ``to_document`` made."""
    negative, neutral, positive = document["p"]
    # By place: this runs for every hit, and names cost a third more.
    return Mention(
        document["id"],
        document["url"],
        document["platform"],
        document["kind"],
        document["title"],
        document["text"],
        document["author"],
        datetime.fromisoformat(document["published_at"]),
        datetime.fromisoformat(document["detected_at"]),
        engagement,
        tuple(map(_brand, document["brands"])),
        document["label"],
        negative,
        neutral,
        positive,
        tuple(starmap(Contribution, document["contributions"])),
        document["activity"],
        document["story_id"],
        document["source_id"],
        document["scorer"],
        document["batch_id"],
        document["trace_id"],
        tuple(document["case_ids"]),
        document.get("calibration"),
        document.get("marked", 0),
        tuple(starmap(Contribution, document.get("words", ()))),
    )


def keywords(mention: Mention) -> Iterator[tuple[FieldName, str]]:
    """Yield the (field, value) pairs that *mention* can be filtered by, labels left out."""
    yield "platform", mention.platform
    yield "kind", mention.kind
    yield "story", mention.story_id
    if mention.activity is not None:
        yield "activity", mention.activity
    if mention.source_id is not None:
        yield "source", mention.source_id
    for brand in mention.brands:
        yield "brand", brand.id
        yield "role", brand.role


def comparable(field: FieldName, value: str) -> str:
    """Return the form of *value* under which two values of *field* are the same."""
    return value if field in _EXACT else fold(value)


def grown(old: Engagement, new: Engagement) -> Engagement:
    """Return the larger of each count; None never replaces a number."""
    return Engagement(
        _larger(old.likes, new.likes),
        _larger(old.comments, new.comments),
        _larger(old.shares, new.shares),
        _larger(old.views, new.views),
    )


def counts(engagement: Engagement) -> tuple[int | None, ...]:
    """Return the four counts in order, cut to what every engine holds."""
    found = (engagement.likes, engagement.comments, engagement.shares, engagement.views)
    return tuple(None if count is None else min(count, _MAX_COUNT) for count in found)


def relabelled(held: Mention, wanted: Mention) -> Mention:
    """Return *held* with the sentiment of *wanted*, whole and towards the brands of both."""
    towards = {brand.id: brand for brand in wanted.brands}
    return replace(
        held,
        label=wanted.label,
        p_negative=wanted.p_negative,
        p_neutral=wanted.p_neutral,
        p_positive=wanted.p_positive,
        brands=tuple(
            _relabelled_brand(brand, towards.get(brand.id, brand)) for brand in held.brands
        ),
        marked=wanted.marked,
    )


def _relabelled_brand(held: MentionBrand, wanted: MentionBrand) -> MentionBrand:
    return replace(
        held,
        label=wanted.label,
        p_negative=wanted.p_negative,
        p_neutral=wanted.p_neutral,
        p_positive=wanted.p_positive,
    )


def _larger(old: int | None, new: int | None) -> int | None:
    return max((count for count in (old, new) if count is not None), default=None)


def _parts(parts: Sequence[Contribution]) -> list[list[float]]:
    return [[part.start, part.end, part.weight] for part in parts]


def _brand_document(brand: MentionBrand) -> dict[str, Any]:
    return {
        "id": brand.id,
        "name": brand.name,
        "role": brand.role,
        "spans": [[span.start, span.end] for span in brand.spans],
        "label": brand.label,
        "p": [brand.p_negative, brand.p_neutral, brand.p_positive],
        **({"calibration": brand.calibration} if brand.calibration is not None else {}),
    }


def _brand(document: dict[str, Any]) -> MentionBrand:
    negative, neutral, positive = document["p"]
    return MentionBrand(
        document["id"],
        document["name"],
        document["role"],
        tuple(starmap(Span, document["spans"])),
        document["label"],
        negative,
        neutral,
        positive,
        document.get("calibration"),
    )

"""The forms in which records leave by REST and by the command line's JSON; see the contract."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.evidence import Evidence
from alerts.queries import CaseRow
from alerts.timeline import TimelineEntry
from core.clock import isoformat
from storage.mentions import Mention, MentionBrand
from storage.records.watch import Brand, Source


def mention_form(mention: Mention, case_ids: Sequence[str]) -> dict[str, Any]:
    """Return a mention as the contract's fields."""
    counts = mention.engagement
    return {
        "id": mention.id,
        "url": mention.url,
        "platform": mention.platform,
        "kind": mention.kind,
        "title": mention.title,
        "text": mention.text,
        "author": mention.author,
        "published_at": isoformat(mention.published_at),
        "detected_at": isoformat(mention.detected_at),
        "engagement": {
            "likes": counts.likes,
            "comments": counts.comments,
            "shares": counts.shares,
            "views": counts.views,
        },
        "brands": [_brand_of_mention(brand) for brand in mention.brands],
        "label": mention.label,
        "p_negative": round(mention.p_negative, 6),
        "p_neutral": round(mention.p_neutral, 6),
        "p_positive": round(mention.p_positive, 6),
        "activity": mention.activity,
        "story_id": mention.story_id,
        "case_ids": list(case_ids),
        "trace_id": mention.trace_id,
    }


def case_form(case: CaseRow) -> dict[str, Any]:
    """Return a case as the contract's fields."""
    return {
        "id": case.id,
        "title": case.title,
        "brand": {"id": case.brand.id, "name": case.brand.name},
        "state": case.state,
        "severity": case.severity,
        "opened_at": isoformat(case.opened_at),
        "detected_at": isoformat(case.detected_at),
        "response_due_at": isoformat(case.response_due_at),
        "resolution_due_at": isoformat(case.resolution_due_at),
        "acknowledged_at": _moment(case.acknowledged_at),
        "resolved_at": _moment(case.resolved_at),
        "owner": {"id": case.owner.id, "name": case.owner.name} if case.owner else None,
        "mention_count": case.mention_count,
        "version": case.version,
    }


def evidence_form(item: Evidence) -> dict[str, Any]:
    """Return the copy of a mention that a case keeps."""
    return {
        "mention_id": item.mention_id,
        "url": item.url,
        "platform": item.platform,
        "title": item.title,
        "text": item.text,
        "author": item.author,
        "published_at": isoformat(item.published_at),
        "detected_at": isoformat(item.detected_at),
        "joined_at": isoformat(item.joined_at),
        "heat": item.heat,
        "label": item.label,
        "p_negative": round(item.p_negative, 6),
        "marked_by": item.marked_by or None,
    }


def timeline_form(entry: TimelineEntry) -> dict[str, Any]:
    """Return one step of a case."""
    return {
        "at": isoformat(entry.at),
        "kind": entry.kind,
        "actor": entry.actor_name,
        "sentence": entry.sentence,
        "count": entry.count,
    }


def brand_form(brand: Brand) -> dict[str, Any]:
    """Return a brand."""
    return {
        "id": brand.id,
        "name": brand.name,
        "role": brand.role,
        "aliases": brand.aliases,
        "products": brand.products,
        "people": brand.people,
        "exclude": brand.exclude,
        "context": brand.context,
        "archived_at": _moment(brand.archived_at),
        "version": brand.version,
    }


def source_form(source: Source) -> dict[str, Any]:
    """Return a source with its health."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "platform": source.platform,
        "source_type": source.source_type,
        "identity": source.identity,
        "rules": source.rules,
        "interval_s": source.interval_s,
        "delay_s": source.delay_s,
        "obey_robots": source.obey_robots,
        "max_pages": source.max_pages,
        "trusted": source.trusted,
        "enabled": source.enabled,
        "next_due_at": isoformat(source.next_due_at),
        "last_success_at": _moment(source.last_success_at),
        "last_new_at": _moment(source.last_new_at),
        "failures": source.failures,
        "last_error": source.last_error,
        "last_hint": source.last_hint,
        "items_total": source.items_total,
        "new_total": source.new_total,
        "version": source.version,
    }


def _brand_of_mention(brand: MentionBrand) -> dict[str, Any]:
    return {
        "id": brand.id,
        "name": brand.name,
        "role": brand.role,
        "spans": [[span.start, span.end] for span in brand.spans],
        "label": brand.label,
        "p_negative": round(brand.p_negative, 6),
    }


def _moment(value: datetime | None) -> str | None:
    return isoformat(value) if value is not None else None

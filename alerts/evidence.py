"""Evidence: what a mention said when it joined a case, kept because posts are deleted."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.clock import isoformat, parse_iso
from storage.mentions import Contribution, Engagement, Mention, MentionBrand, Span, full_text
from storage.records.cases import CaseMention

_SCHEMA = 1


@dataclass(frozen=True)
class Evidence:
    """One mention of a case as it was. Times are aware UTC; spans index ``full_text``.

    *author* is the mask that the crawl made. *heat* grows with later sights of the mention,
    *engagement* stays what it was at joining. *label* and *p_negative* are towards the case's
    brand; *marked_by* names the person who set them, empty where the engine did.
    """

    mention_id: str
    case_id: str
    joined_at: datetime
    published_at: datetime
    detected_at: datetime
    platform: str
    kind: str
    title: str
    text: str
    url: str | None
    author: str | None
    engagement: Engagement
    heat: int
    p_negative: float
    label: str
    spans: tuple[Span, ...]
    contributions: tuple[Contribution, ...]
    story_id: str
    source_id: str | None
    marked_by: str = ""
    words: tuple[Contribution, ...] = ()

    @property
    def full_text(self) -> str:
        """Title and text as one string, the string that spans and contributions refer to."""
        return full_text(self.title, self.text)


def copy_of(mention: Mention, brand: MentionBrand) -> dict[str, Any]:
    """Return what ``CaseMention.evidence`` keeps of *mention* for a case of *brand*."""
    return {
        "v": _SCHEMA,
        "platform": mention.platform,
        "kind": mention.kind,
        "title": mention.title,
        "text": mention.text,
        "url": mention.url,
        "author": mention.author,
        "detected_at": isoformat(mention.detected_at),
        "engagement": asdict(mention.engagement),
        "label": brand.label,
        "activity": mention.activity,
        "scorer": mention.scorer,
        "spans": [[span.start, span.end] for span in brand.spans],
        "contributions": [[part.start, part.end, part.weight] for part in mention.contributions],
        "words": [[part.start, part.end, part.weight] for part in mention.words],
        "story_id": mention.story_id,
        "source_id": mention.source_id,
        "batch_id": mention.batch_id,
        "trace_id": mention.trace_id,
    }


def read_evidence(row: CaseMention) -> Evidence:
    """Read the copy back."""
    kept = row.evidence
    return Evidence(
        mention_id=row.mention_id,
        case_id=row.case_id,
        joined_at=row.joined_at,
        published_at=row.published_at,
        detected_at=parse_iso(kept["detected_at"]),
        platform=kept["platform"],
        kind=kept["kind"],
        title=kept["title"],
        text=kept["text"],
        url=kept["url"],
        author=kept["author"],
        engagement=Engagement(**kept["engagement"]),
        heat=row.heat,
        p_negative=row.p_negative,
        label=kept["label"],
        spans=tuple(Span(*span) for span in kept["spans"]),
        contributions=tuple(Contribution(*part) for part in kept["contributions"]),
        story_id=kept["story_id"],
        source_id=kept["source_id"],
        marked_by=kept.get("marked_by", ""),
        # Copies of before words were told have none.
        words=tuple(Contribution(*part) for part in kept.get("words", ())),
    )

"""What lists and pages show of the library: plain values, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assets.block import Block


@dataclass(frozen=True)
class AssetRow:
    """One asset of a list.

    The version told of is the published one, or the newest while none is published; *newest* is
    the number of the newest. *locked_version* is what every change of the asset must name.
    *brand* is (id, name). *size* is in bytes; *expires_on* is the last day on which rights and
    evidence hold; *blocked_by* says why it is not *available* today. Times are aware, in UTC.
    """

    id: str
    kind: str
    scenario: str | None
    title: str
    description: str
    tags: tuple[str, ...]
    brand: tuple[str, str] | None
    state: str
    available: bool
    blocked_by: tuple[Block, ...]
    version: int
    version_id: str
    newest: int
    newest_id: str
    newest_state: str
    media_type: str | None
    size: int | None
    sha256: str | None
    filename: str | None
    facts: Mapping[str, Any]
    processing: str
    fault: str | None
    owner: str
    owner_id: str | None
    recall_reason: str | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    expires_on: date | None
    thumb: bool
    locked_version: int


@dataclass(frozen=True)
class VersionRow:
    """One version of an asset; *layers* counts its pages with text, *pictures* names renditions."""

    id: str
    number: int
    state: str
    sha256: str | None
    filename: str | None
    media_type: str | None
    size: int | None
    body: Mapping[str, Any] | None
    facts: Mapping[str, Any]
    note: str
    author: str
    author_id: str | None
    created_at: datetime
    processing: str
    fault: str | None
    layers: int
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class WaiverRow:
    """Who lets a finding pass, and why."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class FindingRow:
    """What the wording check found at *start* to *end* (code points) of *place*."""

    id: int
    place: str
    start: int
    end: int
    rule_id: str
    category: str
    severity: str
    matched: str
    sentence: str
    statute: str
    suggestion: str
    why: str
    rules_version: str
    waiver: WaiverRow | None


@dataclass(frozen=True)
class DecisionRow:
    """What one side decided."""

    side: str
    reviewer: str
    reviewer_id: str
    verdict: str
    comment: str
    at: datetime


@dataclass(frozen=True)
class ReviewRow:
    """A request to publish version *number*; *version* is what a decision must name."""

    id: str
    asset_id: str
    title: str
    kind: str
    version_id: str
    number: int
    digest: str
    state: str
    requester: str
    requested_by: str | None
    note: str
    requested_at: datetime
    closed_at: datetime | None
    version: int
    decisions: tuple[DecisionRow, ...]

    def decision(self, side: str) -> DecisionRow | None:
        """Return what *side* decided, None while it has not."""
        return next((each for each in self.decisions if each.side == side), None)


@dataclass(frozen=True)
class RightRow:
    """A licence; empty *territories* or *channels* mean everywhere, the dates are inclusive."""

    id: str
    subject: str
    licensor: str
    contract: str
    territories: tuple[str, ...]
    channels: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    note: str


@dataclass(frozen=True)
class EvidenceRow:
    """What proves a claim; *file* is the (id, title) of the asset that holds the document."""

    id: str
    claim: str
    issuer: str
    method: str
    scope: str
    period: str
    valid_until: date | None
    file: tuple[str, str] | None


@dataclass(frozen=True)
class UseRow:
    """That a message was used in a case."""

    id: str
    case_id: str
    version_number: int
    variant: str
    place: str
    user: str
    at: datetime


@dataclass(frozen=True)
class HistoryRow:
    """Something that was done; ``assets.sentences.history_sentence`` says it in other tongues."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]
    sentence: str


@dataclass(frozen=True)
class AssetDetail:
    """Everything that the page of an asset shows.

    *versions* and *reviews* and *history* stand newest first; *findings* are the newest
    version's, in the order of its places; *layers* counts its pages with text.
    """

    row: AssetRow
    versions: tuple[VersionRow, ...]
    layers: int
    findings: tuple[FindingRow, ...]
    reviews: tuple[ReviewRow, ...]
    rights: tuple[RightRow, ...]
    evidence: tuple[EvidenceRow, ...]
    uses: tuple[UseRow, ...]
    history: tuple[HistoryRow, ...]

    @property
    def open_review(self) -> ReviewRow | None:
        """The review that waits for decisions."""
        return next((review for review in self.reviews if review.state == "open"), None)

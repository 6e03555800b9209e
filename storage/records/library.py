"""The asset library: files by content, assets with their versions, reviews, rights and evidence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class Blob(Base):
    """Content that is held, once, whoever brought it; its object key follows from *sha256* (hex).

    *size* is in bytes, *media_type* what sniffing found. *verified_at* is when the stored bytes
    were last read and hashed.
    """

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime]


class Upload(Base):
    """A file on its way in, in parts of *part_size* bytes that may come again after a cut.

    *state* is open, complete or refused (then *fault* says why). *sha256* is what the sender
    declared until the upload is complete, and what was measured then.
    """

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str | None]
    actor: Mapped[str]
    filename: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    part_size: Mapped[int]
    sha256: Mapped[str | None]
    media_type: Mapped[str | None]
    state: Mapped[str]
    fault: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Asset(Base):
    """A thing of the library. *kind* and *state* are words of ``assets.words``.

    *current_version_id* is the newest version, *published_version_id* the one that outsiders get.
    *scenario* is set for messages only. *revision* counts every change that search should know.
    """

    __tablename__ = "assets"
    __table_args__ = (
        Index("ix_assets_kind_state", "kind", "state"),
        Index("ix_assets_scenario", "scenario"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    brand_id: Mapped[str | None] = mapped_column(ForeignKey("brands.id"), index=True)
    kind: Mapped[str]
    scenario: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(default=list)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str]
    recall_reason: Mapped[str | None]
    current_version_id: Mapped[str | None]
    published_version_id: Mapped[str | None]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)


class AssetVersion(Base):
    """What an asset held at a time; its file or body never changes.

    Either *sha256* with *filename*, *media_type* and *size* (bytes), or *body* for messages.
    *facts* are technical: pages, width and height in pixels, colours … *processing* is pending,
    done or failed (then *fault* says why); the worker claims by the lease columns.
    """

    __tablename__ = "asset_versions"
    __table_args__ = (
        UniqueConstraint("asset_id", "number"),
        Index("ix_asset_versions_due", "next_due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"))
    number: Mapped[int]
    state: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    filename: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[dict[str, Any] | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    author: Mapped[str]
    created_at: Mapped[datetime]

    processing: Mapped[str]
    fault: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_fence: Mapped[int] = mapped_column(default=0)


class TextLayer(Base):
    """The text of one page of a version: *source* is embedded, office, plain, message or ocr."""

    __tablename__ = "text_layers"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("asset_versions.id", ondelete="CASCADE"), primary_key=True
    )
    page: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    text: Mapped[str]


class Rendition(Base):
    """A picture made from a version: *name* is thumb, preview or page-N; sizes in pixels."""

    __tablename__ = "renditions"

    version_id: Mapped[str] = mapped_column(
        ForeignKey("asset_versions.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    object_key: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]


class Review(Base):
    """A request to publish one version, bound to *digest*, the hash of everything it says.

    *state* is open, approved, rejected, void (the digest changed) or withdrawn.
    """

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_state", "state", "requested_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("asset_versions.id"))
    digest: Mapped[str]
    state: Mapped[str]
    requested_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    requester: Mapped[str]
    note: Mapped[str]
    requested_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Decision(Base):
    """What one reviewer decided for one of the two sides, legal or compliance."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("review_id", "side"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"))
    side: Mapped[str]
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reviewer: Mapped[str]
    verdict: Mapped[str]
    comment: Mapped[str]
    digest: Mapped[str]
    at: Mapped[datetime]


class WordingFinding(Base):
    """What the wording check found in a version, and who lets it pass and why.

    *place* names the text: title, description, statement … or page-N; *start* and *end* are code
    points of it.
    """

    __tablename__ = "wording_findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[str] = mapped_column(
        ForeignKey("asset_versions.id", ondelete="CASCADE"), index=True
    )
    place: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    rule_id: Mapped[str]
    category: Mapped[str]
    severity: Mapped[str]
    matched: Mapped[str]
    sentence: Mapped[str]
    statute: Mapped[str]
    suggestion: Mapped[str]
    why: Mapped[str]
    rules_version: Mapped[str]
    found_at: Mapped[datetime]
    waived_by: Mapped[str | None]
    waived_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    waiver_reason: Mapped[str | None]
    waived_at: Mapped[datetime | None]


class Evidence(Base):
    """What proves a claim of an asset; *valid_until* is its last day. The file is another asset."""

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)
    claim: Mapped[str]
    issuer: Mapped[str]
    method: Mapped[str]
    scope: Mapped[str]
    period: Mapped[str]
    valid_until: Mapped[date | None]
    file_asset_id: Mapped[str | None] = mapped_column(ForeignKey("assets.id"))
    created_at: Mapped[datetime]


class UsageRight(Base):
    """A licence that limits an asset. Empty *territories* or *channels* mean everywhere.

    *valid_from* and *valid_until* are the first and the last day. All rights of an asset must hold
    at once: the picture's, the talent's, the font's.
    """

    __tablename__ = "usage_rights"

    id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)
    subject: Mapped[str]
    licensor: Mapped[str]
    contract: Mapped[str]
    territories: Mapped[list[str]] = mapped_column(default=list)
    channels: Mapped[list[str]] = mapped_column(default=list)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None] = mapped_column(index=True)
    note: Mapped[str]
    created_at: Mapped[datetime]


class MessageUse(Base):
    """That a person used an approved message in a case: which version and variant, where, when."""

    __tablename__ = "message_uses"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("asset_versions.id"))
    version_number: Mapped[int]
    variant: Mapped[str]
    text: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    user_name: Mapped[str]
    place: Mapped[str]
    at: Mapped[datetime]


class IndexOutbox(Base):
    """That search must learn of a record's change: committed with it, carried by the worker.

    One row a record; *fence*-checked like every lease. *record_type* is asset or mention.
    """

    __tablename__ = "index_outbox"
    __table_args__ = (
        UniqueConstraint("record_type", "record_id"),
        Index("ix_index_outbox_due", "next_due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    record_type: Mapped[str]
    record_id: Mapped[str]
    revision: Mapped[int]
    next_due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_fence: Mapped[int] = mapped_column(default=0)

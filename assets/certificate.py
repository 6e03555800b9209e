"""The approval certificate: who let which content pass, on what proof, under which rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.digest import body_hash, content_digest, content_hash
from assets.review_rows import review_rows
from assets.row_detail import evidence_rows
from assets.row_shapes import EvidenceRow, ReviewRow
from core.errors import NotFound
from storage.records.accounts import AuditEvent
from storage.records.library import Asset, AssetVersion, Evidence, Review

Standing = Literal["published", "superseded", "recalled", "archived"]


@dataclass(frozen=True)
class Certificate:
    """What was approved. *content_hash* is the SHA-256 (hex) of the file, or of the body.

    *unchanged* says whether metadata, rights and evidence still are what was approved;
    *rules_version* names the wording rules by which it was published.
    """

    asset_id: str
    title: str
    kind: str
    number: int
    content_hash: str
    standing: Standing
    recall_reason: str | None
    published_at: datetime | None
    review: ReviewRow
    unchanged: bool
    evidence: tuple[EvidenceRow, ...]
    rules_version: str


def certificate(session: Session, asset_id: str, number: int | None = None) -> Certificate:
    """Return the certificate of version *number*, without it the published one's.

    Raises ``NotFound`` when that was never approved.
    """
    asset = session.get(Asset, asset_id)
    if asset is None:
        raise NotFound("没有这个资产，请回到资产列表。")
    wanted = AssetVersion.id == asset.published_version_id
    if number is not None:
        wanted = AssetVersion.number == number
    version = session.scalars(
        select(AssetVersion).where(AssetVersion.asset_id == asset_id, wanted)
    ).first()
    review = None if version is None else _approval(session, version.id)
    if version is None or review is None:
        raise NotFound("这个版本没有通过审核，还没有证明。")
    return _certificate(session, asset, version, review)


def approvals_of(session: Session, sha256: str) -> list[Certificate]:
    """Return the certificates of every approved version with exactly this content, newest first.

    *sha256* (hex) is a file's or a message body's. Recalled and superseded ones are told too:
    that is what whoever holds a copy must know.
    """
    wanted = sha256.lower()
    found = list(session.scalars(select(AssetVersion).where(AssetVersion.sha256 == wanted)))
    bodies = session.scalars(
        select(AssetVersion).where(
            AssetVersion.body.is_not(None), AssetVersion.state.in_(("published", "superseded"))
        )
    )
    found += [each for each in bodies if body_hash(each.body or {}) == wanted]
    certificates = []
    for version in found:
        review = _approval(session, version.id)
        if review is not None:
            asset = session.get_one(Asset, version.asset_id)
            certificates.append(_certificate(session, asset, version, review))
    return sorted(certificates, key=lambda each: each.review.requested_at, reverse=True)


def _approval(session: Session, version_id: str) -> Review | None:
    return session.scalars(
        select(Review)
        .where(Review.version_id == version_id, Review.state == "approved")
        .order_by(Review.closed_at.desc())
    ).first()


def _certificate(
    session: Session, asset: Asset, version: AssetVersion, review: Review
) -> Certificate:
    proofs: Sequence[Evidence] = session.scalars(
        select(Evidence)
        .where(Evidence.asset_id == asset.id)
        .order_by(Evidence.created_at, Evidence.id)
    ).all()
    return Certificate(
        asset_id=asset.id,
        title=asset.title,
        kind=asset.kind,
        number=version.number,
        content_hash=content_hash(version),
        standing=_standing(asset, version),
        recall_reason=asset.recall_reason,
        published_at=review.closed_at,
        review=review_rows(session, [review])[0],
        unchanged=content_digest(session, version) == review.digest,
        evidence=evidence_rows(session, proofs),
        rules_version=_rules_version(session, review.id),
    )


def _rules_version(session: Session, review_id: str) -> str:
    """A version without findings names no rules, so that the publication itself does."""
    event = session.scalars(
        select(AuditEvent).where(
            AuditEvent.record_type == "review",
            AuditEvent.record_id == review_id,
            AuditEvent.action == "review.published",
        )
    ).first()
    return "" if event is None else str(event.detail.get("rules_version", ""))


def _standing(asset: Asset, version: AssetVersion) -> Standing:
    if version.id != asset.published_version_id:
        return "superseded"
    if asset.state == "recalled":
        return "recalled"
    return "archived" if asset.state == "archived" else "published"

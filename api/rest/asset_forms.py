"""The forms in which assets and reviews leave by REST; see the contract."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from assets.block import Block
from assets.certificate import Certificate
from assets.row_shapes import (
    AssetDetail,
    AssetRow,
    EvidenceRow,
    FindingRow,
    HistoryRow,
    ReviewRow,
    RightRow,
    UseRow,
    VersionRow,
)
from assets.wording import DISCLAIMER
from core.clock import isoformat


def asset_form(row: AssetRow) -> dict[str, Any]:
    """Return an asset as the contract's fields and more.

    *version* is the number of the version that is told of, *locked_version* what a change names.
    """
    return {
        "id": row.id,
        "kind": row.kind,
        "scenario": row.scenario,
        "title": row.title,
        "description": row.description,
        "tags": list(row.tags),
        "brand": None if row.brand is None else {"id": row.brand[0], "name": row.brand[1]},
        "state": row.state,
        "available": row.available,
        **blocked_form(row.blocked_by),
        "version": row.version,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "filename": row.filename,
        "facts": dict(row.facts),
        "processing": row.processing,
        "owner": row.owner,
        "created_at": isoformat(row.created_at),
        "updated_at": isoformat(row.updated_at),
        "published_at": _moment(row.published_at),
        "expires_on": _day(row.expires_on),
        "thumb": row.thumb,
        "locked_version": row.locked_version,
    }


def blocked_form(reasons: Sequence[Block]) -> dict[str, Any]:
    """Return why a material may not be used: codes for programs, sentences for people."""
    return {
        "blocked_by": list(dict.fromkeys(reason.code for reason in reasons)),
        "blocked_reasons": [
            {"code": each.code, "sentence": each.sentence, "until": _day(each.until)}
            for each in reasons
        ],
    }


def detail_form(detail: AssetDetail) -> dict[str, Any]:
    """Return an asset with all that those who see drafts may know."""
    return asset_form(detail.row) | {
        "newest_version": detail.row.newest,
        "versions": [version_form(each) for each in detail.versions],
        "layers": detail.layers,
        "findings": [finding_form(each) for each in detail.findings],
        "disclaimer": DISCLAIMER,
        "reviews": [review_form(each) for each in detail.reviews],
        "rights": [right_form(each) for each in detail.rights],
        "evidence": [evidence_form(each) for each in detail.evidence],
        "uses": [_use(each) for each in detail.uses],
        "history": [_history(each) for each in detail.history],
    }


def version_form(version: VersionRow) -> dict[str, Any]:
    """Return one version of an asset."""
    return {
        "id": version.id,
        "number": version.number,
        "state": version.state,
        "sha256": version.sha256,
        "filename": version.filename,
        "media_type": version.media_type,
        "size": version.size,
        "body": version.body,
        "facts": dict(version.facts),
        "note": version.note,
        "author": version.author,
        "created_at": isoformat(version.created_at),
        "processing": version.processing,
        "fault": version.fault,
        "pictures": list(version.pictures),
    }


def finding_form(finding: FindingRow) -> dict[str, Any]:
    """Return what the wording check found, and who lets it pass."""
    waiver = finding.waiver
    return {
        "id": finding.id,
        "place": finding.place,
        "start": finding.start,
        "end": finding.end,
        "rule_id": finding.rule_id,
        "category": finding.category,
        "severity": finding.severity,
        "matched": finding.matched,
        "sentence": finding.sentence,
        "why": finding.why,
        "statute": finding.statute,
        "suggestion": finding.suggestion,
        "rules_version": finding.rules_version,
        "waiver": waiver and {"by": waiver.by, "reason": waiver.reason, "at": isoformat(waiver.at)},
    }


def review_form(review: ReviewRow) -> dict[str, Any]:
    """Return a review; *version* is what a decision must name, *number* the asset's version."""
    return {
        "id": review.id,
        "asset_id": review.asset_id,
        "title": review.title,
        "kind": review.kind,
        "number": review.number,
        "digest": review.digest,
        "state": review.state,
        "requester": review.requester,
        "note": review.note,
        "requested_at": isoformat(review.requested_at),
        "closed_at": _moment(review.closed_at),
        "version": review.version,
        "decisions": [
            {
                "side": each.side,
                "reviewer": each.reviewer,
                "verdict": each.verdict,
                "comment": each.comment,
                "at": isoformat(each.at),
            }
            for each in review.decisions
        ],
    }


def certificate_form(told: Certificate) -> dict[str, Any]:
    """Return the approval certificate of one version."""
    return {
        "asset_id": told.asset_id,
        "title": told.title,
        "kind": told.kind,
        "number": told.number,
        "sha256": told.content_hash,
        "standing": told.standing,
        "recall_reason": told.recall_reason,
        "published_at": _moment(told.published_at),
        "digest": told.review.digest,
        "unchanged": told.unchanged,
        "review_id": told.review.id,
        "requester": told.review.requester,
        "reviewers": review_form(told.review)["decisions"],
        "evidence": [evidence_form(each) for each in told.evidence],
        "rules_version": told.rules_version,
        "disclaimer": DISCLAIMER,
    }


def right_form(right: RightRow) -> dict[str, Any]:
    """Return a licence; days are calendar days, the last one included."""
    return {
        "id": right.id,
        "subject": right.subject,
        "licensor": right.licensor,
        "contract": right.contract,
        "territories": list(right.territories),
        "channels": list(right.channels),
        "valid_from": _day(right.valid_from),
        "valid_until": _day(right.valid_until),
        "note": right.note,
    }


def evidence_form(evidence: EvidenceRow) -> dict[str, Any]:
    """Return what proves a claim."""
    file = evidence.file
    return {
        "id": evidence.id,
        "claim": evidence.claim,
        "issuer": evidence.issuer,
        "method": evidence.method,
        "scope": evidence.scope,
        "period": evidence.period,
        "valid_until": _day(evidence.valid_until),
        "file": None if file is None else {"id": file[0], "title": file[1]},
    }


def _use(use: UseRow) -> dict[str, Any]:
    return {
        "id": use.id,
        "case_id": use.case_id,
        "version_number": use.version_number,
        "variant": use.variant,
        "place": use.place,
        "user": use.user,
        "at": isoformat(use.at),
    }


def _history(event: HistoryRow) -> dict[str, Any]:
    return {
        "at": isoformat(event.at),
        "actor": event.actor,
        "action": event.action,
        "sentence": event.sentence,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else isoformat(moment)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

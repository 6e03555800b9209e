"""The digest that a review is bound to: everything that a version says and stands on."""

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.records.library import Asset, AssetVersion, Evidence, UsageRight


def content_digest(session: Session, version: AssetVersion) -> str:
    """Return the SHA-256 (hex) of file or body, metadata, rights and evidence as they are now.

    The order of tags, rights and evidence does not matter; ids and times are no part of it.
    """
    session.flush()
    asset = session.get_one(Asset, version.asset_id)
    rights = session.scalars(select(UsageRight).where(UsageRight.asset_id == asset.id))
    evidence = session.scalars(select(Evidence).where(Evidence.asset_id == asset.id))
    told = {
        "v": 1,
        "kind": asset.kind,
        "scenario": asset.scenario,
        "brand": asset.brand_id,
        "title": asset.title,
        "description": asset.description,
        "tags": sorted(asset.tags),
        "file": version.sha256,
        "body": version.body,
        "rights": sorted(map(_right, rights)),
        "evidence": sorted(map(_proof, evidence)),
    }
    return _hash(told)


def body_hash(body: dict[str, Any]) -> str:
    """Return the SHA-256 (hex) of a message's body: what its certificate names for a file."""
    return _hash(body)


def content_hash(version: AssetVersion) -> str:
    """Return the hash that tells this content from any other: the file's, else the body's."""
    return version.sha256 or body_hash(version.body or {})


def _right(right: UsageRight) -> str:
    limits = [sorted(right.territories), sorted(right.channels)]
    days = [_text(right.valid_from), _text(right.valid_until)]
    return _canonical([right.subject, right.licensor, right.contract, *limits, *days, right.note])


def _proof(proof: Evidence) -> str:
    told = [proof.claim, proof.issuer, proof.method, proof.scope, proof.period]
    return _canonical([*told, _text(proof.valid_until), proof.file_asset_id])


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _hash(value: object) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

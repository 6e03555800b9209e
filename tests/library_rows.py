"""Puts assets straight into the records, marked for search, for tests of what reads them."""

from datetime import date
from typing import Any

from shared_values import START
from sqlalchemy.orm import Session

from assets.indexing import mark
from storage.records.library import Asset, AssetVersion, TextLayer, UsageRight


def put_asset(
    session: Session,
    key: str,
    title: str,
    *,
    text: str = "",
    state: str = "published",
    **fields: Any,
) -> Asset:
    """Add an asset with one version, whose first page holds *text*."""
    version_id = f"{key}-v1"
    changes = {
        "kind": "media",
        "description": "",
        "tags": [],
        "created_at": START,
        "updated_at": START,
        "published_version_id": version_id if state == "published" else None,
    }
    asset = Asset(
        id=key, title=title, state=state, current_version_id=version_id, **(changes | fields)
    )
    session.add(asset)
    session.flush()
    put_version(session, key, 1, text=text, state="published" if state == "published" else "draft")
    mark(session, key)
    return asset


def put_version(
    session: Session, key: str, number: int, *, text: str = "", state: str = "draft"
) -> None:
    """Add version *number* of an asset."""
    version_id = f"{key}-v{number}"
    session.add(
        AssetVersion(
            id=version_id,
            asset_id=key,
            number=number,
            state=state,
            filename="a.png",
            media_type="image/png",
            size=1,
            facts={"orientation": "landscape", "colours": ["#c8102e"]},
            note="",
            author="张三",
            created_at=START,
            processing="done",
        )
    )
    session.flush()
    if text:
        session.add(TextLayer(version_id=version_id, page=1, source="embedded", text=text))
        session.flush()


def put_right(session: Session, key: str, until: date | None, channels: list[str]) -> None:
    """Add a licence to an asset."""
    session.add(
        UsageRight(
            id=f"{key}-right",
            asset_id=key,
            subject="照片",
            licensor="摄影师",
            contract="",
            channels=channels,
            valid_from=None,
            valid_until=until,
            note="",
            created_at=START,
        )
    )
    session.flush()
    mark(session, key)

"""How an asset or a review is changed: by whoever saw its newest version, nobody else."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from assets.trail import what_changed
from core.errors import Conflict, NotFound
from storage.records.library import Asset, Review


def asset_of(session: Session, asset_id: str, expected_version: int | None = None) -> Asset:
    """Return the asset, its row locked, if it still has *expected_version*.

    Raises ``NotFound``, or ``Conflict`` that says who did what meanwhile.
    """
    asset = session.get(Asset, asset_id, populate_existing=True, with_for_update=True)
    if asset is None:
        raise NotFound("没有这个资产，请回到资产列表。")
    if expected_version is not None and asset.version != expected_version:
        raise Conflict(what_changed(session, "asset", asset_id, expected_version))
    return asset


def review_of(session: Session, review_id: str, expected_version: int | None = None) -> Review:
    """Return the review as ``asset_of`` does an asset."""
    review = session.get(Review, review_id, populate_existing=True, with_for_update=True)
    if review is None:
        raise NotFound("没有这个审核，请回到审核列表。")
    if expected_version is not None and review.version != expected_version:
        raise Conflict(what_changed(session, "review", review_id, expected_version))
    return review


def change_asset(session: Session, asset: Asset, now: datetime, **values: Any) -> None:
    """Set *values* and raise the version, if nobody else has since *asset* was read."""
    session.flush()
    _compare_and_set(session, asset, {"updated_at": now, **values})


def change_review(session: Session, review: Review, **values: Any) -> None:
    """Set *values* and raise the version, if nobody else has since *review* was read."""
    session.flush()
    _compare_and_set(session, review, values)


def _compare_and_set(session: Session, record: Asset | Review, values: dict[str, Any]) -> None:
    table, seen = type(record), record.version
    result = session.execute(
        update(table)
        .where(table.id == record.id, table.version == seen)
        .values(version=seen + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(record)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        kind = "review" if isinstance(record, Review) else "asset"
        raise Conflict(what_changed(session, kind, record.id, seen))

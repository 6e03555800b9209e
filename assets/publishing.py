"""Publication: the reviewed version becomes what everybody gets."""

from datetime import datetime

from sqlalchemy.orm import Session

from assets.changing import change_asset
from storage.records.library import Asset, AssetVersion


def publish(session: Session, asset: Asset, version: AssetVersion, now: datetime) -> None:
    """Put *version* in the place of the one published before, which is superseded.

    Ends a recall: what is published now is what was just reviewed.
    """
    if asset.published_version_id and asset.published_version_id != version.id:
        session.get_one(AssetVersion, asset.published_version_id).state = "superseded"
    version.state = "published"
    change_asset(
        session,
        asset,
        now,
        state="published",
        published_version_id=version.id,
        published_at=now,
        recall_reason=None,
    )

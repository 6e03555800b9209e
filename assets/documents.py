"""An asset as search knows it, made from the records."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.availability import usable_window
from storage.records.accounts import User
from storage.records.library import Asset, AssetVersion, Evidence, TextLayer, UsageRight
from storage.search.assets import AssetDocument


def documents_of(session: Session, ids: Sequence[str]) -> list[AssetDocument]:
    """Return the documents of those of *ids* that exist, at most a few hundred.

    The text is the published version's, or the newest one's of what was never published.
    """
    assets = session.scalars(select(Asset).where(Asset.id.in_(ids))).all()
    shown = {asset.id: asset.published_version_id or asset.current_version_id for asset in assets}
    versions = {
        version.id: version
        for version in session.scalars(
            select(AssetVersion).where(AssetVersion.id.in_(set(shown.values()) - {None}))
        )
    }
    layers = _layers(session, list(versions))
    rights = _by_asset(session, UsageRight, ids)
    evidence = _by_asset(session, Evidence, ids)
    owners = _owners(session, assets)
    return [
        _document(
            asset,
            versions.get(shown[asset.id] or ""),
            layers.get(shown[asset.id] or "", ()),
            owners.get(asset.owner_id or "", ""),
            usable_window(rights[asset.id], evidence[asset.id]),
        )
        for asset in assets
    ]


def _document(
    asset: Asset,
    version: AssetVersion | None,
    layers: tuple[tuple[int, str], ...],
    owner: str,
    window: tuple[Any, Any, tuple[str, ...]],
) -> AssetDocument:
    facts = version.facts if version is not None else {}
    usable_from, usable_until, channels = window
    return AssetDocument(
        id=asset.id,
        kind=asset.kind,
        scenario=asset.scenario,
        brand_id=asset.brand_id,
        title=asset.title,
        description=asset.description,
        tags=tuple(asset.tags),
        state=asset.state,
        owner=owner,
        version=version.number if version is not None else 0,
        media_type=version.media_type if version is not None else None,
        layers=layers,
        created_at=asset.created_at,
        updated_at=asset.updated_at,
        usable_from=usable_from,
        usable_until=usable_until,
        channels=tuple(channels),
        colours=tuple(facts.get("colours") or ()),
        orientation=facts.get("orientation"),
        revision=asset.revision,
    )


def _layers(session: Session, version_ids: Sequence[str]) -> dict[str, tuple[tuple[int, str], ...]]:
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = session.execute(
        select(TextLayer.version_id, TextLayer.page, TextLayer.text)
        .where(TextLayer.version_id.in_(version_ids))
        .order_by(TextLayer.version_id, TextLayer.page)
    )
    for version_id, page, text in rows:
        found[version_id].append((page, text))
    return {version_id: tuple(pages) for version_id, pages in found.items()}


def _by_asset(session: Session, table: type[Any], ids: Sequence[str]) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in session.scalars(select(table).where(table.asset_id.in_(ids))):
        found[row.asset_id].append(row)
    return found


def _owners(session: Session, assets: Sequence[Asset]) -> dict[str, str]:
    wanted = {asset.owner_id for asset in assets} - {None}
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}

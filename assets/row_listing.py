"""Reads rows of lists: as many queries for two hundred assets as for one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.availability import blocks, usable_window
from assets.row_shapes import AssetRow
from storage.records.accounts import User
from storage.records.library import Asset, AssetVersion, Evidence, Rendition, UsageRight
from storage.records.watch import Brand

Owned = TypeVar("Owned", UsageRight, Evidence)


@dataclass(frozen=True)
class _Around:
    """What the rows of one list need beside the assets themselves, read at once."""

    versions: Mapping[str, AssetVersion]
    rights: Mapping[str, list[UsageRight]]
    evidence: Mapping[str, list[Evidence]]
    brands: Mapping[str, str]
    owners: Mapping[str, str]
    thumbs: Collection[str]


def asset_rows(session: Session, ids: Collection[str], *, today: date) -> dict[str, AssetRow]:
    """Return the rows of those of *ids* (at most some hundred) that exist, by id, in their order.

    *today* is the workspace's calendar day. Eight queries, however many ids.
    """
    assets = {each.id: each for each in session.scalars(select(Asset).where(Asset.id.in_(ids)))}
    around = _around(session, list(assets.values()))
    return {
        asset_id: _row(assets[asset_id], around, today) for asset_id in ids if asset_id in assets
    }


def _around(session: Session, assets: Sequence[Asset]) -> _Around:
    ids = [asset.id for asset in assets]
    wanted = {asset.current_version_id for asset in assets}
    wanted |= {asset.published_version_id for asset in assets}
    shown = {shown_version_id(asset) for asset in assets}
    versions = session.scalars(select(AssetVersion).where(AssetVersion.id.in_(wanted - {None})))
    brands = {asset.brand_id for asset in assets} - {None}
    owners = {asset.owner_id for asset in assets} - {None}
    thumbs = session.scalars(
        select(Rendition.version_id).where(
            Rendition.version_id.in_(shown), Rendition.name == "thumb"
        )
    )
    return _Around(
        versions={version.id: version for version in versions},
        rights=_grouped(session, UsageRight, ids),
        evidence=_grouped(session, Evidence, ids),
        brands=_names(session, Brand, brands),
        owners=_names(session, User, owners),
        thumbs=frozenset(thumbs),
    )


def shown_version_id(asset: Asset) -> str:
    """Return the version that lists tell of: the published one, else the newest."""
    return asset.published_version_id or asset.current_version_id or ""


def _row(asset: Asset, around: _Around, today: date) -> AssetRow:
    version = around.versions[shown_version_id(asset)]
    newest = around.versions[asset.current_version_id or version.id]
    rights, evidence = around.rights[asset.id], around.evidence[asset.id]
    reasons = blocks(asset.state, rights, evidence, today=today, recall_reason=asset.recall_reason)
    brand = around.brands.get(asset.brand_id or "")
    return AssetRow(
        id=asset.id,
        kind=asset.kind,
        scenario=asset.scenario,
        title=asset.title,
        description=asset.description,
        tags=tuple(asset.tags),
        brand=(asset.brand_id, brand) if asset.brand_id and brand else None,
        state=asset.state,
        available=not reasons,
        blocked_by=reasons,
        version=version.number,
        version_id=version.id,
        newest=newest.number,
        newest_id=newest.id,
        newest_state=newest.state,
        media_type=version.media_type,
        size=version.size,
        sha256=version.sha256,
        filename=version.filename,
        facts=version.facts,
        processing=version.processing,
        fault=version.fault,
        owner=around.owners.get(asset.owner_id or "", ""),
        owner_id=asset.owner_id,
        recall_reason=asset.recall_reason,
        created_at=asset.created_at,
        updated_at=asset.updated_at,
        published_at=asset.published_at,
        expires_on=usable_window(rights, evidence)[1],
        thumb=version.id in around.thumbs,
        locked_version=asset.version,
    )


def _grouped(session: Session, table: type[Owned], ids: Collection[str]) -> dict[str, list[Owned]]:
    rows = session.scalars(
        select(table).where(table.asset_id.in_(ids)).order_by(table.created_at, table.id)
    )
    found: defaultdict[str, list[Owned]] = defaultdict(list)
    for row in rows:
        found[row.asset_id].append(row)
    return found


def _names(
    session: Session, table: type[Brand] | type[User], ids: Collection[str | None]
) -> dict[str, str]:
    name = Brand.name if table is Brand else User.display_name
    rows = session.execute(select(table.id, name).where(table.id.in_(ids)))
    return {row[0]: row[1] for row in rows}

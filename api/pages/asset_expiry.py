"""Which published assets run out soon: of each its first licence or proof that ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from api.asset_sight import sees
from api.auth.identity import SignedIn
from api.pages.asset_view import SOON_EXPIRES
from api.wiring import Service
from assets.finding import FoundAsset, FoundPage
from assets.rows import asset_rows
from storage.records.library import Asset, Evidence, UsageRight
from storage.search.assets import AssetFacets

_MOST: Final = 200


@dataclass(frozen=True)
class Expiry:
    """*subject* is the licence or the claim that ends first, *last_day* the last it holds."""

    asset_id: str
    kind: str
    title: str
    subject: str
    last_day: date


def expiries(session: Session, today: date, within: timedelta) -> list[Expiry]:
    """Return published assets by their first last day, those that are over first."""
    ends = union_all(
        select(UsageRight.asset_id, UsageRight.subject.label("subject"), UsageRight.valid_until),
        select(Evidence.asset_id, Evidence.claim.label("subject"), Evidence.valid_until),
    ).subquery()
    wanted = (
        select(Asset.id, Asset.kind, Asset.title, ends.c.subject, ends.c.valid_until)
        .join(ends, ends.c.asset_id == Asset.id)
        .where(Asset.state == "published", ends.c.valid_until <= today + within)
        .order_by(ends.c.valid_until, Asset.id)
    )
    first: dict[str, Expiry] = {}
    for row in session.execute(wanted):
        found = Expiry(row.id, row.kind, row.title, row.subject, row.valid_until)
        first.setdefault(row.id, found)
    return list(first.values())


def expiring_page(service: Service, person: SignedIn, today: date) -> FoundPage:
    """Return what runs out within a month and *person* may see, as one page of the gallery."""
    with service.records.read() as session:
        ids = [each.asset_id for each in expiries(session, today, SOON_EXPIRES)]
        rows = asset_rows(session, ids[:_MOST], today=today).values()
    items = tuple(FoundAsset(row, ()) for row in rows if sees(person.role, row))
    return FoundPage(items, len(items), None, AssetFacets({}, {}, {}, {}, {}))

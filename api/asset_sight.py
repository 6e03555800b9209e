"""Which assets a role sees: in lists, counts and facets, on pages, downloads and pictures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Literal

from sqlalchemy.orm import Session

from api.auth.identity import SignedIn
from api.permissions import Permission, Role, may
from api.wiring import Service
from assets.actor import Actor
from assets.row_shapes import AssetRow, EvidenceRow
from assets.rows import asset_rows
from core.errors import NotFound

Sight = Literal["drafts", "published", "available"]
_ABSENT: Final = "没有这个资产，请回到资产列表。"


def sight_of(role: Role) -> Sight:
    """Return what *role* sees: everything, what is published, or what may be used today."""
    if may(role, Permission.READ_DRAFTS):
        return "drafts"
    return "available" if role is Role.AGENCY else "published"


def visible_states(role: Role) -> tuple[str, ...] | None:
    """Return the states of the assets that *role* may see, None for all."""
    return None if sight_of(role) == "drafts" else ("published",)


def sees(role: Role, row: AssetRow) -> bool:
    """Say whether *role* may know of the asset."""
    sight = sight_of(role)
    return sight == "drafts" or (
        row.available if sight == "available" else row.state == "published"
    )


def seen_row(session: Session, role: Role, asset_id: str, today: date) -> AssetRow:
    """Return the asset; raises ``NotFound`` also for one that *role* may not know of."""
    row = asset_rows(session, [asset_id], today=today).get(asset_id)
    if row is None or not sees(role, row):
        raise NotFound(_ABSENT)
    return row


def seen_evidence(
    session: Session, role: Role, evidence: Sequence[EvidenceRow], today: date
) -> tuple[EvidenceRow, ...]:
    """Return *evidence* without the documents that *role* may not know of."""
    rows = asset_rows(session, [each.file[0] for each in evidence if each.file], today=today)
    return tuple(
        replace(each, file=None)
        if each.file and not (each.file[0] in rows and sees(role, rows[each.file[0]]))
        else each
        for each in evidence
    )


def today_of(service: Service) -> date:
    """Return the workspace's calendar day."""
    return service.clock.now().astimezone(service.zone).date()


def actor_of(person: SignedIn) -> Actor:
    """Return who acts on the library."""
    return Actor(person.id, person.name, str(person.role))

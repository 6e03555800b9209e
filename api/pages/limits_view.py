"""What limits an asset of any kind, as its page shows it: rights, and proofs of its claims."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.asset_sight import seen_evidence
from api.auth.identity import SignedIn
from api.pages.asset_usage import channel_names
from api.permissions import Permission
from api.wiring import Service
from assets.row_shapes import AssetDetail, EvidenceRow, RightRow
from storage.records.library import Asset

_MOST_DOCUMENTS: Final = 100


@dataclass(frozen=True)
class LimitsView:
    """Rights and evidence, the channels a right may name, and the files a proof may point to."""

    rights: tuple[RightRow, ...]
    evidence: tuple[EvidenceRow, ...]
    channels: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str], ...]
    may_edit: bool


def limits_view(
    service: Service, session: Session, person: SignedIn, detail: AssetDetail
) -> LimitsView:
    """Return what *person* may know of the limits of an asset."""
    may_edit = person.may(Permission.EDIT_ASSETS) and detail.row.state != "archived"
    today = service.clock.now().astimezone(service.zone).date()
    return LimitsView(
        rights=detail.rights,
        evidence=seen_evidence(session, person.role, detail.evidence, today),
        channels=channel_names(),
        documents=_documents(session, detail.row.id) if may_edit else (),
        may_edit=may_edit,
    )


def _documents(session: Session, asset_id: str) -> tuple[tuple[str, str], ...]:
    """What evidence may point to: the reports of the library."""
    wanted = (
        select(Asset.id, Asset.title)
        .where(Asset.kind == "report", Asset.id != asset_id, Asset.state != "archived")
        .order_by(Asset.created_at.desc())
        .limit(_MOST_DOCUMENTS)
    )
    return tuple((row.id, row.title) for row in session.execute(wanted))

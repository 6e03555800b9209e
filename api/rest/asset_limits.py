"""Usage rights and evidence of an asset by REST, and the approval certificate."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy.orm import Session

from api.asset_sight import actor_of, seen_evidence, seen_row, sees, sight_of, today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.asset_forms import asset_form, certificate_form
from api.rest.body import Body
from api.wiring import Service
from assets import rights
from assets.certificate import Certificate, approvals_of, certificate
from assets.rows import asset_rows

router = APIRouter(prefix="/api/v1", tags=["assets"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_ASSETS))]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_ASSETS))]


class RightBody(Body):
    """A licence; empty *territories* or *channels* mean everywhere, the days are inclusive."""

    locked_version: int
    subject: str
    licensor: str = ""
    contract: str = ""
    territories: list[str] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list)
    valid_from: date | None = None
    valid_until: date | None = None
    note: str = ""


class EvidenceBody(Body):
    """What proves *claim*; *valid_until* is its last day."""

    locked_version: int
    claim: str
    issuer: str
    method: str = ""
    scope: str = ""
    period: str = ""
    valid_until: date | None = None
    file_asset_id: str | None = None


class CopyBody(Body):
    """The SHA-256 of a copy that somebody holds."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


@router.post("/assets/{asset_id}/rights", status_code=201)
def post_right(opened: Opened, person: Editor, asset_id: str, body: RightBody) -> dict[str, Any]:
    """Limit an asset by a licence."""
    given = body.model_dump(exclude={"locked_version"}) | _acting(opened, person)
    with opened.records.write() as session:
        made = rights.add_right(session, asset_id, body.locked_version, ids=opened.ids, **given)
    return _form(opened, asset_id) | {"right_id": made.id}


@router.delete("/assets/{asset_id}/rights/{right_id}")
def delete_right(
    opened: Opened, person: Editor, asset_id: str, right_id: str, locked_version: int
) -> dict[str, Any]:
    """Take a licence's limits away."""
    with opened.records.write() as session:
        rights.remove_right(session, asset_id, locked_version, right_id, **_acting(opened, person))
    return _form(opened, asset_id)


@router.post("/assets/{asset_id}/evidence", status_code=201)
def post_evidence(
    opened: Opened, person: Editor, asset_id: str, body: EvidenceBody
) -> dict[str, Any]:
    """Prove a claim of an asset."""
    given = body.model_dump(exclude={"locked_version"}) | _acting(opened, person)
    with opened.records.write() as session:
        made = rights.add_evidence(session, asset_id, body.locked_version, ids=opened.ids, **given)
    return _form(opened, asset_id) | {"evidence_id": made.id}


@router.delete("/assets/{asset_id}/evidence/{evidence_id}")
def delete_evidence(
    opened: Opened, person: Editor, asset_id: str, evidence_id: str, locked_version: int
) -> dict[str, Any]:
    """Take a proof away, unless a published claim stands on it alone."""
    with opened.records.write() as session:
        rights.remove_evidence(
            session,
            asset_id,
            locked_version,
            evidence_id,
            today=today_of(opened),
            **_acting(opened, person),
        )
    return _form(opened, asset_id)


@router.get("/assets/{asset_id}/certificate")
def get_certificate(
    opened: Opened,
    person: Reader,
    asset_id: str,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> dict[str, Any]:
    """Return who approved a version (the published one without *version*), and on what proof.

    What reviewers wrote to the team, and proofs that are drafts, are for those who see drafts.
    """
    today = today_of(opened)
    with opened.records.read() as session:
        seen_row(session, person.role, asset_id, today)
        return _shown(session, person, certificate(session, asset_id, version), today)


@router.post("/certificates/check")
def post_check(opened: Opened, person: Reader, body: CopyBody) -> dict[str, Any]:
    """Say which approved versions hold exactly this content, and whether they still stand.

    Whoever may not see an asset learns only that and why it is out of use: the copy is in hand.
    """
    today = today_of(opened)
    with opened.records.read() as session:
        found = approvals_of(session, body.sha256)
        rows = asset_rows(session, [each.asset_id for each in found], today=today)
        items = [
            _shown(session, person, each, today)
            if sees(person.role, rows[each.asset_id])
            else _outline(each)
            for each in found
        ]
    usable = any(rows[each.asset_id].available and _stands(each) for each in found)
    return {"approved": bool(found), "usable": usable, "items": items}


def _shown(session: Session, person: SignedIn, told: Certificate, today: date) -> dict[str, Any]:
    evidence = seen_evidence(session, person.role, told.evidence, today)
    form = certificate_form(replace(told, evidence=evidence))
    if sight_of(person.role) != "drafts":
        for decision in form["reviewers"]:
            del decision["comment"]
    return form


def _stands(told: Certificate) -> bool:
    return told.standing == "published"


def _outline(told: Certificate) -> dict[str, Any]:
    form = certificate_form(told)
    return {name: form[name] for name in ("sha256", "standing", "recall_reason")}


def _acting(opened: Service, person: SignedIn) -> dict[str, Any]:
    return {"actor": actor_of(person), "clock": opened.clock}


def _form(opened: Service, asset_id: str) -> dict[str, Any]:
    with opened.records.read() as session:
        return asset_form(asset_rows(session, [asset_id], today=today_of(opened))[asset_id])

"""Messages (话术) by REST: write one, read it with its body, add a version."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from alerts.uses import use_counts
from api.asset_sight import actor_of, seen_row, sight_of, today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.asset_forms import finding_form
from api.rest.body import Body
from api.rest.message_forms import message_form
from api.wiring import Service
from assets import messages
from assets.message_body import read_body, stored_body
from assets.row_detail import finding_rows
from assets.wording import DISCLAIMER
from core.errors import NotFound
from storage.records.library import AssetVersion

router = APIRouter(prefix="/api/v1/messages", tags=["messages"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_ASSETS))]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_ASSETS))]


class MessageGiven(Body):
    """A new message; *body* is described at ``GET /api/v1/messages/{id}``."""

    title: str
    scenario: str
    body: dict[str, Any]
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    brand_id: str | None = None
    note: str = ""


class MessageVersion(Body):
    """A newer body; *locked_version* is the one that was read."""

    locked_version: int
    body: dict[str, Any]
    note: str = ""


@router.post("", status_code=201)
def post_message(opened: Opened, person: Editor, body: MessageGiven) -> dict[str, Any]:
    """Write a message as a draft; what the wording check finds comes back with it."""
    given = body.model_dump() | {"body": read_body(body.body)}
    with opened.records.write() as session:
        made = messages.create(
            session, actor=actor_of(person), clock=opened.clock, ids=opened.ids, **given
        )
    return _form(opened, person, made.id, newest=True)


@router.get("/{message_id}")
def get_message(opened: Opened, person: Reader, message_id: str) -> dict[str, Any]:
    """Return a message with the body of its published version, else of its newest.

    The body: ``form`` (statement, qa, playbook), ``audience``, ``question``, ``statement``,
    ``variants`` [{channel, text}], ``do_not_say``, ``steps``, ``contacts`` [{name, role, reach}],
    ``keywords``.
    """
    return _form(opened, person, message_id)


@router.post("/{message_id}/versions", status_code=201)
def post_version(
    opened: Opened, person: Editor, message_id: str, body: MessageVersion
) -> dict[str, Any]:
    """Add a version as a draft; the published one stays in use until this one is approved."""
    given = read_body(body.body)
    with opened.records.write() as session:
        messages.add_version(
            session,
            message_id,
            body.locked_version,
            given,
            actor=actor_of(person),
            clock=opened.clock,
            ids=opened.ids,
            note=body.note,
        )
    return _form(opened, person, message_id, newest=True)


def _form(
    opened: Service, person: SignedIn, message_id: str, *, newest: bool = False
) -> dict[str, Any]:
    with opened.records.read() as session:
        row = seen_row(session, person.role, message_id, today_of(opened))
        if row.kind != "message":
            raise NotFound("没有这条话术，请回到话术列表。")
        version_id = row.newest_id if newest else row.version_id
        body = stored_body(session.get_one(AssetVersion, version_id).body)
        # How often a message was needed is told only to those who may see cases.
        counted = use_counts(session) if person.may(Permission.READ_CASES) else None
        form = message_form(row, body, None if counted is None else counted.get(row.id, 0))
        if sight_of(person.role) == "drafts":
            found = finding_rows(session, version_id)
            form |= {"findings": [finding_form(each) for each in found], "disclaimer": DISCLAIMER}
    return form | {"version_id": version_id, "version": row.newest if newest else row.version}

"""The approved messages that fit a case, by REST, and the record that one was used."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from alerts.answers import answers
from alerts.uses import uses_of_case
from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.message_uses import GivenUse, use_message
from api.permissions import Permission
from api.rest.body import Body
from api.rest.message_forms import proposal_form, use_form
from api.wiring import Service

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_CASES))]
Actor = Annotated[SignedIn, Depends(require(Permission.ACT_ON_CASES))]


class UseBody(Body):
    """Which message was used, which *variant* (a channel, or empty for the text), and where.

    Sent again with the same *nonce*, or without one within a minute, it is the same use.
    """

    asset_id: str
    version_id: str
    variant: str = ""
    place: str = ""
    nonce: str = ""


@router.get("/{case_id}/answers")
def get_answers(
    opened: Opened, _person: Reader, case_id: str, limit: Annotated[int, Query(ge=1, le=20)] = 3
) -> dict[str, Any]:
    """Return the approved messages that fit, the best first; without any, the reason."""
    with opened.records.read() as session:
        found = answers(session, case_id, today=today_of(opened), limit=limit)
        used = uses_of_case(session, case_id)
    return {
        "items": [proposal_form(each) for each in found.proposals],
        "scenario": found.scenario,
        "reason": found.reason or None,
        "uses": [use_form(each) for each in used],
    }


@router.post("/{case_id}/uses", status_code=201)
def post_use(opened: Opened, person: Actor, case_id: str, body: UseBody) -> dict[str, Any]:
    """Record that a message was used; 409 when another version is approved by now."""
    made = use_message(opened, person, case_id, GivenUse(**body.model_dump()))
    with opened.records.read() as session:
        return next(use_form(each) for each in uses_of_case(session, case_id) if each.id == made.id)

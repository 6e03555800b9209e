"""Cases by REST: the queue, one case with its evidence and timeline, and the actions on it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query

from alerts.queries import (
    CaseRow,
    case_detail,
    case_list,
    evidence,
    evidence_page,
    evidence_total,
)
from alerts.states import Action
from alerts.timeline import timeline
from api.auth.identity import SignedIn
from api.case_actions import act
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.rest.forms import case_form, evidence_form, timeline_form
from api.rest.paging import Limit
from api.wiring import Service

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_CASES))]
Actor = Annotated[SignedIn, Depends(require(Permission.ACT_ON_CASES))]
# Of a case with thousands of mentions; the rest is paged through.
_MOST_EVIDENCE: Final = 200


class ActionBody(Body):
    """What goes with an action; *version* is the one that was read."""

    version: int
    text: str = ""
    to: str = ""
    cause: str = ""
    outcome: str = ""
    lesson: str = ""
    reason: str = ""


@router.get("")
def list_cases(
    opened: Opened,
    _person: Reader,
    q: Annotated[str, Query(max_length=200, description="Words of title or text")] = "",
    state: Annotated[list[str], Query()] = [],  # noqa: B006
    open: bool = False,  # noqa: A002 - the name of the parameter
    brand: str | None = None,
    owner: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List cases, the most urgent first."""
    with opened.records.read() as session:
        page = case_list(
            session,
            states=state or None,
            open_only=open,
            brand_id=brand,
            owner_id=owner,
            q=q,
            limit=limit,
            cursor=cursor,
        )
    return {
        "items": [case_form(row) for row in page.items],
        "next_cursor": page.next_cursor,
        "total": page.total,
    }


@router.get("/{case_id}")
def get_case(opened: Opened, _person: Reader, case_id: str) -> dict[str, Any]:
    """Return one case with its reasons, timeline, and its 200 hottest pieces of evidence."""
    with opened.records.read() as session:
        detail = case_detail(session, case_id)
        return case_form(detail.row) | {
            "reasons": detail.reasons,
            "outcome": detail.outcome,
            "actions": list(detail.actions),
            "evidence": [
                evidence_form(item) for item in evidence(session, case_id, limit=_MOST_EVIDENCE)
            ],
            "evidence_total": evidence_total(session, case_id),
            "timeline": [timeline_form(entry) for entry in timeline(session, case_id)],
        }


@router.get("/{case_id}/evidence")
def list_evidence(
    opened: Opened,
    _person: Reader,
    case_id: str,
    limit: Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List all evidence of a case, in the order in which it joined."""
    with opened.records.read() as session:
        page = evidence_page(session, case_id, limit=limit, cursor=cursor)
    return {
        "items": [evidence_form(item) for item in page.items],
        "next_cursor": page.next_cursor,
        "total": page.total,
    }


@router.post("/{case_id}/{action}")
def post_action(
    opened: Opened, person: Actor, case_id: str, action: Action, body: ActionBody
) -> dict[str, Any]:
    """Act on a case; 409 tells what changed since the version that was read."""
    fields = body.model_dump(exclude={"version"})
    act(opened, person, case_id, action, body.version, fields)
    return case_form(_row(opened, case_id))


def _row(opened: Service, case_id: str) -> CaseRow:
    with opened.records.read() as session:
        return case_detail(session, case_id).row

"""Reviews by REST: the queue, one review with what it is about, and the decisions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.asset_forms import asset_form, evidence_form, finding_form, review_form, right_form
from api.rest.body import Body
from api.rest.paging import Limit
from api.review_actions import decide, waive, withdraw
from api.wiring import Service
from assets.reviewing import Verdict
from assets.row_detail import finding_rows
from assets.rows import asset_detail, review_list, review_row
from assets.wording import DISCLAIMER
from assets.words import Side

router = APIRouter(prefix="/api/v1", tags=["reviews"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_REVIEWS))]
Decider = Annotated[SignedIn, Depends(require(Permission.DECIDE_REVIEWS))]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_ASSETS))]


class DecisionBody(Body):
    """A decision on the review as it was read; a rejection says in *comment* what to change."""

    version: int
    verdict: Verdict
    comment: str = ""


class WithdrawBody(Body):
    """The version of the review that was read."""

    version: int


class WaiverBody(Body):
    """Why a finding may stand."""

    reason: str


@router.get("/reviews")
def list_reviews(
    opened: Opened,
    _person: Reader,
    q: Annotated[str, Query(max_length=200, description="Words of the asset's title")] = "",
    state: Annotated[list[str], Query()] = [],  # noqa: B006
    waiting_for: Side | None = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List reviews, newest first; *waiting_for* keeps those that this side has to decide."""
    with opened.records.read() as session:
        page = review_list(
            session, states=state, waiting_for=waiting_for, q=q, limit=limit, cursor=cursor
        )
    return {
        "items": [review_form(each) for each in page.items],
        "next_cursor": page.next_cursor,
        "total": page.total,
    }


@router.get("/reviews/{review_id}")
def get_review(opened: Opened, _person: Reader, review_id: str) -> dict[str, Any]:
    """Return one review with the asset, its rights and evidence, and the wording findings."""
    with opened.records.read() as session:
        review = review_row(session, review_id)
        detail = asset_detail(session, review.asset_id, today=today_of(opened))
        findings = finding_rows(session, review.version_id)
    return review_form(review) | {
        "asset": asset_form(detail.row),
        "rights": [right_form(each) for each in detail.rights],
        "evidence": [evidence_form(each) for each in detail.evidence],
        "findings": [finding_form(each) for each in findings],
        "disclaimer": DISCLAIMER,
    }


@router.post("/reviews/{review_id}/decide")
def post_decision(
    opened: Opened, person: Decider, review_id: str, body: DecisionBody
) -> dict[str, Any]:
    """Decide for one's own side; 409 tells what changed since the review was read."""
    decide(opened, person, review_id, body.version, body.verdict, body.comment)
    return _form(opened, review_id)


@router.post("/reviews/{review_id}/withdraw")
def post_withdrawal(
    opened: Opened, person: Editor, review_id: str, body: WithdrawBody
) -> dict[str, Any]:
    """Take a request back."""
    withdraw(opened, person, review_id, body.version)
    return _form(opened, review_id)


@router.post("/findings/{finding_id}/waive")
def post_waiver(
    opened: Opened,
    person: Decider,
    finding_id: Annotated[int, Path(ge=1, lt=2**63)],
    body: WaiverBody,
) -> dict[str, Any]:
    """Answer for a wording that needs proof; a forbidden one nobody can let pass."""
    waive(opened, person, finding_id, body.reason)
    return {"id": finding_id, "waived": True}


def _form(opened: Service, review_id: str) -> dict[str, Any]:
    with opened.records.read() as session:
        return review_form(review_row(session, review_id))

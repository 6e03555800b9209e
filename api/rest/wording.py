"""The wording check by REST: a text in, what advertising law has against it out; none is kept."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import Field

from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.wiring import Service
from assets import wording

router = APIRouter(prefix="/api/v1/wording", tags=["wording"])
_LIMIT: Final = 100_000


class WordingBody(Body):
    """The text to check."""

    text: Annotated[str, Field(max_length=_LIMIT)]


@router.post("/check")
def check_wording(
    opened: Annotated[Service, Depends(service)],
    _person: Annotated[SignedIn, Depends(require(Permission.READ_REVIEWS))],
    body: WordingBody,
) -> dict[str, Any]:
    """Check a text by the rules of today; offsets are Unicode code points."""
    rules = wording.load_rules()
    found = wording.check(body.text, rules, today_of(opened))
    return {
        "verdict": wording.verdict(found),
        "findings": [_form(one) for one in found],
        "rules_version": str(rules.version),
        "disclaimer": wording.DISCLAIMER,
    }


def _form(one: wording.Finding) -> dict[str, Any]:
    return {
        "rule_id": one.rule_id,
        "category": one.category,
        "severity": one.severity,
        "start": one.start,
        "end": one.end,
        "matched": one.matched,
        "why": one.why,
        "statute": one.statute,
        "suggestion": one.suggestion,
    }

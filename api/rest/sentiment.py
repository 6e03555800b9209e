"""The sentiment of any text by REST; nothing of it is kept."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import Field, StrictInt

from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.score_form import checked_target, explanation_form, score_form
from api.wiring import Service

router = APIRouter(prefix="/api/v1/sentiment", tags=["mentions"])
_LIMIT: Final = 20_000
_LONGEST_TYPE: Final = 100


class SentimentBody(Body):
    """A text, and what is asked of it: *start* and *end* tell a target, *explain* the reasons."""

    text: Annotated[str, Field(max_length=_LIMIT)]
    source_type: Annotated[str | None, Field(max_length=_LONGEST_TYPE)] = None
    start: StrictInt | None = None
    end: StrictInt | None = None
    explain: bool = False


@router.post("")
def post_sentiment(
    opened: Annotated[Service, Depends(service)],
    _person: Annotated[SignedIn, Depends(require(Permission.READ_MENTIONS))],
    body: SentimentBody,
) -> dict[str, Any]:
    """Score a text, and with ``start`` and ``end`` (code points) what is said of that part of it.

    With ``explain`` the weights of clauses, of the words that weigh most, and of characters
    (``[start, end, weight of each]``) come too: log-odds, below 0 towards negative. Clauses, and
    characters, sum to log(p_positive / p_negative). An unknown ``source_type`` is scored by the
    general calibration. What people taught a workspace shapes mentions, not this.
    """
    scorer = opened.scorer
    form = score_form(scorer.score([body.text], body.source_type)[0])
    if body.start is not None or body.end is not None:
        start, end = checked_target(body.text, body.start, body.end)
        target = scorer.score_target(body.text, start, end, body.source_type)
        form["target"] = score_form(target)
    if body.explain:
        form |= explanation_form(scorer, body.text, body.source_type, characters=True)
    return form

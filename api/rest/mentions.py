"""GET /api/v1/mentions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from alerts.queries import case_ids_of
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.forms import mention_form
from api.score_form import parts_form
from api.wiring import Service
from core.errors import NotFound
from sentiment.correcting.marks import TAKEN_BACK, WHOLE, last_words
from storage.mentions import BrandRole, Kind, Label
from storage.search import Filters, SearchRequest

router = APIRouter(prefix="/api/v1/mentions", tags=["mentions"])
Reader = Annotated[SignedIn, Depends(require(Permission.READ_MENTIONS))]
Opened = Annotated[Service, Depends(service)]


@router.get("")
def list_mentions(
    opened: Opened,
    person: Reader,
    q: Annotated[str, Query(max_length=2000, description="Query language")] = "",
    brand: Annotated[list[str], Query(description="Brand ids")] = [],  # noqa: B006
    role: Annotated[list[BrandRole], Query()] = [],  # noqa: B006
    label: Annotated[list[Label], Query()] = [],  # noqa: B006
    platform: Annotated[list[str], Query()] = [],  # noqa: B006
    kind: Annotated[list[Kind], Query()] = [],  # noqa: B006
    activity: Annotated[list[str], Query()] = [],  # noqa: B006
    story: Annotated[list[str], Query()] = [],  # noqa: B006
    source: Annotated[list[str], Query(description="Source ids")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List mentions, newest first."""
    page = opened.index.search(
        SearchRequest(
            q=q,
            filters=Filters(
                brand_ids=tuple(brand),
                brand_roles=tuple(role),
                labels=tuple(label),
                platforms=tuple(platform),
                kinds=tuple(kind),
                activities=tuple(activity),
                story_ids=tuple(story),
                source_ids=tuple(source),
            ),
            brands=opened.brand_names(),
            zone=opened.zone,
            limit=limit,
            cursor=cursor,
        )
    )
    cases = _cases(opened, person, [hit.mention.id for hit in page.hits])
    return {
        "items": [
            mention_form(hit.mention, cases.get(hit.mention.id, []))
            | {"highlights": [[span.start, span.end] for span in hit.highlights]}
            for hit in page.hits
        ],
        "next_cursor": page.next_cursor,
        "total": page.total,
    }


@router.get("/{mention_id}/explanation")
def get_explanation(opened: Opened, _person: Reader, mention_id: str) -> dict[str, Any]:
    """Return what the engine's judgement of the whole text came from, as found at its ingest.

    Offsets are code points of title, line break and text. Weights are log-odds, below 0 towards
    negative; clauses sum to those of the engine, before what people taught. Where ``label`` is
    another than ``engine_label`` a person set it: the weights speak for the engine's only.
    """
    mention = opened.index.get(mention_id)
    if mention is None:
        raise NotFound("没有这条提及。")
    with opened.records.read() as session:
        mark = last_words(session, [mention_id]).get(mention_id, {}).get(WHOLE)
    stands = mark is not None and mark.label != TAKEN_BACK
    return {
        "mention_id": mention.id,
        "label": mention.label,
        "engine_label": mark.engine_label if mark and stands else mention.label,
        "marked_by": mark.actor_name if mark and stands else None,
        "engine": mention.scorer,
        "clauses": parts_form(mention.full_text, mention.contributions),
        "words": parts_form(mention.full_text, mention.words),
    }


@router.get("/{mention_id}")
def get_mention(opened: Opened, person: Reader, mention_id: str) -> dict[str, Any]:
    """Return one mention."""
    mention = opened.index.get(mention_id)
    if mention is None:
        raise NotFound("没有这条提及。")
    return mention_form(mention, _cases(opened, person, [mention_id]).get(mention_id, []))


def _cases(opened: Service, person: SignedIn, mention_ids: list[str]) -> dict[str, list[str]]:
    """Which cases a mention is part of is told only to those who may see cases."""
    if not person.may(Permission.READ_CASES):
        return {}
    with opened.records.read() as session:
        return case_ids_of(session, mention_ids)

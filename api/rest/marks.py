"""Corrections of sentiment by REST: marks, today's checks, accuracy, calibrations."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from api import marking
from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.rest.forms import mention_form
from api.wiring import Service
from core.clock import isoformat
from core.errors import NotFound
from sentiment.correcting.accuracy import Accuracy, accuracies
from sentiment.correcting.calibrating import latest_fits
from sentiment.correcting.marks import history
from storage.mentions import Label, Mention
from storage.records.marks import CalibrationFit, MentionMark

router = APIRouter(prefix="/api/v1", tags=["mentions"])
Opened = Annotated[Service, Depends(service)]
Marker = Annotated[SignedIn, Depends(require(Permission.MARK_MENTIONS))]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_MENTIONS))]


class LabelBody(Body):
    """What a person says; without *brand* of the whole text. *check*: it was drawn by chance."""

    label: Label
    brand: str | None = None
    check: bool = False


@router.post("/mentions/{mention_id}/label")
def post_label(opened: Opened, person: Marker, mention_id: str, body: LabelBody) -> dict[str, Any]:
    """Say what a mention means; the engine's own label confirms it. The last word holds.

    A mention of one brand is about it: then the word holds for the whole text and the brand.
    """
    done = marking.mark(opened, person, mention_id, body.label, body.brand, check=body.check)
    opened_cases = [change.case_id for change in done.cases if change.kind == "opened"]
    return _answer(opened, done.mention) | {"opened_case_ids": opened_cases}


@router.delete("/mentions/{mention_id}/label")
def delete_label(
    opened: Opened, person: Marker, mention_id: str, brand: str | None = None
) -> dict[str, Any]:
    """Let the engine's label hold again; what was said stays in the history."""
    done = marking.take_back(opened, person, mention_id, brand)
    return _answer(opened, done.mention)


@router.get("/mentions/{mention_id}/marks")
def get_marks(opened: Opened, _person: Reader, mention_id: str) -> dict[str, Any]:
    """Return everything that was said of a mention's sentiment, the oldest first."""
    if opened.index.get(mention_id) is None:
        raise NotFound("没有这条提及。")
    return {"items": _marks(opened, mention_id)}


@router.get("/checks")
def get_checks(opened: Opened, _person: Marker) -> dict[str, Any]:
    """Return today's mentions to be checked, drawn by chance; send ``check: true`` with a label."""
    return {
        "items": [
            {
                "mention_id": item.mention.id,
                "brand": item.brand_id,
                "text": item.mention.full_text,
                "label": next(b.label for b in item.mention.brands if b.id == item.brand_id),
                "marked": item.mark is not None,
            }
            for item in marking.checks(opened)
        ]
    }


@router.get("/accuracy")
def get_accuracy(
    opened: Opened,
    _person: Marker,
    after: Annotated[AwareDatetime | None, Query(description="With its offset")] = None,
    before: Annotated[AwareDatetime | None, Query(description="With its offset")] = None,
) -> dict[str, Any]:
    """Return how often the engine was right, over all mentions, by brand and by source type.

    The rate counts only mentions that were drawn by chance for checking; its interval is Wilson's,
    95 %. What people corrected or confirmed by themselves is counted beside it.
    """
    names = {brand.id: brand.name for brand in opened.brands()}
    with opened.records.read() as session:
        found = accuracies(session, after, before)
    return {
        "all": accuracy_form(found.whole),
        "brands": [
            {"id": key, "name": names.get(key)} | accuracy_form(each)
            for key, each in found.by_brand.items()
        ],
        "source_types": [
            {"source_type": key or None} | accuracy_form(each)
            for key, each in found.by_type.items()
        ],
    }


@router.get("/calibrations")
def get_calibrations(opened: Opened, _person: Marker) -> dict[str, Any]:
    """Return the last calibration of each brand and source type, in use or refused, and why."""
    with opened.records.read() as session:
        return {"items": [calibration_form(fit) for fit in latest_fits(session)]}


def accuracy_form(found: Accuracy) -> dict[str, Any]:
    """Return the counts of marks with the rate and its interval."""
    low, high = found.interval or (None, None)
    return {
        "checked": found.checked,
        "right": found.right,
        "rate": found.rate,
        "low": low,
        "high": high,
        "corrected": found.corrected,
        "confirmed": found.confirmed,
    }


def calibration_form(fit: CalibrationFit) -> dict[str, Any]:
    """Return a fit with its figures."""
    return {
        "scope": fit.scope,
        "key": fit.key,
        "engine": fit.engine,
        "marks": fit.marks,
        "in_use": fit.in_use,
        "reason": fit.reason,
        "at": isoformat(fit.at),
        **fit.parameters,
        **fit.figures,
    }


def _answer(opened: Service, mention: Mention) -> dict[str, Any]:
    return mention_form(mention, []) | {"marks": _marks(opened, mention.id)}


def _marks(opened: Service, mention_id: str) -> list[dict[str, Any]]:
    with opened.records.read() as session:
        return [_mark_form(mark) for mark in history(session, mention_id)]


def _mark_form(mark: MentionMark) -> dict[str, Any]:
    return {
        "brand": mark.subject or None,
        "label": mark.label or None,
        "engine_label": mark.engine_label,
        "p_negative": round(mark.p_negative, 6),
        "p_neutral": round(mark.p_neutral, 6),
        "p_positive": round(mark.p_positive, 6),
        "engine": mark.engine,
        "origin": mark.origin,
        "by": mark.actor_name,
        "at": isoformat(mark.at),
    }

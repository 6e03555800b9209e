"""POST /mentions/…/label: a person corrects what a mention means; GET /mentions/check."""

from dataclasses import dataclass
from typing import Annotated, Final, cast, get_args
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import marking
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.marking import CheckItem
from api.pages.i18n import _
from api.pages.mention_judging import Choice, Judged, judged
from api.pages.mention_told import told
from api.pages.naming import label_name, platform_names
from api.pages.render import page
from api.pages.said import Said, said
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from core.errors import InvalidInput
from sentiment.correcting.accuracy import accuracies
from storage.mentions import Label

CHECK_PATH: Final = "/mentions/check"
router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Marker = Annotated[SignedIn, Depends(require_page(Permission.MARK_MENTIONS))]
Form = Annotated[FormData, Depends(checked_form)]
# Pages with rows that can be marked; a form may lead back to nowhere else.
_BACK: Final = ("/mentions", "/competitors", CHECK_PATH)


@dataclass(frozen=True)
class CheckRow:
    """One mention to be checked; *by* says who did, if anybody did."""

    id: str
    brand: str
    brand_name: str
    platform: str
    at: Moment
    url: str | None
    said: Said
    says: str
    choices: tuple[Choice, ...]
    by: str


@router.get(CHECK_PATH)
def checks_page(request: Request, opened: Opened, person: Marker) -> HTMLResponse:
    """Show today's mentions to be checked, drawn by chance."""
    times = Times(opened.clock.now(), opened.zone)
    names = platform_names(opened.records)
    rows = [
        _row(item, names.get(item.mention.platform, ""), times) for item in marking.checks(opened)
    ]
    with opened.records.read() as session:
        whole = accuracies(session).whole
    return page(
        request,
        opened,
        person,
        "mention_checks.html",
        room="mentions",
        rows=rows,
        left=sum(not row.by for row in rows),
        accuracy=whole,
        told=told(opened, request.query_params),
        back=CHECK_PATH,
    )


@router.post("/mentions/{mention_id}/label")
def label(opened: Opened, person: Marker, form: Form, mention_id: str) -> Response:
    """Say what a mention means, and go back to where the row stands."""
    wanted = text_field(form, "label", required=True)
    if wanted not in get_args(Label):
        raise InvalidInput(_("请选负面、中性或正面。"), field="label")
    brand, check = text_field(form, "brand") or None, text_field(form, "check") == "on"
    done = marking.mark(opened, person, mention_id, cast(Label, wanted), brand, check=check)
    cases = [change.case_id for change in done.cases if change.kind == "opened"]
    return _back(form, mention_id, brand, {"case": cases[0]} if cases else {})


@router.post("/mentions/{mention_id}/label/undo")
def undo(opened: Opened, person: Marker, form: Form, mention_id: str) -> Response:
    """Let the engine's label hold again."""
    brand = text_field(form, "brand") or None
    marking.take_back(opened, person, mention_id, brand)
    return _back(form, mention_id, brand, {})


def _back(form: FormData, mention_id: str, brand: str | None, more: dict[str, str]) -> Response:
    """Lead back to the page that the form came from, which then tells what was done."""
    asked = urlsplit(text_field(form, "back"))
    path = asked.path if asked.path in _BACK else _BACK[0]
    told = urlencode({"marked": mention_id, **({"toward": brand} if brand else {}), **more})
    query = f"{asked.query}&{told}" if asked.query and asked.path == path else told
    return RedirectResponse(f"{path}?{query}#{mention_id}", 303)


def _row(item: CheckItem, platform: str, times: Times) -> CheckRow:
    mention = item.mention
    brand = next(each for each in mention.brands if each.id == item.brand_id)
    words = {item.brand_id: item.mark} if item.mark else {}
    found = _of(
        judged(mention, {**words, **({"": item.mark} if item.mark else {})}, times), brand.id
    )
    return CheckRow(
        id=mention.id,
        brand=brand.id,
        brand_name=brand.name,
        platform=platform or mention.platform,
        at=times.moment(mention.published_at),
        url=mention.url,
        said=said(mention.full_text, mention.text, (), (), 320),
        says=label_name(brand.label),
        choices=found.choices,
        by=found.by,
    )


def _of(subjects: tuple[Judged, ...], brand: str) -> Judged:
    return next((each for each in subjects if each.brand == brand), subjects[0])

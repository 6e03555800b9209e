"""/messages/new and /messages/{id}/edit: write what may be said, with the wording check."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.asset_sight import actor_of, seen_row, today_of
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.i18n import _, translate
from api.pages.message_fields import MessageFields
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from assets import messages, reviewing
from assets.gate import WordingBlocked
from assets.message_body import stored_body
from assets.wording import DISCLAIMER
from assets.words import SCENARIOS
from core.errors import Conflict, InvalidInput, NotFound
from storage.records.library import Asset, AssetVersion

router = APIRouter(prefix="/messages", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ASSETS))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("/new")
def new_message_page(
    request: Request,
    opened: Opened,
    person: Editor,
    scenario: str = "",
    brand: str = "",
    case: str = "",
) -> HTMLResponse:
    """Show an empty form; a *case* that found nothing has its scenario and brand filled in."""
    known = {each.id for each in opened.brands()}
    values = {
        "scenario": scenario if scenario in SCENARIOS else "",
        "brand_id": brand if brand in known else "",
    }
    return _show(request, opened, person, MessageFields(values=values), case=case)


@router.post("/new")
def add(request: Request, opened: Opened, person: Editor, form: Form) -> Response:
    """Keep a new message, keep it and send it for review, or only check its wording."""
    return _handle(request, opened, person, form, MessageFields.read(form))


@router.get("/{message_id}/edit")
def edit_page(request: Request, opened: Opened, person: Editor, message_id: str) -> HTMLResponse:
    """Show the form of the newest version."""
    with opened.records.read() as session:
        row = seen_row(session, person.role, message_id, today_of(opened))
        if row.kind != "message":
            raise NotFound(_("没有这条话术，请回到话术列表。"))
        body = stored_body(session.get_one(AssetVersion, row.newest_id).body)
    return _show(request, opened, person, MessageFields.of(row, body))


@router.post("/{message_id}/edit")
def save(request: Request, opened: Opened, person: Editor, form: Form, message_id: str) -> Response:
    """Keep the changes; a wrong or stale form comes back as it was written."""
    return _handle(request, opened, person, form, MessageFields.read(form, message_id))


def _handle(
    request: Request, opened: Service, person: SignedIn, form: FormData, fields: MessageFields
) -> Response:
    doing = text_field(form, "do")
    case = text_field(form, "case")
    try:
        if doing == "check":
            checked = fields.with_check(today_of(opened))
            return _show(request, opened, person, checked, case=case)
        made = _keep(opened, person, fields, submit=doing == "submit")
    except WordingBlocked as error:
        told = replace(fields.with_check(today_of(opened)), notice=str(error))
        return _show(request, opened, person, told, 422, case)
    except InvalidInput as error:
        return _show(request, opened, person, fields.wrong(error), 422, case)
    except Conflict as error:
        with opened.records.read() as session:
            current = session.get_one(Asset, fields.id).version
        return _show(request, opened, person, fields.stale(error, current), 409, case)
    done = "submit" if doing == "submit" else "saved" if fields.id else "new"
    return RedirectResponse(f"/messages/{made.id}?done={done}&v={made.number}", 303)


class _Made:
    """The message as it was kept, and the number of its newest version."""

    def __init__(self, session: Session, asset: Asset) -> None:
        self.id = asset.id
        self.number = session.get_one(AssetVersion, asset.current_version_id).number


def _keep(opened: Service, person: SignedIn, fields: MessageFields, *, submit: bool) -> _Made:
    """Write the message, and its request for review in the same transaction."""
    body, who = fields.body(), actor_of(person)
    given: dict[str, Any] = {
        "title": fields.value("title"),
        "scenario": fields.value("scenario"),
        "body": body,
        "tags": fields.tags(),
        "brand_id": fields.value("brand_id") or None,
        "note": fields.value("note"),
        "actor": who,
        "clock": opened.clock,
        "ids": opened.ids,
    }
    with opened.records.write() as session:
        if fields.id:
            asset = messages.save(session, fields.id, fields.version, **given)
        else:
            asset = messages.create(session, **given)
        if submit:
            reviewing.request(
                session,
                asset.id,
                asset.version,
                actor=who,
                clock=opened.clock,
                ids=opened.ids,
                today=today_of(opened),
            )
        return _Made(session, asset)


def _show(
    request: Request,
    opened: Service,
    person: SignedIn,
    fields: MessageFields,
    status: int = 200,
    case: str = "",
) -> HTMLResponse:
    brands = [(brand.id, brand.name) for brand in opened.brands() if brand.role == "own"]
    return page(
        request,
        opened,
        person,
        "message_form.html",
        room="messages",
        status=status,
        it=fields,
        brands=[("", _("所有品牌")), *brands],
        case=case,
        disclaimer=translate(DISCLAIMER),
    )

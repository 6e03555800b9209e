"""/assets/new and /assets/{id}/edit: a file comes in, and is told what it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.asset_sight import actor_of, today_of
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.asset_form import (
    AssetForm,
    form_for_upload,
    form_for_version,
    form_of,
    read_form,
)
from api.pages.form_fields import expected_version
from api.pages.i18n import _
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from assets import library, uploads
from assets.row_shapes import AssetRow
from assets.rows import asset_rows
from assets.uploads import CompletedUpload
from core.errors import Conflict, InvalidInput, NotFound

router = APIRouter(prefix="/assets", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_ASSETS))]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("/new")
def new_asset_page(request: Request, opened: Opened, person: Editor, upload: str = "") -> Response:
    """Ask for a file; with one, what it is. The address's *for* names an asset that gets it."""
    wanted = request.query_params.get("for", "")
    row = _row(opened, wanted) if wanted else None
    if not upload:
        return page(request, opened, person, "asset_new.html", room="assets", row=row)
    done = uploads.completed(opened.records, upload, actor=actor_of(person))
    form = form_for_version(opened, row, done) if row else form_for_upload(opened, done)
    return _form_page(request, opened, person, form)


@router.post("/new")
def add(request: Request, opened: Opened, person: Editor, form: Form) -> Response:
    """Add an asset, or a version of one; a wrong form comes back as it was written."""
    done = uploads.completed(opened.records, text_field(form, "upload"), actor=actor_of(person))
    wanted = text_field(form, "for")
    if wanted:
        return _add_version(request, opened, person, form, _row(opened, wanted), done)
    given = read_form(form, form_for_upload(opened, done))
    try:
        with opened.records.write() as session:
            made = library.create_asset(
                session,
                kind=given.values["kind"],
                title=given.values["title"],
                description=given.values["description"],
                tags=given.tags,
                brand_id=given.values["brand_id"] or None,
                actor=actor_of(person),
                clock=opened.clock,
                ids=opened.ids,
                upload=done,
            )
            asset_id = made.id
    except InvalidInput as error:
        return _form_page(request, opened, person, given.wrong(error), 422)
    return RedirectResponse(f"/assets/{asset_id}?done=new", 303)


@router.get("/{asset_id}/edit")
def edit_page(request: Request, opened: Opened, person: Editor, asset_id: str) -> Response:
    """Show the form of one asset."""
    row = _row(opened, asset_id)
    if row.kind == "message":
        return RedirectResponse(f"/messages/{asset_id}/edit", 303)
    return _form_page(request, opened, person, form_of(opened, row))


@router.post("/{asset_id}/edit")
def save(request: Request, opened: Opened, person: Editor, form: Form, asset_id: str) -> Response:
    """Change what is said about an asset; a wrong or stale form comes back as it was written."""
    given = read_form(form, form_of(opened, _row(opened, asset_id)))
    try:
        with opened.records.write() as session:
            library.edit(
                session,
                asset_id,
                expected_version(form),
                actor=actor_of(person),
                clock=opened.clock,
                today=today_of(opened),
                title=given.values["title"],
                description=given.values["description"],
                tags=given.tags,
                brand_id=given.values["brand_id"] or None,
            )
    except InvalidInput as error:
        return _form_page(request, opened, person, given.wrong(error), 422)
    except Conflict as error:
        current = _row(opened, asset_id).locked_version
        return _form_page(request, opened, person, given.stale(str(error), current), 409)
    return RedirectResponse(f"/assets/{asset_id}?done=edit", 303)


def _add_version(
    request: Request,
    opened: Service,
    person: SignedIn,
    form: FormData,
    row: AssetRow,
    done: CompletedUpload,
) -> Response:
    given = read_form(form, form_for_version(opened, row, done))
    try:
        with opened.records.write() as session:
            library.add_version(
                session,
                row.id,
                expected_version(form),
                actor=actor_of(person),
                clock=opened.clock,
                ids=opened.ids,
                upload=done,
                note=given.values["note"],
            )
    except InvalidInput as error:
        return _form_page(request, opened, person, given.wrong(error), 422)
    except Conflict as error:
        stale = given.stale(str(error), row.locked_version)
        return _form_page(request, opened, person, stale, 409)
    return RedirectResponse(f"/assets/{row.id}?done=version", 303)


def _row(opened: Service, asset_id: str) -> AssetRow:
    with opened.records.read() as session:
        row = asset_rows(session, [asset_id], today=today_of(opened)).get(asset_id)
    if row is None:
        raise NotFound(_("没有这个资产，可能地址写错了。"))
    return row


def _form_page(
    request: Request, opened: Service, person: SignedIn, form: AssetForm, status: int = 200
) -> HTMLResponse:
    return page(request, opened, person, "asset_form.html", room="assets", status=status, made=form)

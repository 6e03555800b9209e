"""/admin/brands: whom we watch, under which names."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.brand_form import BrandForm, read_form
from api.pages.i18n import _
from api.pages.mention_query import MentionQuery
from api.pages.parts import Chip, Notice
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service
from core.errors import Conflict, InvalidInput, NotFound
from sentiment.brands import add_brand, archive_brand, edit_brand, restore_brand
from storage.records.watch import Brand
from storage.search import Filters, Selection

router = APIRouter(prefix="/admin/brands", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_BRANDS))]
Editor = Annotated[SignedIn, Depends(require_page(Permission.EDIT_BRANDS))]
Form = Annotated[FormData, Depends(checked_form)]


@dataclass(frozen=True)
class BrandLine:
    """One brand of the list."""

    id: str
    name: str
    words: str
    chip: Chip
    count: int
    href: str


@router.get("")
def brands_page(request: Request, opened: Opened, person: Reader, done: str = "") -> HTMLResponse:
    """List every brand, own ones first, archived ones last."""
    words = {
        "added": _("品牌已添加，从下一批采集的内容开始匹配。"),
        "saved": _("品牌已保存，从下一批采集的内容开始按新的词匹配。"),
        "archived": _("已不再关注，找到过的提及和事件都还在。"),
        "restored": _("已重新关注。"),
    }
    with opened.records.read() as session:
        archived = session.scalars(
            select(Brand).where(Brand.archived_at.is_not(None)).order_by(Brand.name)
        ).all()
    return page(
        request,
        opened,
        person,
        "brands.html",
        room="brands",
        lines=[_line(opened, brand) for brand in (*opened.brands(), *archived)],
        may_edit=person.may(Permission.EDIT_BRANDS),
        notice=Notice(words[done]) if done in words else None,
    )


@router.get("/new")
def new_brand_page(request: Request, opened: Opened, person: Editor) -> HTMLResponse:
    """Show an empty form."""
    return _form_page(request, opened, person, BrandForm())


@router.post("/new")
def add(request: Request, opened: Opened, person: Editor, form: Form) -> Response:
    """Add a brand, or only try its words; a wrong form comes back as it was written."""
    given = read_form(form)
    try:
        if form.get("try"):
            return _form_page(request, opened, person, given.tried())
        with opened.records.write() as session:
            add_brand(session, given.given(), person.name, opened.clock, opened.ids)
    except InvalidInput as error:
        return _form_page(request, opened, person, given.wrong(error), 422)
    return RedirectResponse("/admin/brands?done=added", 303)


@router.get("/{brand_id}")
def brand_page(request: Request, opened: Opened, person: Editor, brand_id: str) -> HTMLResponse:
    """Show the form of one brand."""
    return _form_page(request, opened, person, BrandForm.of(_brand(opened, brand_id)))


@router.post("/{brand_id}")
def save(request: Request, opened: Opened, person: Editor, form: Form, brand_id: str) -> Response:
    """Change a brand, or only try its words; a wrong or stale form comes back as written."""
    given = read_form(form, brand_id)
    try:
        if form.get("try"):
            return _form_page(request, opened, person, given.tried())
        with opened.records.write() as session:
            edit_brand(session, brand_id, given.version, given.given(), person.name, opened.clock)
    except InvalidInput as error:
        return _form_page(request, opened, person, given.wrong(error), 422)
    except Conflict as error:
        current = _brand(opened, brand_id).version
        return _form_page(request, opened, person, given.stale(str(error), current), 409)
    return RedirectResponse("/admin/brands?done=saved", 303)


@router.post("/{brand_id}/archived")
def archive(opened: Opened, person: Editor, form: Form, brand_id: str) -> Response:
    """Stop watching a brand, or watch it again."""
    version = text_field(form, "version")
    read = int(version) if version.isdigit() and len(version) < 10 else 0
    stop = text_field(form, "archived") == "on"
    change = archive_brand if stop else restore_brand
    with opened.records.write() as session:
        change(session, brand_id, read, person.name, opened.clock)
    return RedirectResponse(f"/admin/brands?done={'archived' if stop else 'restored'}", 303)


def _brand(opened: Service, brand_id: str) -> Brand:
    with opened.records.read() as session:
        brand = session.get(Brand, brand_id)
    if brand is None:
        raise NotFound(_("没有这个品牌。"))
    return brand


def _form_page(
    request: Request, opened: Service, person: SignedIn, form: BrandForm, status: int = 200
) -> HTMLResponse:
    return page(
        request, opened, person, "brand_form.html", room="brands", status=status, brand=form
    )


def _line(opened: Service, brand: Brand) -> BrandLine:
    chips = {
        "own": Chip(_("自己的品牌"), "act"),
        "competitor": Chip(_("竞品")),
        "industry": Chip(_("行业话题")),
    }
    words = [*brand.aliases, *brand.products, *brand.people]
    return BrandLine(
        brand.id,
        brand.name,
        _("、").join(words[:8]) + (_(" 等 %(n)s 个", n=len(words)) if len(words) > 8 else ""),
        Chip(_("不再关注")) if brand.archived_at else chips.get(brand.role, Chip(brand.role)),
        opened.index.count(Selection(filters=Filters(brand_ids=(brand.id,)))),
        MentionQuery(brand=(brand.id,)).href,
    )

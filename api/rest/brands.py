"""Brands by REST: list, add, change, archive."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import select

from api.auth.identity import SignedIn
from api.doors import require, service
from api.permissions import Permission
from api.rest.body import Body
from api.rest.forms import brand_form
from api.rest.paging import Limit, Words, holds, page_of
from api.wiring import Service
from core.clock import isoformat
from core.errors import NotFound
from sentiment.brands import BrandInput, add_brand, archive_brand, edit_brand
from storage.mentions import BrandRole
from storage.records.watch import Brand

router = APIRouter(prefix="/api/v1/brands", tags=["brands"])
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require(Permission.READ_BRANDS))]
Editor = Annotated[SignedIn, Depends(require(Permission.EDIT_BRANDS))]
WordList = list[str]


class BrandBody(Body):
    """A brand as it is sent."""

    name: str
    role: BrandRole
    aliases: WordList = Field(default_factory=list)
    products: WordList = Field(default_factory=list)
    people: WordList = Field(default_factory=list)
    exclude: WordList = Field(default_factory=list)
    context: WordList = Field(default_factory=list)


class BrandChange(BrandBody):
    """A changed brand; *version* is the one that was read."""

    version: int


@router.get("")
def list_brands(
    opened: Opened,
    _person: Reader,
    q: Words = "",
    role: Annotated[list[BrandRole], Query()] = [],  # noqa: B006
    limit: Limit = 20,
    cursor: str | None = None,
) -> dict[str, Any]:
    """List watched brands, own ones first."""
    brands = [
        brand
        for brand in opened.brands()
        if (not role or brand.role in role) and holds(q, brand.name, *brand.aliases)
    ]
    return page_of(brands, _place, brand_form, limit, cursor)


def _place(brand: Brand) -> tuple[str, ...]:
    order = str(get_args(BrandRole).index(brand.role))
    return order, isoformat(brand.created_at), brand.id


@router.get("/{brand_id}")
def get_brand(opened: Opened, _person: Reader, brand_id: str) -> dict[str, Any]:
    """Return one brand, archived ones too."""
    with opened.records.read() as session:
        brand = session.scalar(select(Brand).where(Brand.id == brand_id))
    if brand is None:
        raise NotFound("没有这个品牌。")
    return brand_form(brand)


@router.post("", status_code=201)
def post_brand(opened: Opened, person: Editor, body: BrandBody) -> dict[str, Any]:
    """Add a brand; it is matched from the next batch on."""
    with opened.records.write() as session:
        given = BrandInput(**body.model_dump())
        brand = add_brand(session, given, person.name, opened.clock, opened.ids)
        return brand_form(brand)


@router.put("/{brand_id}")
def put_brand(opened: Opened, person: Editor, brand_id: str, body: BrandChange) -> dict[str, Any]:
    """Change a brand."""
    with opened.records.write() as session:
        given = BrandInput(**body.model_dump(exclude={"version"}))
        brand = edit_brand(session, brand_id, body.version, given, person.name, opened.clock)
        return brand_form(brand)


@router.delete("/{brand_id}")
def delete_brand(opened: Opened, person: Editor, brand_id: str, version: int) -> dict[str, Any]:
    """Stop watching a brand; what was found stays."""
    with opened.records.write() as session:
        return brand_form(archive_brand(session, brand_id, version, person.name, opened.clock))

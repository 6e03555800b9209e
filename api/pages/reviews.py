"""GET /reviews: what waits for me? And a box to try a wording before it is written anywhere."""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from api.asset_sight import today_of
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service, text_field
from api.pages.i18n import _
from api.pages.parts import Notice, Tab
from api.pages.render import page
from api.pages.review_lines import ReviewLine, review_lines
from api.pages.review_queue import waiting_for
from api.pages.times import Times
from api.pages.wording_box import WordingBox, wording_box
from api.permissions import Permission
from api.wiring import Service
from core.errors import InvalidInput
from storage.records.library import Review

router = APIRouter(include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_REVIEWS))]
_PAGE_SIZE: Final = 50
_LONGEST: Final = 6
_TRY_LIMIT: Final = 4_000


@dataclass(frozen=True)
class Queue:
    """Everything the list shows."""

    show: str
    lines: tuple[ReviewLine, ...]
    tabs: tuple[Tab, ...]
    first_href: str | None
    next_href: str | None
    decides: bool


@router.get("/reviews")
def reviews_page(
    request: Request,
    opened: Opened,
    person: Reader,
    show: str = "open",
    after: str = "",
    done: str = "",
) -> HTMLResponse:
    """Show open reviews, those that wait for the person first, the oldest first; or closed ones."""
    show = show if show in {"open", "closed"} else "open"
    start = int(after) if after.isascii() and after.isdigit() and len(after) <= _LONGEST else 0
    return _page(request, opened, person, _queue(opened, person, show, start), _done(done))


@router.post("/wording/try")
def try_wording(
    request: Request,
    opened: Opened,
    person: Reader,
    form: Annotated[FormData, Depends(checked_form)],
) -> HTMLResponse:
    """Check a text and keep nothing of it."""
    queue = _queue(opened, person, "open", 0)
    try:
        text = text_field(form, "text", required=True, limit=_TRY_LIMIT)
    except InvalidInput as error:
        sent = str(form.get("text", ""))[:_TRY_LIMIT]
        box = WordingBox(text=sent, error=str(error))
        return _page(request, opened, person, queue, None, box, 422)
    box = wording_box(text, today_of(opened))
    return _page(request, opened, person, queue, None, box)


def _page(
    request: Request,
    opened: Service,
    person: SignedIn,
    queue: Queue,
    notice: Notice | None,
    box: WordingBox | None = None,
    status: int = 200,
) -> HTMLResponse:
    return page(
        request,
        opened,
        person,
        "reviews.html",
        room="reviews",
        status=status,
        queue=queue,
        box=box or WordingBox(),
        notice=notice,
    )


def _queue(opened: Service, person: SignedIn, show: str, start: int) -> Queue:
    with opened.records.read() as session:
        mine = list(waiting_for(session, person))
        counts = _counts(session)
        ids = _ids(session, show, mine, start)
        lines = review_lines(
            session, ids[:_PAGE_SIZE], set(mine), Times(opened.clock.now(), opened.zone)
        )
    more = len(ids) > _PAGE_SIZE
    names = {"open": _("待审"), "closed": _("已结束")}
    return Queue(
        show=show,
        lines=lines,
        tabs=tuple(
            Tab(name, _href(code), code == show, counts[code]) for code, name in names.items()
        ),
        first_href=_href(show) if start else None,
        next_href=_href(show, start + _PAGE_SIZE) if more else None,
        decides=person.may(Permission.DECIDE_REVIEWS),
    )


def _counts(session: Session) -> dict[str, int]:
    every = session.scalar(select(func.count()).select_from(Review)) or 0
    waiting = select(func.count()).select_from(Review).where(Review.state == "open")
    open_ones = session.scalar(waiting) or 0
    return {"open": open_ones, "closed": every - open_ones}


def _ids(session: Session, show: str, mine: list[str], start: int) -> list[str]:
    """Return a page of ids and one more, if there is one."""
    wanted = select(Review.id)
    if show == "closed":
        wanted = wanted.where(Review.state != "open")
        ordered = wanted.order_by(Review.closed_at.desc(), Review.id)
    else:
        wanted = wanted.where(Review.state == "open")
        # What waits for the person comes first; false sorts before true.
        ordered = wanted.order_by(Review.id.not_in(mine), Review.requested_at, Review.id)
    return list(session.scalars(ordered.offset(start).limit(_PAGE_SIZE + 1)))


def _href(show: str, after: int = 0) -> str:
    told = {"show": show if show != "open" else "", "after": after or ""}
    told = {name: value for name, value in told.items() if value}
    return f"/reviews?{urlencode(told)}" if told else "/reviews"


def _done(action: str) -> Notice | None:
    words = {"published": _("已通过，两方都同意，内容已发布。")}
    return Notice(words[action]) if action in words else None

"""GET /cases: the queue of cases, by deadline."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from alerts.queries import case_list
from alerts.states import CLOSED
from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.case_view import case_lines
from api.pages.i18n import _
from api.pages.parts import Tab
from api.pages.render import page
from api.permissions import Permission
from api.wiring import Service

router = APIRouter(include_in_schema=False)
_PAGE_SIZE: Final = 50


@router.get("/cases")
def cases_page(
    request: Request,
    opened: Annotated[Service, Depends(service)],
    person: Annotated[SignedIn, Depends(require_page(Permission.READ_CASES))],
    show: str = "open",
    q: str = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """Show open cases, the most urgent first; closed ones, the latest first; or both."""
    show = show if show in {"open", "closed", "all"} else "open"
    with opened.records.read() as session:
        found = case_list(
            session,
            open_only=show == "open",
            states=CLOSED if show == "closed" else None,
            q=q[:200],
            limit=_PAGE_SIZE,
            cursor=cursor or None,
        )
        counts = {
            "open": case_list(session, open_only=True, q=q[:200], limit=1).total,
            "closed": case_list(session, states=CLOSED, q=q[:200], limit=1).total,
        }
    counts["all"] = counts["open"] + counts["closed"]
    names = {"open": _("待处理"), "closed": _("已结束"), "all": _("全部")}
    return page(
        request,
        opened,
        person,
        "cases.html",
        room="cases",
        lines=case_lines(opened, found.items),
        tabs=[
            Tab(name, _href(code, q), code == show, counts[code]) for code, name in names.items()
        ],
        show=show,
        q=q,
        first_href=_href(show, q) if cursor else None,
        next_href=_href(show, q, found.next_cursor) if found.next_cursor else None,
    )


def _href(show: str, q: str, cursor: str = "") -> str:
    fields = {"show": show if show != "open" else "", "q": q, "cursor": cursor}
    told = {name: value for name, value in fields.items() if value}
    return f"/cases?{urlencode(told)}" if told else "/cases"

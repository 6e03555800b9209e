"""GET /: what needs me?"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.queries import CasePage, case_list
from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.case_view import CaseLine, case_lines
from api.pages.render import page
from api.pages.source_health import HealthCard, health_card
from api.pages.today_figures import Figure, Fortnight, case_figures, figures, fortnight
from api.pages.today_library import LibraryCard, library_card
from api.permissions import Permission
from api.wiring import Service

router = APIRouter(include_in_schema=False)
_SHOWN_CASES: Final = 6


@dataclass(frozen=True)
class Today:
    """Everything the page shows; what the person may not see or no store tells is None."""

    figures: tuple[Figure, ...]
    cases: tuple[CaseLine, ...] | None
    waiting: int
    fortnight: Fortnight | None
    health: HealthCard | None
    library: LibraryCard | None


@router.get("/")
def today_page(
    request: Request,
    opened: Annotated[Service, Depends(service)],
    person: Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))],
) -> Response:
    """Show today; a workspace without a brand of its own is set up first.

    Who reads no mentions has the library for a start.
    """
    if not person.may(Permission.READ_MENTIONS):
        return RedirectResponse("/assets", 303)
    own = [brand for brand in opened.brands() if brand.role == "own"]
    if not own and not opened.workspace.is_sample and person.may(Permission.MANAGE_WORKSPACE):
        return RedirectResponse("/setup", 303)
    cases = _waiting(opened) if person.may(Permission.READ_CASES) else None
    counted = opened.index_silence.ask(
        lambda: (figures(opened, with_cases=cases is not None), fortnight(opened))
    )
    today = Today(
        figures=counted[0] if counted else case_figures(opened) if cases else (),
        cases=case_lines(opened, cases.items) if cases else None,
        waiting=cases.total if cases else 0,
        fortnight=counted[1] if counted else None,
        health=health_card(opened) if person.may(Permission.READ_SOURCES) else None,
        library=library_card(opened, person),
    )
    return _page(request, opened, person, today)


def _page(request: Request, opened: Service, person: SignedIn, today: Today) -> HTMLResponse:
    return page(request, opened, person, "today.html", room="today", today=today)


def _waiting(opened: Service) -> CasePage:
    with opened.records.read() as session:
        return case_list(session, open_only=True, limit=_SHOWN_CASES)

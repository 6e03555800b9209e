"""GET /messages: what may be said? Messages by scenario."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from alerts.uses import use_counts
from api.asset_sight import sees, today_of
from api.auth.identity import SignedIn
from api.doors import require_page, service
from api.pages.asset_view import asset_chip
from api.pages.i18n import _, translate
from api.pages.parts import Chip, Tab
from api.pages.render import page
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from assets.message_body import MessageBody, stored_body
from assets.row_shapes import AssetRow
from assets.rows import asset_rows
from assets.words import SCENARIOS
from core.folding import fold
from storage.records.library import Asset, AssetVersion

router = APIRouter(include_in_schema=False)
_COUNTED: Final = timedelta(days=30)
_MOST: Final = 500
_EXCERPT: Final = 60


@dataclass(frozen=True)
class MessageLine:
    """One message of the list; *uses* counts the last 30 days, None for who may not see cases."""

    title: str
    href: str
    scenario: str
    excerpt: str
    brand: str
    channels: int
    chip: Chip
    uses: int | None
    updated: Moment


@router.get("/messages")
def messages_page(
    request: Request,
    opened: Annotated[Service, Depends(service)],
    person: Annotated[SignedIn, Depends(require_page(Permission.READ_ASSETS))],
    q: Annotated[str, Query(max_length=200)] = "",
    scenario: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """List the messages that *person* may see, the newest first."""
    times = Times(opened.clock.now(), opened.zone)
    with opened.records.read() as session:
        found = _found(session, opened, person, q)
        counted = None
        if person.may(Permission.READ_CASES):
            counted = use_counts(session, times.now - _COUNTED)
    chosen = scenario if scenario in SCENARIOS else ""
    shown = [(row, body) for row, body in found if chosen in {"", row.scenario}]
    return page(
        request,
        opened,
        person,
        "messages.html",
        room="messages",
        q=q,
        scenario=chosen,
        tabs=_tabs([row for row, _body in found], q, chosen),
        lines=[_line(row, body, counted, times) for row, body in shown],
        may_edit=person.may(Permission.EDIT_ASSETS),
        new_href=f"/messages/new?{urlencode({'scenario': chosen})}" if chosen else "/messages/new",
    )


def _found(
    session: Session, opened: Service, person: SignedIn, q: str
) -> list[tuple[AssetRow, MessageBody]]:
    ids = session.scalars(
        select(Asset.id)
        .where(Asset.kind == "message", Asset.state != "archived")
        .order_by(Asset.updated_at.desc(), Asset.id)
        .limit(_MOST)
    ).all()
    rows = asset_rows(session, ids, today=today_of(opened))
    seen = [row for row in rows.values() if sees(person.role, row)]
    bodies = {
        version_id: stored_body(body)
        for version_id, body in session.execute(
            select(AssetVersion.id, AssetVersion.body).where(
                AssetVersion.id.in_([row.version_id for row in seen])
            )
        )
    }
    words = fold(q).split()
    return [
        (row, bodies[row.version_id]) for row in seen if _holds(row, bodies[row.version_id], words)
    ]


def _holds(row: AssetRow, body: MessageBody, words: Sequence[str]) -> bool:
    name = SCENARIOS.get(row.scenario or "", "")
    text = fold("\n".join([row.title, name, *row.tags, row.description, body.layer_text()]))
    return all(word in text for word in words)


def _tabs(rows: Sequence[AssetRow], q: str, chosen: str) -> list[Tab]:
    counts = Counter(row.scenario for row in rows)
    every = Tab(_("全部"), _href(q, ""), not chosen, len(rows))
    return [
        every,
        *(
            Tab(translate(name), _href(q, code), code == chosen, counts[code])
            for code, name in SCENARIOS.items()
        ),
    ]


def _href(q: str, scenario: str) -> str:
    values = {"scenario": scenario, "q": q}
    told = urlencode({name: text for name, text in values.items() if text})
    return f"/messages?{told}" if told else "/messages"


def _line(
    row: AssetRow, body: MessageBody, counted: Mapping[str, int] | None, times: Times
) -> MessageLine:
    words = " ".join(body.text_for("").split())
    return MessageLine(
        title=row.title,
        href=f"/messages/{row.id}",
        scenario=translate(SCENARIOS.get(row.scenario or "", "")) if row.scenario else "",
        excerpt=words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]}…",
        brand=row.brand[1] if row.brand else "",
        channels=len(body.variants),
        chip=asset_chip(row, times.now.astimezone(times.zone).date()),
        uses=None if counted is None else counted.get(row.id, 0),
        updated=times.moment(row.updated_at),
    )

"""/admin/outbox: what was sent to whom, what waits and what failed."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from sqlalchemy import func, select
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.outbox import FAILED, SENT, WAITING
from alerts.outbox import retry as retry_mail
from alerts.words import mail_kind
from api.auth.identity import SignedIn
from api.doors import checked_form, require_page, service
from api.pages.i18n import _, translate
from api.pages.mail_view import HTML_POLICY, mail_view
from api.pages.parts import Chip, Notice, Tab
from api.pages.render import page
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from core.errors import NotFound
from storage.records.audit import audit
from storage.records.cases import Case, OutboxMessage

router = APIRouter(prefix="/admin/outbox", include_in_schema=False)
Opened = Annotated[Service, Depends(service)]
Reader = Annotated[SignedIn, Depends(require_page(Permission.READ_OUTBOX))]
Admin = Annotated[SignedIn, Depends(require_page(Permission.MANAGE_WORKSPACE))]
_PAGE_SIZE: Final = 50
_MOST_PAGES: Final = 10_000


@dataclass(frozen=True)
class MailLine:
    """One mail of the list."""

    id: str
    title: str
    recipient: str
    kind: str
    at: Moment
    chip: Chip
    trouble: str
    case_href: str
    failed: bool


@router.get("")
def outbox_page(
    request: Request, opened: Opened, person: Reader, show: str = "all", page_number: int = 1
) -> HTMLResponse:
    """List mails, the newest first."""
    names = {
        "all": _("全部"),
        WAITING: _("待发送"),
        SENT: _("已送出"),
        FAILED: _("未送达"),
    }
    show = show if show in names else "all"
    at = min(max(page_number, 1), _MOST_PAGES)
    with opened.records.read() as session:
        by_state = session.execute(
            select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        )
        counts: dict[str, int] = {row[0]: row[1] for row in by_state}
        query = select(OutboxMessage, Case.title).outerjoin(Case, Case.id == OutboxMessage.case_id)
        if show != "all":
            query = query.where(OutboxMessage.state == show)
        found = session.execute(
            query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
            .offset((at - 1) * _PAGE_SIZE)
            .limit(_PAGE_SIZE + 1)
        ).all()
    counts["all"] = sum(counts.values())
    times = Times(opened.clock.now(), opened.zone)
    return page(
        request,
        opened,
        person,
        "outbox.html",
        room="outbox",
        lines=[_line(row, title, times) for row, title in found[:_PAGE_SIZE]],
        tabs=[
            Tab(name, _href(code, 1), code == show, counts.get(code, 0))
            for code, name in names.items()
        ],
        to_folder=opened.settings.smtp_url is None,
        newer_href=_href(show, at - 1) if at > 1 else None,
        older_href=_href(show, at + 1) if len(found) > _PAGE_SIZE else None,
    )


@router.get("/{mail_id}")
def mail_page(
    request: Request, opened: Opened, person: Reader, mail_id: str, done: str = ""
) -> HTMLResponse:
    """Show one mail: its headers, its HTML part in a frame of its own, its text part."""
    with opened.records.read() as session:
        row = session.get(OutboxMessage, mail_id)
        if row is None:
            raise NotFound(_("没有这封邮件。"))
        case = session.get(Case, row.case_id) if row.case_id else None
    line = _line(row, case.title if case else None, Times(opened.clock.now(), opened.zone))
    return page(
        request,
        opened,
        person,
        "mail.html",
        room="outbox",
        line=line,
        mail=mail_view(opened, mail_id),
        attempts=row.attempts,
        may_retry=line.failed and person.may(Permission.MANAGE_WORKSPACE),
        notice=Notice(_("已重新排队。")) if done == "retry" else None,
    )


@router.get("/{mail_id}/html")
def mail_html(opened: Opened, _person: Reader, mail_id: str) -> HTMLResponse:
    """Return the HTML part alone, allowed to do nothing."""
    headers = {"content-security-policy": HTML_POLICY}
    return HTMLResponse(mail_view(opened, mail_id).html, headers=headers)


@router.post("/{mail_id}/retry")
def retry(
    opened: Opened,
    person: Admin,
    _form: Annotated[FormData, Depends(checked_form)],
    mail_id: str,
) -> Response:
    """Put a mail that was given up back into the queue."""
    with opened.records.write() as session:
        if retry_mail(session, mail_id, opened.clock.now()):
            audit(session, opened.clock.now(), person.name, "retry", "mail", mail_id)
    return RedirectResponse(f"/admin/outbox/{mail_id}?done=retry", 303)


def _line(row: OutboxMessage, case_title: str | None, times: Times) -> MailLine:
    kind = mail_kind(row.kind, row.payload, translate)
    return MailLine(
        id=row.id,
        title=row.subject or _with_case(kind, case_title),
        recipient=row.recipient,
        kind=kind,
        at=times.moment(row.sent_at or row.created_at),
        chip=_chip(row),
        trouble=row.last_error or "",
        case_href=f"/cases/{row.case_id}" if row.case_id else "",
        failed=row.state == FAILED,
    )


def _with_case(kind: str, title: str | None) -> str:
    return _("%(kind)s：%(title)s", kind=kind, title=title) if title else kind


def _chip(row: OutboxMessage) -> Chip:
    if row.state == SENT:
        return Chip(_("已送出"), "good")
    if row.state == FAILED:
        return Chip(_("未送达"), "bad")
    return Chip(_("重试中"), "soon") if row.attempts else Chip(_("待发送"), "act")


def _href(show: str, number: int) -> str:
    fields = [f"show={show}"] if show != "all" else []
    fields += [f"page_number={number}"] if number > 1 else []
    return "/admin/outbox" + (f"?{'&'.join(fields)}" if fields else "")

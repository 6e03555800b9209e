"""A mail of the outbox as it went out, or as it would go out now."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import PurePath
from typing import Final, cast

from alerts.mail import CaseMail
from alerts.outbox import SENT
from api.pages.i18n import _, translate
from api.wiring import Service
from core.errors import NotFound
from storage.records.cases import OutboxMessage

_HEADERS: Final = ("From", "To", "Subject", "Date", "Message-ID", "X-Shengyu-Case")
_INLINE: Final = re.compile(r"cid:([^\"'\s>)]+)")
# A mail brings its own styles and pictures and may do nothing else; links lead nowhere here.
HTML_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)


@dataclass(frozen=True)
class MailView:
    """Headers and parts of a mail; *archived* when it is the very file that was written."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    archived: bool


def mail_view(service: Service, mail_id: str) -> MailView:
    """Return a mail. Raises ``NotFound``."""
    with service.records.read() as session:
        row = session.get(OutboxMessage, mail_id)
        if row is None:
            raise NotFound(_("没有这封邮件。"))
        kept = _kept(service, row)
        if kept is not None:
            return _view(kept, archived=True)
        if row.case_id is None:
            raise NotFound(_("这封邮件没有留底。"))
        settings = service.settings
        render = CaseMail(
            settings.base_url,
            service.zone,
            service.secret,
            settings.mail_from,
            service.clock,
            translate,
        )
        return _view(render(session, row), archived=False)


def _kept(service: Service, row: OutboxMessage) -> EmailMessage | None:
    """Read the file that the mail folder holds, if that is where it went."""
    if row.state != SENT or not row.location or not row.location.endswith(".eml"):
        return None
    # The column holds a bare name; anything else must not lead out of the folder.
    path = service.workspace.mail / PurePath(row.location).name
    try:
        return message_from_bytes(path.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None


def _view(message: EmailMessage, *, archived: bool) -> MailView:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return MailView(
        headers=tuple((name, str(message[name])) for name in _HEADERS if message[name]),
        text=str(text.get_content()) if text else "",
        html=_with_pictures(message, str(html.get_content())) if html else "",
        archived=archived,
    )


def _with_pictures(message: EmailMessage, html: str) -> str:
    """Put inline pictures into the page itself: a browser has no other way to ``cid:``."""
    pictures = dict(_pictures(message))
    return _INLINE.sub(lambda found: pictures.get(found[1], ""), html)


def _pictures(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        name = str(part["Content-ID"] or "").strip("<> ")
        if name and part.get_content_maintype() == "image":
            data = base64.b64encode(cast(bytes, part.get_payload(decode=True))).decode()
            yield name, f"data:{part.get_content_type()};base64,{data}"

"""Case mails: one message with a text and an HTML part, readable without pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from alerts.excerpt import plain
from alerts.links import acknowledge_token, acknowledge_url, case_url
from alerts.mail_answer import mail_answer
from alerts.mail_view import CaseMailView, case_mail_view
from alerts.policy import rules_of
from core.clock import Clock
from core.translation import Translate, to_translate, untranslated
from storage.records.cases import Case, OutboxMessage

_SENDER_NAME = "声誉"
_SUBJECT = to_translate("{brand} · {kind}：{title}")
_SEVERE_SUBJECT = to_translate("【严重】{brand} · {kind}：{title}")


@dataclass(frozen=True)
class CaseMail:
    """Renders the mail of an outbox row: the ``render`` that ``deliver_due`` is given.

    *base_url* is what links begin with, without a slash at the end. *secret* signs the links.
    *mail_from* is an address, with or without a name.
    """

    base_url: str
    zone: ZoneInfo
    secret: str
    mail_from: str
    clock: Clock
    translate: Translate = untranslated

    def __call__(self, session: Session, row: OutboxMessage) -> EmailMessage:
        """Return the mail as the case stands now; its Message-ID is the row's."""
        now = self.clock.now()
        view = case_mail_view(session, row, now, self.zone, self.translate)
        case = session.get_one(Case, row.case_id)
        values = {
            "view": view,
            "case_url": case_url(self.base_url, case.id),
            "acknowledge_url": self._acknowledge_url(case, row),
            "answer": mail_answer(
                session, row, self.base_url, now.astimezone(self.zone).date(), self.translate
            ),
        }
        message = self._headed(row, view)
        # Base64 survives every server: lines stay short and no byte is above 127.
        message.set_content(self._render("case.txt.j2", values), cte="base64")
        message.add_alternative(self._render("case.html.j2", values), subtype="html", cte="base64")
        return message

    def _headed(self, row: OutboxMessage, view: CaseMailView) -> EmailMessage:
        message = EmailMessage()
        form = _SEVERE_SUBJECT if view.severe else _SUBJECT
        subject = self.translate(form).format(brand=view.brand, kind=view.kind, title=view.title)
        # A line break in a title must not begin a header of its own.
        message["Subject"] = " ".join(plain(subject).split())
        name, address = parseaddr(self.mail_from)
        message["From"] = Address(name or _SENDER_NAME, addr_spec=address)
        message["To"] = Address(addr_spec=row.recipient)
        message["Date"] = format_datetime(self.clock.now().astimezone(UTC))
        message["Message-ID"] = row.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Shengyu-Case"] = str(row.case_id)
        message["X-Shengyu-Trace"] = " ".join(plain(row.trace_id).split())
        # The mails of a case stand together in the reader's list.
        message["References"] = f"<{row.case_id}@{row.message_id.strip('<>').rpartition('@')[2]}>"
        return message

    def _acknowledge_url(self, case: Case, row: OutboxMessage) -> str:
        # From the row's own time, so that a mail that is sent again carries the same link.
        expires = row.created_at + timedelta(seconds=rules_of(case).link_life_s)
        token = acknowledge_token(self.secret, case.id, row.recipient, expires)
        return acknowledge_url(self.base_url, case.id, token)

    def _render(self, template: str, values: dict[str, Any]) -> str:
        return self._templates.get_template(template).render(values)

    @cached_property
    def _templates(self) -> Environment:
        return _environment(self.translate)


def _environment(translate: Callable[[str], str]) -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts", "templates"),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = translate
    return environment

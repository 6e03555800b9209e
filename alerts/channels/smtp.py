"""Mails to a mail server: ``smtp://``, ``smtps://`` or ``smtp+starttls://user:password@host``."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, cast
from urllib.parse import unquote, urlsplit

from alerts.channels.channel import DeliveryFailed
from core.errors import SettingsError

Security = Literal["smtp", "smtps", "smtp+starttls"]
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class SmtpAddress:
    """A mail server and how to talk to it; *password* never shows in logs."""

    security: Security
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> "SmtpAddress":
        """Read the URL form of ``SHENGYU_SMTP_URL``; user and password are percent-decoded.

        Raises ``SettingsError``.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in _PORTS or not parts.hostname or port == 0:
            raise SettingsError(
                "SHENGYU_SMTP_URL: must name a scheme, host and port; "
                "example: smtps://user:password@mail.example.cn:465"
            )
        return cls(
            cast(Security, parts.scheme),
            parts.hostname,
            port or _PORTS[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password is not None else None,
        )

    def __repr__(self) -> str:
        return f"{self.security}://{self.host}:{self.port}"


class SmtpServer:
    """Sends each mail over its own connection; certificates are verified."""

    def __init__(
        self,
        address: SmtpAddress,
        *,
        timeout_s: float = _TIMEOUT_S,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._address, self._timeout_s = address, timeout_s
        self._context = context or ssl.create_default_context()

    def send(self, message: EmailMessage, key: str) -> str:
        """Hand *message* to the server; return its address.

        Raises ``DeliveryFailed``, permanent when the server refuses this mail with 5xx. A refused
        sign-in or connection is the server's state and not the mail's, so that is tried again.
        """
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _failure(code, answer) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _failure(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryFailed(f"{self._address!r}: {error}") from error
        except (smtplib.SMTPException, OSError, UnicodeEncodeError) as error:
            raise DeliveryFailed(f"{self._address!r}: {error}") from error
        return repr(self._address)

    def _connect(self) -> smtplib.SMTP:
        where = self._address
        if where.security == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                where.host, where.port, timeout=self._timeout_s, context=self._context
            )
        else:
            server = smtplib.SMTP(where.host, where.port, timeout=self._timeout_s)
        try:
            if where.security == "smtp+starttls":
                server.starttls(context=self._context)
            if where.user is not None:
                server.login(where.user, where.password or "")
        except BaseException:
            server.close()
            raise
        return server


def _failure(code: int, answer: bytes | str) -> DeliveryFailed:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return DeliveryFailed(f"{code} {text}", permanent=500 <= code < 600)

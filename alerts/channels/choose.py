"""Chooses the channel that the settings name."""

from email.utils import parseaddr
from pathlib import Path

from alerts.channels.channel import Channel
from alerts.channels.eml import EmlFolder
from alerts.channels.smtp import SmtpAddress, SmtpServer
from alerts.outbox import MESSAGE_HOST
from core.settings import Settings


def make_channel(settings: Settings, mail_folder: Path) -> Channel:
    """Return the mail server of the settings, or *mail_folder* where none is set."""
    if settings.smtp_url is None:
        return EmlFolder(mail_folder)
    return SmtpServer(SmtpAddress.parse(settings.smtp_url.get_secret_value()))


def message_host(settings: Settings) -> str:
    """Return the host part of Message-IDs: the sender's domain."""
    return parseaddr(settings.mail_from)[1].rpartition("@")[2] or MESSAGE_HOST

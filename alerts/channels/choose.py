"""Chooses the channel that the settings name."""

from pathlib import Path

from alerts.channels.channel import Channel
from alerts.channels.eml import EmlFolder
from alerts.channels.smtp import SmtpAddress, SmtpServer
from core.settings import Settings


def make_channel(settings: Settings, mail_folder: Path) -> Channel:
    """Return the mail server of the settings, or *mail_folder* where none is set."""
    if settings.smtp_url is None:
        return EmlFolder(mail_folder)
    return SmtpServer(SmtpAddress.parse(settings.smtp_url.get_secret_value()))

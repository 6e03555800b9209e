"""Mails as ``.eml`` files in a folder: what happens where no mail server is set."""

import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from alerts.channels.channel import DeliveryFailed


class EmlFolder:
    """Writes each mail to ``<folder>/<key>.eml``; sending it again replaces the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, key: str) -> str:
        """Write the file durably and return its name within the folder."""
        name = f"{key}.eml"
        # One name for all attempts: what a killed one left is overwritten by the next.
        staged = self._folder / f".{name}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with staged.open("wb") as file:
                file.write(message.as_bytes(policy=SMTP))
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self._folder / name)
            _sync_folder(self._folder)
        except OSError as error:
            staged.unlink(missing_ok=True)
            raise DeliveryFailed(
                f"Cannot write mail into the mail folder ({error.strerror})"
            ) from error
        return name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""What every channel is: something that takes a mail, or says why it did not."""

from email.message import EmailMessage
from typing import Protocol

from core.errors import ShengyuError


class DeliveryFailed(ShengyuError):
    """A mail was not taken. *permanent*: trying again would not help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Channel(Protocol):
    """Carries a mail away."""

    def send(self, message: EmailMessage, key: str) -> str:
        """Send *message*; *key* is the same when it is sent again. Return where it went.

        Raises ``DeliveryFailed``.
        """
        ...

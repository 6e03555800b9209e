"""Signed links that expire: one click in a mail leads to the page that asks to acknowledge."""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote

from core.errors import InvalidInput

# Keeps a signature made for anything else with the same key from being one of ours.
_PURPOSE = b"shengyu acknowledge link v1"


def acknowledge_token(secret: str, case_id: str, recipient: str, expires_at: datetime) -> str:
    """Return the ``k`` of an acknowledge link: expiry, recipient and their signature."""
    body = f"{int(expires_at.timestamp())}.{_encode(recipient.encode())}"
    return f"{body}.{_signature(secret, case_id, body)}"


def verify_acknowledge_token(secret: str, case_id: str, token: str, now: datetime) -> str:
    """Return the recipient that *token* was made for.

    Raises ``InvalidInput`` when it was changed, is another case's, or has expired.
    """
    body, _, signed = token.rpartition(".")
    # Bytes, because compare_digest refuses strings that are not ASCII.
    if not hmac.compare_digest(
        signed.encode("utf-8", "replace"), _signature(secret, case_id, body).encode()
    ):
        raise InvalidInput("这个链接不完整或已失效，请登录后在事件页认领。", "k")
    expiry, _, recipient = body.partition(".")
    if now.astimezone(UTC).timestamp() >= int(expiry):
        raise InvalidInput("这个链接已过期，请登录后在事件页认领。", "k")
    try:
        return base64.urlsafe_b64decode(recipient + "=" * (-len(recipient) % 4)).decode()
    except (binascii.Error, UnicodeError) as error:
        raise InvalidInput("这个链接不完整，请登录后在事件页认领。", "k") from error


def acknowledge_url(base_url: str, case_id: str, token: str) -> str:
    """Return the address of the page that asks to confirm."""
    return f"{case_url(base_url, case_id)}/acknowledge?k={quote(token, safe='')}"


def case_url(base_url: str, case_id: str) -> str:
    """Return the address of a case's page."""
    return f"{base_url}/cases/{quote(case_id, safe='')}"


def _signature(secret: str, case_id: str, body: str) -> str:
    key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
    told = f"{case_id}\n{body}".encode("utf-8", "replace")
    return _encode(hmac.digest(key, told, hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

"""Cursors: a few bytes in a form that fits an address, and a check that none was mistyped."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from core.errors import InvalidInput


def write(body: bytes) -> str:
    """Return the opaque form of *body*."""
    return urlsafe_b64encode(body + _check(body)).decode().rstrip("=")


def read(cursor: str, size: int) -> bytes:
    """Return the *size* bytes in *cursor*; ``InvalidInput`` for what ``write`` never made."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise unusable() from error
    body, check = raw[:size], raw[size:]
    if len(body) != size or check != _check(body):
        raise unusable()
    return body


def unusable() -> InvalidInput:
    """Return the error for a cursor of no page."""
    return InvalidInput("翻页标记 cursor 无效，请从第一页重新开始。", field="cursor")


def _check(body: bytes) -> bytes:
    """A check against truncation and typing, not against forgery: a cursor opens no door."""
    return binascii.crc32(body).to_bytes(4)[:3]

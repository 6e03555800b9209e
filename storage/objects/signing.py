"""Signed paths of our own routes, which do for a folder what presigned URLs do for S3."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import parse_qsl, urlencode

from core.errors import NotPermitted
from storage.objects.checks import check_get_link, check_put_link
from storage.objects.keys import is_key

ROUTE: Final = "/objects/"

Method = Literal["GET", "PUT"]

# Keeps a signature made for anything else with the same key from being one of ours.
_PURPOSE: Final = b"shengyu object link v1"
_FIELDS: Final[dict[Method, tuple[str, ...]]] = {"GET": ("e", "f", "t"), "PUT": ("e", "m")}
_METHODS: Final[dict[str, Method]] = {"GET": "GET", "PUT": "PUT"}
_BROKEN: Final = "这个链接不完整或已失效，请回到原来的页面再试一次。"


@dataclass(frozen=True)
class Grant:
    """What a signed path allows until *expires_at*.

    ``GET``: read *key* and send it as *filename* with *media_type*. ``PUT``: write *key* with at
    most *max_bytes*.
    """

    method: Method
    key: str
    expires_at: datetime
    filename: str = ""
    media_type: str = ""
    max_bytes: int = 0


class Signer:
    """Makes and verifies signed paths; *secret* is the service's own."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)

    def get_path(
        self, key: str, expires_s: int, filename: str, media_type: str, now: datetime
    ) -> str:
        """Return the path that downloads *key*, a blob or rendition, until *expires_s* from now."""
        check_get_link(key, expires_s, filename, media_type)
        return self._path("GET", key, _expiry(now, expires_s) | {"f": filename, "t": media_type})

    def put_path(self, key: str, expires_s: int, max_bytes: int, now: datetime) -> str:
        """Return the path that takes at most *max_bytes* for *key*, an incoming one."""
        check_put_link(key, expires_s, max_bytes)
        return self._path("PUT", key, _expiry(now, expires_s) | {"m": str(max_bytes)})

    def verify(self, method: str, target: str, now: datetime, length: int | None = None) -> Grant:
        """Return what *target*, the request's undecoded path and query, allows at *now*.

        *length* is the declared size of the body. Raises ``NotPermitted`` for a wrong signature,
        an expired one, another key or method, or a body that is too large.
        """
        known = _METHODS.get(method)
        if known is None:
            raise NotPermitted(_BROKEN)
        key, values = _read(known, target)
        signed = values.pop("s")
        # Bytes, because compare_digest refuses strings that are not ASCII.
        expected = self._signature(known, key, values).encode()
        if not hmac.compare_digest(signed.encode("utf-8", "replace"), expected):
            raise NotPermitted(_BROKEN)
        grant = _grant(known, key, values)
        if now >= grant.expires_at:
            raise NotPermitted("这个链接已过期，请回到原来的页面再试一次。")
        if length is not None and method == "PUT" and length > grant.max_bytes:
            raise NotPermitted("文件比申请上传时说的大，请重新上传。")
        return grant

    def _path(self, method: Method, key: str, values: dict[str, str]) -> str:
        query = urlencode(values | {"s": self._signature(method, key, values)})
        return f"{ROUTE}{key}?{query}"

    def _signature(self, method: Method, key: str, values: dict[str, str]) -> str:
        told = json.dumps([method, key, *(values[name] for name in _FIELDS[method])])
        return _encode(hmac.digest(self._key, told.encode(), hashlib.sha256))


def _read(method: Method, target: str) -> tuple[str, dict[str, str]]:
    """Take *target* apart; only what ``_path`` could have written passes."""
    path, _, query = target.partition("?")
    key = path.removeprefix(ROUTE)
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=8)
    except ValueError as error:
        raise NotPermitted(_BROKEN) from error
    names = sorted(name for name, _ in pairs)
    if not path.startswith(ROUTE) or not is_key(key) or names != sorted((*_FIELDS[method], "s")):
        raise NotPermitted(_BROKEN)
    return key, dict(pairs)


def _grant(method: Method, key: str, values: dict[str, str]) -> Grant:
    expires_at = datetime.fromtimestamp(int(values["e"]), UTC)
    if method == "GET":
        return Grant(method, key, expires_at, filename=values["f"], media_type=values["t"])
    return Grant(method, key, expires_at, max_bytes=int(values["m"]))


def _expiry(now: datetime, expires_s: int) -> dict[str, str]:
    return {"e": str(int(now.timestamp()) + expires_s)}


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

"""Headers and checks on every request: Host, origin of changes, content security, caching."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from assets.uploads import MAX_SIZE, PART_SIZE
from core.settings import Settings

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_BODY: Final = 1024 * 1024
_FORM_AROUND: Final = 64 * 1024
# Where files come in. These routes know who may send before they read, and never hold a body:
# of parts a signed grant says how large they may be.
_FILES: Final = {
    ("PUT", "/objects/"): PART_SIZE,
    ("POST", "/assets/upload"): MAX_SIZE + _FORM_AROUND,
}


def content_security_policy(settings: Settings) -> str:
    """Return the policy of a site with *settings*.

    Where files are kept on an S3 server, pages send their parts to it; what they load and where
    their forms go stays here: pictures come through us, and a download is no part of a page.
    """
    store = settings.s3_public_endpoint or settings.s3_endpoint
    if store is None:
        return CONTENT_SECURITY_POLICY
    address = urlsplit(store)
    own = "connect-src 'self'"
    return CONTENT_SECURITY_POLICY.replace(own, f"{own} {address.scheme}://{address.netloc}")


class Guarded:
    """ASGI middleware around the whole application.

    A Host that is not ours is refused, which stops DNS rebinding; a change that another site
    started is refused by Origin and Sec-Fetch-Site, besides the CSRF token of each form.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._names = {"localhost", settings.host.lower()}
        if settings.public_url:
            self._names.add((urlsplit(settings.public_url).hostname or "").lower())
        self._https = (settings.public_url or "").startswith("https://")
        self._headers = _HEADERS | {"content-security-policy": content_security_policy(settings)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then add the headers to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message))
            await send(message)

        most = _largest_body(scope["method"], scope["path"])
        refusal = self._refusal(scope["method"], headers, most)
        answer = self._app if refusal is None else problem(*refusal)
        await answer(scope, _at_most(most, receive), send_with_headers)

    def _refusal(self, method: str, headers: Headers, most: int) -> tuple[int, str] | None:
        if not self._ours(headers.get("host", "")):
            return 400, "Host 头不是本服务的地址。请设置 SHENGYU_PUBLIC_URL。"
        if not _fits(headers.get("content-length", "0"), most):
            return 413, _too_large(most)
        if method not in _SAFE_METHODS and _from_elsewhere(headers):
            return 403, "请求来自别的网站，已拒绝。"
        return None

    def _ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        return name in self._names or _is_address(name)

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            if name not in headers:
                headers[name] = value
        if self._https:
            headers["strict-transport-security"] = "max-age=31536000"


def _is_address(name: str) -> bool:
    """Rebinding needs a name; a literal address can only be this machine's own."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _largest_body(method: str, path: str) -> int:
    if method == "PUT" and path.startswith("/objects/"):
        path = "/objects/"
    return _FILES.get((method, path), _MAX_BODY)


def _too_large(most: int) -> str:
    return f"请求体最多 {most} 字节。"


def _fits(length: str, most: int) -> bool:
    """Whether a declared length may be; what is no length may not."""
    digits = length.isascii() and length.isdigit() and len(length) < 20
    return digits and int(length) <= most


def _at_most(limit: int, receive: Receive) -> Receive:
    """Count the body as it comes: a chunked one declares no length."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413, _too_large(limit))
        return message

    return counted


def _from_elsewhere(headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != headers.get("host")
    except ValueError:
        return True

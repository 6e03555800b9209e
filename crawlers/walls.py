"""Pages that a site puts in front of its content: a login form or a captcha. Neither is passed."""

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from core.errors import FetchError
from crawlers.encoding import decode

if TYPE_CHECKING:
    from scrapy.http import Response

# Such a page is short: what is longer may well have a login box beside its content.
_LONGEST_PAGE: Final = 256 * 1024
_LONGEST_TEXT: Final = 300
_LOGIN_ADDRESS: Final = re.compile(
    r"(?:^|[./_-])(?:login|log-in|logon|signin|sign-in|sign_in|passport|denglu|sso)(?:$|[./_?-])",
    re.IGNORECASE,
)
_CAPTCHA_ADDRESS: Final = re.compile(
    r"(?:^|[./_-])(?:captcha|wappass|unhuman|antispider|anti-spider|verifycode|punish)(?:$|[./_?-])",
    re.IGNORECASE,
)
_PASSWORD: Final = re.compile(rb"<input[^>]{0,300}\btype\s*=\s*[\"']?password\b")
_CAPTCHAS: Final = (b"captcha", b"geetest", b"nc_wrapper")
_CAPTCHA_SCRIPT: Final = re.compile(
    rb"(?:id|class|src|action)\s*=\s*[\"'][^\"'>]{0,200}(?:" + b"|".join(_CAPTCHAS) + rb")"
)
_CAPTCHA_WORDS: Final = re.compile(
    r"安全验证|人机验证|滑动验证|拖动.{0,6}滑块|请输入验证码|访问验证"
    r"|verify (?:that )?you are (?:a )?human",
    re.IGNORECASE,
)
_UNSEEN: Final = re.compile(r"(?is)<(script|style|noscript)\b.*?</\1\s*>|<[^>]*>")


class LoginWall(FetchError):
    """The site shows a login form instead of what was asked for."""


class CaptchaWall(FetchError):
    """The site asks for a captcha instead of giving what was asked for."""


class WallMiddleware:
    """Gives such pages to the errback, as an HTTP error is given: they are no content."""

    def process_spider_input(self, response: "Response") -> None:
        """Raise ``LoginWall`` or ``CaptchaWall`` for a page that is nothing else."""
        if len(response.body) > _LONGEST_PAGE:
            return
        came_from: list[str] = response.meta.get("redirect_urls", [])
        led_away = bool(came_from) and not _names(_LOGIN_ADDRESS, came_from[0])
        if led_away and _names(_CAPTCHA_ADDRESS, response.url) and _is_short(response):
            raise CaptchaWall(f"{came_from[0]} leads to a captcha at {response.url}.")
        if led_away and _names(_LOGIN_ADDRESS, response.url) and _is_short(response):
            raise LoginWall(f"{came_from[0]} leads to a login page at {response.url}.")
        # Plain words first: the patterns take fifty times as long, and most pages have neither.
        body = response.body.lower()
        if b"password" in body and _PASSWORD.search(body) and _is_short(response):
            raise LoginWall(f"{response.url} shows a login form.")
        named = any(name in body for name in _CAPTCHAS)
        if named and _CAPTCHA_SCRIPT.search(body) and _is_short(response, _CAPTCHA_WORDS):
            raise CaptchaWall(f"{response.url} asks for a captcha.")


def _names(pattern: re.Pattern[str], url: str) -> bool:
    """Say whether host or path of *url* names it; a query may quote any address."""
    parts = urlsplit(url)
    return pattern.search(f"{parts.hostname or ''}{parts.path}") is not None


def _is_short(response: "Response", words: re.Pattern[str] | None = None) -> bool:
    """Say whether a page has next to no text, and *words* in it; a feed is never a wall."""
    text = decode(response.body[:_LONGEST_PAGE], None)
    if "<html" not in text[:4096].lower() and "<body" not in text[:4096].lower():
        return False
    seen = re.sub(r"\s+", "", _UNSEEN.sub(" ", text))
    return len(seen) <= _LONGEST_TEXT and (words is None or words.search(text) is not None)

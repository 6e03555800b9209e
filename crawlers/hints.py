"""What went wrong with a page, and what a person can do about it."""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from gzip import BadGzipFile
from typing import Any, Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from core.errors import AddressRefused, FetchError, InvalidInput, ShengyuError, StorageError
from crawlers.feeds import NotAFeed
from crawlers.robots import UNREAD
from crawlers.walls import CaptchaWall, LoginWall

EMPTY_LIST: Final = "列表页结构可能变了：item 规则没有找到任何链接，请打开列表页检查选择器。"
EMPTY_TEXT: Final = "文章页结构可能变了：没有取到正文，请检查 text 规则，或留空让系统自动提取正文。"
SAME_LINK: Final = "这个来源的条目都指向同一个链接，请把标识方式改为 content。"
_LONGEST_WAIT_S: Final = 7 * 86400


class HeadTooLarge(FetchError):
    """The header lines of an answer did not come to an end in time."""


@dataclass(frozen=True)
class Trouble:
    """*error* is the fact in one line, *hint* the advice in Chinese."""

    error: str
    hint: str
    retry_after_s: int | None = None


STOPPED: Final = Trouble(
    "The crawl was stopped before it found anything.",
    "到达时间或内存上限前没有取到内容：对方太慢或页面太多，请调大上限或减少页数。",
)


def explain(problem: BaseException, url: str) -> Trouble:
    """Return what *problem*, met while fetching *url*, means."""
    if isinstance(problem, HttpError):
        return _status(problem.response, url)
    for kind, hint in _HINTS:
        if isinstance(problem, kind):
            return Trouble(_line(problem, url), hint)
    if isinstance(problem, IgnoreRequest):
        return _ignored(problem, url)
    if isinstance(problem, DownloadFailedError):
        return _broken(problem, url)
    return Trouble(
        f"{type(problem).__name__} while reading {url}: {problem}",
        "处理页面时出错：请查看日志，并把地址告诉维护人员。",
    )


def retry_after(header: str | None, now: datetime) -> int | None:
    """Return the seconds that a ``Retry-After`` header asks to wait, at most a week."""
    if not header:
        return None
    if re.fullmatch(r"[0-9]{1,15}", header.strip()):
        return min(int(header), _LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    wait = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return min(max(int(wait), 0), _LONGEST_WAIT_S)


_Kinds = type[BaseException] | tuple[type[BaseException], ...]
_HINTS: Final[tuple[tuple[_Kinds, str], ...]] = (
    (AddressRefused, "地址不在公网上，已拒绝。自己的主机请写进 SHENGYU_ALLOW_PRIVATE。"),
    (NotAFeed, "返回的不是 RSS、Atom 或 JSON Feed。请检查地址，或改用“列表页”类型。"),
    (LoginWall, "需要登录才能看到：本系统不登录第三方网站，请换公开的页面或订阅源。"),
    (CaptchaWall, "对方要求验证码：本系统不绕过验证。请降低频率，或换用订阅源。"),
    (StorageError, "写不进暂存目录：请检查磁盘空间和权限。"),
    (InvalidInput, "请修改该来源的规则。"),
    (CannotResolveHostError, "域名无法解析：请检查地址拼写和本机的 DNS。"),
    (DownloadConnectionRefusedError, "对方拒绝连接：服务可能没有运行，或端口不对。"),
    (DownloadTimeoutError, "超时：对方太慢或网络不通，下次会自动再试。"),
    (UnsupportedURLSchemeError, "只支持 http:// 和 https:// 地址。"),
    (ResponseDataLossError, "内容没有传完就断开了，下次会自动再试。"),
    ((BadGzipFile, zlib.error), "对方的压缩内容是坏的，下次会自动再试；若一直如此，请换一个地址。"),
    (DownloadCancelledError, "页面超过 8 MiB 上限，已放弃。请换一个更具体的地址。"),
)  # fmt: skip

_STATUS_HINTS: Final = {
    401: "需要登录才能访问：本系统不登录第三方网站，请换公开的地址。",
    403: "对方禁止访问：可能限制了爬虫。请降低频率、设置联系方式，或换用订阅源。",
    404: "页面不存在：请检查地址，栏目可能已改版或下线。",
    410: "页面已永久下线：请停用或更换这个来源。",
    429: "请求太频繁：系统会等够对方要求的时间再来，也可以把抓取间隔调大。",
}


def _status(response: Any, url: str) -> Trouble:
    status: int = response.status
    header = (response.headers.get("Retry-After") or b"").decode("latin-1")
    wait = retry_after(header, datetime.now(UTC))
    hint = _STATUS_HINTS.get(status)
    if hint is None and 300 <= status < 400:
        hint = "重定向次数过多或没有目标：请填写最终的地址。"
    elif hint is None and b"route is empty" in response.body[:20_000].lower():
        hint = "RSSHub 说这条路由现在没有内容：请检查关键词，或稍后再看。"
    elif hint is None and status >= 500:
        hint = "对方服务器出错，下次会自动再试。"
    return Trouble(f"HTTP {status} for {url}", hint or "对方没有给出页面，请检查地址。", wait)


def _ignored(problem: BaseException, url: str) -> Trouble:
    text = str(problem)
    if UNREAD in text:
        return Trouble(
            f"{url} was not fetched: {text}",
            "对方的 robots.txt 现在读不出来，先当作不允许抓取，下次会自动再试。",
        )
    if "robots.txt" in text:
        return Trouble(
            f"robots.txt forbids {url}",
            "robots.txt 不允许抓取：请改用对方提供的订阅源；只有自己的网站才应关闭此项。",
        )
    if "during decompression" in text:
        return Trouble(
            f"{url} is larger than 8 MiB when unpacked", "页面解压后超过 8 MiB 上限，已放弃。"
        )
    if "max redirections" in text:
        return Trouble(f"{url} redirects too often", "重定向次数过多：请填写最终的地址。")
    return Trouble(f"{url} was not fetched: {text}", "页面被放弃，请检查地址。")


def _broken(problem: BaseException, url: str) -> Trouble:
    reason = _reason(problem)
    if re.search(r"SSL|TLS|certificate|VerificationError", reason):
        return Trouble(
            f"TLS handshake with {url} failed: {reason}",
            "证书校验失败：证书过期、域名不符或是自签名。请联系站点，或改用它的正式地址。",
        )
    if HeadTooLarge.__name__ in reason:
        return Trouble(
            f"{url} answers with header lines without end", "对方的回应不正常，已放弃。请检查地址。"
        )
    return Trouble(
        f"The connection to {url} broke: {reason}",
        "连接中断，下次会自动再试；若一直如此，请检查地址。",
    )


def _reason(problem: BaseException) -> str:
    reasons = getattr(problem.__cause__, "reasons", ())
    found = [repr(getattr(reason, "value", reason)) for reason in reasons]
    return ("; ".join(found) or str(problem))[:300]


def _line(problem: BaseException, url: str) -> str:
    if isinstance(problem, ShengyuError):
        return str(problem)
    return f"{url}: {str(problem).strip() or type(problem).__name__}"[:500]

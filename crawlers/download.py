"""Scrapy's HTTP handler, which caps bodies, with a cap on the heads of answers too."""

from typing import TYPE_CHECKING, Any, Final

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from crawlers.hints import HeadTooLarge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# Browsers stop at 256 KiB; without a cap header lines filled 390 MB in five seconds.
MAX_HEAD: Final = 256 * 1024


class CappedHandler(HTTP11DownloadHandler):
    """Downloads over connections that give up on a head without end."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._pool._factory = _CappedFactory


class _CappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> "_CappedProtocol":  # noqa: N802 (Twisted's interface)
        return _CappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _CappedProtocol(_LenientHTTP11ClientProtocol):
    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's interface)
        """Read *data*; what comes before the body is counted."""
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        parser: Any = self._parser
        if parser is None or parser.state not in {STATUS, HEADER}:
            self._head = 0
            return
        self._head += len(data)
        if self._head > MAX_HEAD:
            too_large = HeadTooLarge(f"The head of an answer is larger than {MAX_HEAD} bytes.")
            self._giveUp(Failure(too_large))  # type: ignore[no-untyped-call]

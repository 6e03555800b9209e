"""The guard in the resolver: every address is judged after resolution, just before it is dialled.

Redirects, meta refresh, DNS rebinding and odd spellings of an address all pass here, since Twisted
asks the name resolver for literals too. The one path around it, a tunnel through a proxy, is
covered by the middleware: the URL is checked there, and the proxy itself comes from the operator.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingThreadedResolver, HostResolution
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress, IHostnameResolver
from twisted.python.failure import Failure
from zope.interface import implementer

from core.errors import AddressRefused
from crawlers.addresses import AllowList, check_url, is_public, refusal, split_address

__all__ = ["AddressRefused", "AllowList", "GuardMiddleware", "GuardedResolver"]
__all__ += ["allow_list_of", "check_url", "is_public"]

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, behind a check that knows host, port and resolved address."""

    allow: AllowList = AllowList()

    @classmethod
    def from_crawler(cls, crawler: "Crawler", reactor: "ReactorBase") -> Self:
        """Build from the settings of the crawler process."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow = allow_list_of(crawler.settings)
        return resolver

    def install_on_reactor(self) -> None:
        """Install as the only resolver of both kinds; connections by name use the second."""
        super().install_on_reactor()
        guard: Any = _DialGuard(self, self.allow)  # mypy does not read zope's declarations
        self.reactor.installNameResolver(guard)


@implementer(IHostnameResolver)
class _DialGuard:
    def __init__(self, resolver: GuardedResolver, allow: AllowList) -> None:
        self._resolver, self._allow = resolver, allow
        self._proxies = _environment_proxies()
        self.refusals: dict[str, str] = {}

    def resolveHostName(  # noqa: N802 (Twisted's interface)
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> HostResolution:
        """Resolve and hand on only what may be dialled; see Twisted's interface."""
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        looked_up: Deferred[str] = self._resolver.getHostByName(hostName)

        def found(ip: str) -> None:
            sentence = self._judge(hostName, portNumber, ip)
            if sentence is None:
                resolutionReceiver.addressResolved(IPv4Address("TCP", ip, portNumber))
            else:
                self.refusals[hostName] = sentence

        def done(result: Failure | None) -> None:
            # Twisted turns "no address" into a DNS error; the middleware names the real reason.
            resolutionReceiver.resolutionComplete()

        looked_up.addCallback(found)
        looked_up.addBoth(done)
        return resolution

    def _judge(self, host: str, port: int, ip: str) -> str | None:
        if (host.lower(), port) in self._proxies:
            return None
        return refusal(host, port, ip, self._allow)


class GuardMiddleware:
    """Checks each URL before it is queued and gives refused addresses their own error."""

    def __init__(self, allow: AllowList) -> None:
        self._allow = allow

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build from the crawler's settings."""
        return cls(allow_list_of(crawler.settings))

    def process_request(self, request: "Request") -> None:
        """Raise ``AddressRefused`` for what can be told from the URL alone."""
        check_url(request.url, self._allow)

    def process_exception(
        self, request: "Request", exception: Exception
    ) -> "Request | Response | None":
        """Raise ``AddressRefused`` where a missing address was in truth a refused one."""
        from twisted.internet import reactor

        guard: Any = reactor.nameResolver
        if isinstance(exception, CannotResolveHostError) and isinstance(guard, _DialGuard):
            host, _ = split_address(request.url)
            if host in guard.refusals:
                raise AddressRefused(guard.refusals[host]) from exception
        return None


def allow_list_of(settings: "BaseSettings") -> AllowList:
    """Return the allow-list that ``SHENGYU_ALLOW_PRIVATE`` of Scrapy's settings holds."""
    value = settings["SHENGYU_ALLOW_PRIVATE"]
    return value if isinstance(value, AllowList) else AllowList.parse(value or ())


def _environment_proxies() -> frozenset[tuple[str, int]]:
    """The proxies this machine is told to use: the operator chose them, so they may be private."""
    pairs = set()
    for kind, address in getproxies().items():
        parts = urlsplit(address if "://" in address else f"{kind}://{address}")
        if parts.hostname:
            # A tunnelled connection resolves the proxy's name without telling the port.
            pairs |= {(parts.hostname, parts.port or 80), (parts.hostname, 0)}
    return frozenset(pairs)

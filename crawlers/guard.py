"""The guard in the resolver: every address is judged after resolution, just before it is dialled.

Redirects, meta refresh, DNS rebinding and odd spellings of an address all pass here, since Twisted
asks the name resolver for literals too. The one path around it, a tunnel through a proxy, is
covered by the middleware: the URL is checked there, and the proxy itself comes from the operator.
"""

import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import HostResolution
from scrapy.utils.datatypes import LocalCache
from twisted.internet import threads
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import succeed
from twisted.internet.interfaces import IAddress, IHostnameResolver
from zope.interface import implementer

from core.errors import AddressRefused
from crawlers.addresses import (
    AllowList,
    check_url,
    literal_address,
    may_dial,
    refusal,
    split_address,
)

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

LookUp = Callable[[str], tuple[str, ...]]
_CACHED_NAMES: Final = 10_000


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's resolver for both families, behind a check of host, port and address.

    *look_up* returns all addresses of a name and raises ``OSError`` where there is none; it runs
    in a thread, at most *timeout_s* seconds.
    """

    def __init__(
        self, reactor: "ReactorBase", allow: AllowList, timeout_s: float, look_up: LookUp
    ) -> None:
        self._reactor: Any = reactor  # it has more interfaces than its class tells mypy
        self._allow = allow
        self._timeout_s, self._look_up = timeout_s, look_up
        self._proxies = _environment_proxies()
        self._known: LocalCache[str, tuple[str, ...]] = LocalCache(_CACHED_NAMES)
        self.refusals: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler", reactor: "ReactorBase") -> Self:
        """Build from the settings of the crawler process."""
        settings = crawler.settings
        return cls(reactor, allow_list_of(settings), settings.getfloat("DNS_TIMEOUT"), addresses_of)

    def install_on_reactor(self) -> None:
        """Install for connections by name; Twisted puts its simple resolver on top of it."""
        self._reactor.installNameResolver(self)

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

        def found(ips: tuple[str, ...]) -> None:
            for ip in self._judged(hostName, portNumber, ips):
                address = (IPv6Address if ":" in ip else IPv4Address)("TCP", ip, portNumber)
                if addressTypes is None or isinstance(address, tuple(addressTypes)):
                    resolutionReceiver.addressResolved(address)

        def done(result: object) -> None:
            # Twisted turns "no address" into a DNS error; the middleware names the real reason.
            resolutionReceiver.resolutionComplete()

        self._addresses(hostName).addCallback(found).addBoth(done)
        return resolution

    def _addresses(self, host: str) -> "Deferred[tuple[str, ...]]":
        literal = literal_address(host)
        if literal is not None:
            return succeed((str(literal),))
        if host in self._known:
            return succeed(self._known[host])
        pool = self._reactor.getThreadPool()
        asked: Deferred[tuple[str, ...]] = threads.deferToThreadPool(
            self._reactor, pool, self._look_up, host
        )
        return asked.addTimeout(self._timeout_s, self._reactor).addCallback(self._keep, host)

    def _keep(self, ips: tuple[str, ...], host: str) -> tuple[str, ...]:
        self._known[host] = ips
        return ips

    def _judged(self, host: str, port: int, ips: Sequence[str]) -> Sequence[str]:
        if (host.lower(), port) in self._proxies:
            return ips
        allowed = [ip for ip in ips if may_dial(host, port, ip, self._allow)]
        if ips and not allowed:
            self.refusals[host] = refusal(host, ips)
        return allowed


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
        if isinstance(exception, CannotResolveHostError) and isinstance(guard, GuardedResolver):
            host, _ = split_address(request.url)
            if host in guard.refusals:
                raise AddressRefused(guard.refusals[host]) from exception
        return None


def addresses_of(host: str) -> tuple[str, ...]:
    """Ask the system for the addresses of *host*, best first. Raises ``OSError``.

    IPv6 is left out where this machine has no such address of its own.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


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

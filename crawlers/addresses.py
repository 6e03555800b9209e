"""Which addresses a crawl may reach: the public internet and what the operator named."""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from core.errors import AddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# ``is_global`` lets some of these pass in some Python releases; each is named with its RFC.
_REFUSED_V4: Final = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "192.0.0.0/24",  # RFC 6890, 192.0.0.8 among them
        "192.88.99.0/24",  # RFC 7526, old 6to4 relays
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved
    )
)
# Global unicast is this one block; 64:ff9b::/96, fec0::/10, ::ffff:0:0/96 lie outside of it.
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6: Final = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # RFC 2928: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries an IPv4 address inside
        "3fff::/20",  # RFC 9637, documentation
    )
)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LOCAL_NAMES: Final = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa)$")
_HINT: Final = "To crawl a host of your own, name it as host:port in SHENGYU_ALLOW_PRIVATE."


def is_public(ip: str | Address) -> bool:
    """Say whether *ip* is an ordinary address of the public internet.

    Addresses that embed another one (mapped, NAT64, 6to4, Teredo) are never public here: the guard
    cannot know where they lead. Raises ``ValueError`` for what is no address.
    """
    address = ipaddress.ip_address(ip) if isinstance(ip, str) else ip
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in net for net in _REFUSED_V4)
    return (
        address in _GLOBAL_V6
        and address.is_global
        and not any(address in net for net in _REFUSED_V6)
    )


@dataclass(frozen=True)
class AllowList:
    """Named ``host:port`` pairs that crawls may reach although they are private.

    *everything* opens all addresses: for a person at the command line, never for a source.
    """

    pairs: frozenset[tuple[str, int]] = frozenset()
    everything: bool = False

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> "AllowList":
        """Read ``host:port`` texts (``[::1]:80`` for IPv6). Raises ``ValueError``."""
        split = (pair.rpartition(":") for pair in pairs)
        return cls(frozenset((_host_text(host), int(port)) for host, _, port in split))

    def opens(self, host: str, port: int) -> bool:
        """Say whether the pair of *host* (a name or an address) and *port* is named."""
        return self.everything or (_host_text(host), port) in self.pairs

    def names_port(self, port: int) -> bool:
        """Say whether any pair names *port*."""
        return any(port == named for _, named in self.pairs)


def literal_address(host: str) -> Address | None:
    """Return the address that *host* spells in any form the C library reads, None for a name.

    ``2130706433``, ``0x7f000001``, ``127.1``, ``0177.0.0.1`` and full-width digits are all
    127.0.0.1.
    """
    text = _host_text(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text)) if text else None
    except (OSError, UnicodeEncodeError, ValueError):
        return None


def check_url(url: str, allow: AllowList) -> None:
    """Refuse early what can be told from the URL alone; names are judged when they are dialled.

    Raises ``AddressRefused`` with a sentence that says what to do.
    """
    host, port = split_address(url)
    if allow.opens(host, port):
        return
    address = literal_address(host)
    if address is not None and not is_public(address):
        raise AddressRefused(f"{host} is not an address of the public internet. {_HINT}")
    # With its port on the list the name may lead to a named address; the resolver will tell.
    if _LOCAL_NAMES.search(_host_text(host)) and not allow.names_port(port):
        raise AddressRefused(f"{host} is a name of the local network. {_HINT}")


def split_address(url: str) -> tuple[str, int]:
    """Return host and port of *url*. Raises ``AddressRefused`` for all but plain http(s)."""
    if not url.isprintable() or " " in url:
        raise AddressRefused(f"{url!r} holds a space or a sign that no web address has.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"{url!r} is no web address: {error}.") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressRefused(f"{url!r} must start with http:// or https://.")
    if _has_userinfo(parts):
        raise AddressRefused("A web address with a user name or password in it is not crawled.")
    # A percent sign is decoded by some programs and not by others.
    if not _host_text(parts.hostname or "") or port == 0 or "%" in parts.netloc.split("]")[-1]:
        raise AddressRefused(f"{url!r} names no host that can be reached.")
    return parts.hostname or "", port or _DEFAULT_PORTS[parts.scheme]


def may_dial(host: str, port: int, ip: str, allow: AllowList) -> bool:
    """Judge one resolved address of *host* just before it is dialled.

    The allow-list may name the host as it was asked for or the address it leads to.
    """
    return is_public(ip) or allow.opens(host, port) or allow.opens(ip, port)


def refusal(host: str, ips: Iterable[str]) -> str:
    """Return the sentence for a *host* of whose addresses none may be dialled."""
    return f"{host} leads to {', '.join(ips)}, not an address of the public internet. {_HINT}"


def _has_userinfo(parts: SplitResult) -> bool:
    # A backslash makes some parsers see another host than others do.
    return "@" in parts.netloc or "\\" in parts.netloc


def _host_text(host: str) -> str:
    text = unicodedata.normalize("NFKC", host).replace("。", ".").lower()
    return text.strip().strip("[]").rstrip(".")

"""Which addresses may be reached, in every spelling, and the last check before dialling."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError

from core.errors import AddressRefused
from crawlers.addresses import AllowList, check_url, is_public
from crawlers.guard import _DialGuard


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "114.114.114.114", "1.1.1.1", "2400:3200::1", "2606:4700::1111"]
)
def test_ordinary_addresses_are_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254",
        "172.16.0.1", "192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd12::1", "fe80::1",
        "fec0::1", "ff02::1", "100::1", "3fff::1",
    ],
)  # fmt: skip
def test_everything_else_is_not(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::1]:80/",
        "http://[fe80::1%25eth0]/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://127.0.0.1./",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/",
        "http://a.localhost:8080/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "ftp://example.cn/",
        "file:///etc/passwd",
        "data:text/html,x",
        "gopher://example.cn/",
        "http://user:pw@example.cn/",
        "http://example.cn\\@127.0.0.1/",
        "http://example.cn:0/",
        "http://example.cn:99999/",
        "http://",
        "//example.cn",
        "",
    ],
)
def test_a_bad_url_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url(url, AllowList())
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "url",
    ["http://example.cn/", "https://example.cn:8443/a?b", "http://8.8.8.8/", "https://新浪.cn/"],
)
def test_an_ordinary_url_passes(url: str) -> None:
    check_url(url, AllowList())


def test_the_allow_list_opens_the_named_port_only() -> None:
    allow = AllowList.parse(["127.0.0.1:9200", "search.local:9200", "[::1]:81"])
    check_url("http://127.0.0.1:9200/", allow)
    check_url("http://Search.Local:9200/", allow)
    check_url("http://[::1]:81/", allow)
    for url in ("http://127.0.0.1/", "http://127.0.0.1:9201/", "http://search.local/"):
        with pytest.raises(AddressRefused, match="SHENGYU_ALLOW_PRIVATE"):
            check_url(url, allow)


class _Names:
    """Resolves as it is told, and may change its mind: that is DNS rebinding."""

    def __init__(self, answers: list[str]) -> None:
        self._answers = answers

    def getHostByName(self, name: str) -> Deferred[str]:  # noqa: N802
        return succeed(self._answers.pop(0)) if self._answers else fail(DNSLookupError(name))


class _Receiver:
    def __init__(self) -> None:
        self.addresses: list[Any] = []
        self.complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        return

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def dial(guard: _DialGuard, host: str, port: int) -> list[str]:
    receiver = _Receiver()
    guard.resolveHostName(receiver, host, port)
    assert receiver.complete
    return receiver.addresses


def test_a_name_is_judged_at_every_dial() -> None:
    names: Any = _Names(["93.184.216.34", "127.0.0.1"])
    guard = _DialGuard(names, AllowList())
    assert dial(guard, "rebind.example", 80) == ["93.184.216.34"]
    assert dial(guard, "rebind.example", 80) == []
    assert "127.0.0.1" in guard.refusals["rebind.example"]
    assert dial(guard, "rebind.example", 80) == [], "a failed look-up gives nothing"


def test_the_dial_knows_the_port() -> None:
    names: Any = _Names(["127.0.0.1"] * 4)
    guard = _DialGuard(names, AllowList.parse(["es.corp:9200", "127.0.0.1:9000"]))
    assert dial(guard, "es.corp", 9200) == ["127.0.0.1"]
    assert dial(guard, "es.corp", 22) == []
    assert dial(guard, "minio.corp", 9000) == ["127.0.0.1"]
    assert dial(guard, "es.corp", 0) == []


def test_a_proxy_of_the_operators_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.corp:3128")
    names: Any = _Names(["10.0.0.9"] * 2)
    guard = _DialGuard(names, AllowList())
    assert dial(guard, "proxy.corp", 3128) == ["10.0.0.9"]
    assert dial(guard, "proxy.corp", 22) == []

"""Which addresses may be reached, in every spelling, and the last check before dialling."""

import socket
from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from core.errors import AddressRefused
from crawlers.addresses import AllowList, check_url, is_public
from crawlers.guard import GuardedResolver, addresses_of


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
        "fd00:ec2::254", "100.100.100.200", "fe80::1%2", "fe80::a9fe:a9fe", "ff0e::1",
        "2001:0:53aa:64c:0:fbff:7f00:1", "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe",
        "0:0:0:0:0:ffff:7f00:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::FFFF:10.0.0.1",
        "::127.0.0.1", "::ffff:0:127.0.0.1", "5f00::1", "198.51.100.7", "203.0.113.7", "0.1.2.3",
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
        "http://127.0.1/",
        "http://0/",
        "http://00000/",
        "http://017700000001/",
        "http://0x7f.1/",
        "http://0X7F.0x0.0x0.0x1/",
        "http://2852039166/latest/meta-data",
        "http://0xa9fea9fe/",
        "http://[::ffff:7f00:1]/",
        "http://[::FFFF:169.254.169.254]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[0000:0000:0000:0000:0000:0000:0000:0001]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:53aa:64c:0:fbff:7f00:1]/",
        "http://[fec0::1]/",
        "http://[fd00:ec2::254]/latest/meta-data",
        "http://[FE80::1%25eth0]:8080/",
        "http://[ff02::1]/",
        "http://[::]/",
        "http://⑯⑨。②⑤④。⑯⑨。②⑤④/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127．0．0．1/",
        "http://127｡0｡0｡1/",
        "http://255.255.255.255/",
        "http://224.0.0.1/",
        "http://LOCALHOST/",
        "http://localhost./",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://localhost.localdomain/",
        "http://router.home.arpa/",
        "http://127.0.0.1:80@example.cn/",
        "http://example.cn@127.0.0.1/",
        "http://:80/",
        "http://./",
        "http://%31%32%37.0.0.1/",
        "http://127.0.0.1%2eexample.cn/",
        "http://example.cn\t/",
        "http://exam ple.cn/",
        "http:///etc/passwd",
        "http:example.cn",
        "dict://127.0.0.1:11211/",
        "jar:http://example.cn!/",
        "javascript:alert(1)",
        "http://[::1/",
        "http://[1.2.3.4]/",
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
    [
        "http://example.cn/",
        "https://example.cn:8443/a?b",
        "http://8.8.8.8/",
        "https://新浪.cn/",
        "https://xn--efv12a2dz86b.cn/",
        "http://example.cn./",
        "http://[2400:3200::1]:8080/",
        "http://local.example.cn/",
        "http://a_b.example.cn/",
    ],
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


class _Threads:
    """A reactor as far as a look-up needs it: what runs in a thread runs at once."""

    def getThreadPool(self) -> "_Threads":  # noqa: N802 (Twisted's interface)
        return self

    def callInThreadWithCallback(self, done: Any, work: Any, *given: Any) -> None:  # noqa: N802
        try:
            result = work(*given)
        except OSError as error:
            done(False, Failure(error))  # type: ignore[no-untyped-call]
        else:
            done(True, result)

    def callFromThread(self, call: Any, *given: Any) -> None:  # noqa: N802
        call(*given)

    def callLater(self, seconds: float, call: Any) -> Any:  # noqa: N802
        return Clock().callLater(seconds, call)


class _Receiver:
    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        return

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def guarding(allow: AllowList, *answers: tuple[str, ...]) -> GuardedResolver:
    """A resolver that is told each of *answers* once; that is DNS rebinding."""
    waiting = list(answers)

    def look_up(host: str) -> tuple[str, ...]:
        if not waiting:
            raise socket.gaierror(host)
        return waiting.pop(0)

    reactor: Any = _Threads()
    return GuardedResolver(reactor, allow, 10.0, look_up)


def dial(
    guard: GuardedResolver, host: str, port: int, kinds: list[type[IAddress]] | None = None
) -> list[str]:
    receiver = _Receiver()
    guard.resolveHostName(receiver, host, port, kinds)
    assert receiver.complete
    return receiver.addresses


@pytest.mark.parametrize(
    "ip", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "fe80::1%2"]
)
def test_a_name_that_leads_to_a_private_address_is_not_dialled(ip: str) -> None:
    guard = guarding(AllowList(), (ip,))
    assert dial(guard, "innocent.example", 80) == []
    assert ip in guard.refusals["innocent.example"]


def test_of_several_addresses_each_is_judged() -> None:
    mixed = ("10.0.0.1", "93.184.216.34", "::1", "2606:4700::1111", "169.254.169.254")
    guard = guarding(AllowList(), mixed)
    assert dial(guard, "mixed.example", 80) == ["93.184.216.34", "2606:4700::1111"]
    assert guard.refusals == {}


def test_what_was_judged_is_dialled_and_a_new_answer_changes_nothing() -> None:
    guard = guarding(AllowList(), ("93.184.216.34",), ("127.0.0.1",))
    assert dial(guard, "rebind.example", 80) == ["93.184.216.34"]
    assert dial(guard, "rebind.example", 80) == ["93.184.216.34"]


def test_an_answer_that_is_remembered_is_judged_at_every_dial() -> None:
    guard = guarding(AllowList.parse(["127.0.0.1:80"]), ("127.0.0.1",))
    assert dial(guard, "turning.example", 80) == ["127.0.0.1"]
    assert dial(guard, "turning.example", 22) == []


def test_a_name_without_address_gives_nothing_and_is_no_refusal() -> None:
    guard = guarding(AllowList())
    assert dial(guard, "nowhere.example", 80) == []
    assert guard.refusals == {}


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "::1", "0"])
def test_a_literal_is_judged_without_a_look_up(host: str) -> None:
    guard = guarding(AllowList(), ("93.184.216.34",))
    assert dial(guard, host, 80) == []
    assert host in guard.refusals


def test_who_asks_for_one_family_gets_one_family() -> None:
    guard = guarding(AllowList(), ("2606:4700::1111", "93.184.216.34"))
    kinds: Any = [IPv4Address]
    assert dial(guard, "both.example", 443, kinds) == ["93.184.216.34"]
    assert dial(guard, "both.example", 443) == ["2606:4700::1111", "93.184.216.34"]


def test_the_dial_knows_the_port() -> None:
    answers = [("127.0.0.1",)] * 2
    guard = guarding(AllowList.parse(["es.corp:9200", "127.0.0.1:9000"]), *answers)
    assert dial(guard, "es.corp", 9200) == ["127.0.0.1"]
    assert dial(guard, "es.corp", 22) == []
    assert dial(guard, "minio.corp", 9000) == ["127.0.0.1"]
    assert dial(guard, "es.corp", 0) == []


def test_a_proxy_of_the_operators_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.corp:3128")
    guard = guarding(AllowList(), ("10.0.0.9",))
    assert dial(guard, "proxy.corp", 3128) == ["10.0.0.9"]
    assert dial(guard, "proxy.corp", 22) == []


def test_the_system_is_asked_for_both_families() -> None:
    assert "127.0.0.1" in addresses_of("localhost")
    with pytest.raises(OSError, match=r"."):
        addresses_of("no-such-host.invalid")

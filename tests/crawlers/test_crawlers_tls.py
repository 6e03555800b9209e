"""Certificates: one that is right is taken, one that is wrong in one way is refused for it."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from crawlers_bad_site import XML, MakeJob, item, rss
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawlers.launch import run_crawl

Key = ec.EllipticCurvePrivateKey
DAY = dt.timedelta(days=1)


class Answers(BaseHTTPRequestHandler):
    """Gives a feed to whoever trusts it."""

    def do_GET(self) -> None:
        found = self.path != "/robots.txt"
        body = rss(item(1)) if found else b""
        self.send_response(200 if found else 404)
        for name, value in (XML | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


class OfSixth(ThreadingHTTPServer):
    """A server on the IPv6 loopback."""

    address_family = socket.AF_INET6


@contextmanager
def serving_feed(server: ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refusals are wanted
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Authority:
    """A certificate authority of the test's own, which crawls are told to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        now = datetime.now(UTC)
        ca = self._signed(self._name, self._key, now - DAY, now + DAY, None)
        self.file = folder / "authority.pem"
        self.file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))

    def certificate(self, address: str, ends_in: dt.timedelta) -> Path:
        """A certificate for *address*, with its key, as one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        now = datetime.now(UTC)
        signed = self._signed(name, key, now - 10 * DAY, now + ends_in, address)
        path = self._folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return path

    def _signed(
        self, name: x509.Name, key: Key, begins: datetime, ends: datetime, address: str | None
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=address is None, path_length=None), True)
        )
        if address is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
            builder = builder.add_extension(names, False)
        return builder.sign(self._key, hashes.SHA256())


@pytest.fixture
def crawl_by(
    tmp_path: Path, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, dt.timedelta], tuple[str, int, str]]:
    """Crawl an HTTPS feed whose certificate is for an address and ends so much later."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    def crawl(address: str, ends_in: dt.timedelta) -> tuple[str, int, str]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate(address, ends_in))
        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with serving_feed(server) as port:
            pair = f"127.0.0.1:{port}"
            report = run_crawl(make_job(f"https://{pair}/feed", allow_private=(pair,)))
        return report.status, report.items, f"{report.error} {report.hint}"

    return crawl


def test_a_certificate_of_a_trusted_authority_is_taken(
    crawl_by: Callable[[str, dt.timedelta], tuple[str, int, str]],
) -> None:
    assert crawl_by("127.0.0.1", DAY)[:2] == ("ok", 1)


@pytest.mark.parametrize(("address", "ends_in"), [("127.0.0.1", -DAY), ("127.0.0.2", DAY)])
def test_one_that_has_expired_or_names_another_host_is_refused(
    crawl_by: Callable[[str, dt.timedelta], tuple[str, int, str]],
    address: str,
    ends_in: dt.timedelta,
) -> None:
    status, items, told = crawl_by(address, ends_in)
    assert (status, items) == ("error", 0)
    assert "TLS" in told
    assert "证书" in told


def test_a_host_of_ipv6_alone_is_reached_where_the_list_names_it(make_job: MakeJob) -> None:
    try:
        server = OfSixth(("::1", 0), Answers)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving_feed(server) as port:
        url = f"http://[::1]:{port}/feed"
        assert run_crawl(make_job(url, allow_private=(f"[::1]:{port}",))).items == 1
        refused = run_crawl(make_job(url, allow_private=(f"[::1]:{port + 1}",)))
    assert "SHENGYU_ALLOW_PRIVATE" in (refused.error or "")

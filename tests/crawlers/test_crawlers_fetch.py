"""Pages for the command line, trouble with TLS, and what the add-on sets."""

import datetime as dt
import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from crawlers_bad_site import MakeJob, Site
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import InvalidInput
from crawlers.fetch import fetch_pages
from crawlers.hints import retry_after
from crawlers.job import CrawlJob, CrawlReport
from crawlers.launch import run_crawl


def test_pages_come_out_in_order_with_the_fields_of_the_contract(site: Site) -> None:
    urls = [
        f"{site.base}/page/1",
        f"{site.base}/gone",
        "ftp://example.cn/",
        f"{site.base}/page/2",
        f"{site.base}/closed",
        f"{site.base}/page/1",
    ]
    records = list(fetch_pages(urls, allow_private=True))
    assert [record["url"] for record in records] == urls
    assert ["error" in record for record in records] == [False, True, True, False, True, False]
    page = records[0]
    assert list(page) == [
        "url", "final_url", "title", "text", "published_at", "author", "extract_ms",
    ]  # fmt: skip
    assert page["title"] == "净化器滤芯涨价"
    assert "滤芯上周涨价" in page["text"]
    assert page["published_at"] == "2025-11-03T00:09:10.000Z"
    assert 0 < page["extract_ms"] < 5000
    assert "404" in records[1]["error"]
    assert "robots.txt" in records[4]["error"]


def test_the_guard_is_on_and_robots_can_be_ignored(site: Site) -> None:
    (refused,) = fetch_pages([f"{site.base}/page/1"])
    assert "SHENGYU_ALLOW_PRIVATE" in refused["error"]
    (closed,) = fetch_pages([f"{site.base}/closed"], allow_private=True, ignore_robots=True)
    assert "error" not in closed


def test_no_url_gives_no_record() -> None:
    assert list(fetch_pages([])) == []


def test_a_self_signed_certificate_is_refused(tmp_path: Path, make_job: MakeJob) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the refusal is wanted
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        pair = f"127.0.0.1:{server.server_address[1]}"
        report = run_crawl(make_job(f"https://{pair}/", allow_private=(pair,)))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert report.status == "error"
    assert "TLS" in (report.error or "")
    assert "证书" in (report.hint or "")


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime.now(UTC) - dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Tue, 10 Mar 2026 07:31:00 GMT", 60),
        ("Tue, 10 Mar 2020 07:31:00 GMT", 0),
        ("99999999", 7 * 86400),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: int | None) -> None:
    assert retry_after(header, datetime(2026, 3, 10, 7, 30, tzinfo=UTC)) == seconds


def test_jobs_and_reports_travel_as_json(make_job: MakeJob) -> None:
    job = make_job("/list/1", kind="listing", etag='"x"')
    assert CrawlJob.from_json(job.to_json()) == job
    report = CrawlReport("ok", items=3, batch_ids=("batch_1",))
    assert CrawlReport.from_json(report.to_json()) == report
    for text in ("", "[]", '{"no": 1}', "{}"):
        with pytest.raises(InvalidInput):
            CrawlJob.from_json(text)

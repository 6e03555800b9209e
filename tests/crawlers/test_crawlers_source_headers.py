"""Secrets of sources go to the source's own host and are nowhere else."""

from collections.abc import Iterator
from typing import Any

import pytest
from crawlers_api_site import ApiSite, as_json, serving_api
from crawlers_bad_site import MakeJob

from crawlers.launch import run_crawl, start_crawl
from crawlers.secrets import filled_headers, secret_names
from crawlers.source_headers import same_host

SECRET = "sid=7f3a9c-secret"
RULES: dict[str, Any] = {
    "items": "@",
    "fields": {"native_id": "id", "text": "text"},
    "headers": {"Cookie": "secret:FORUM", "X-Key": "Bearer secret:FORUM"},
}
HEADERS = {"Cookie": SECRET, "X-Key": f"Bearer {SECRET}"}


@pytest.fixture
def api() -> Iterator[ApiSite]:
    with serving_api() as site:
        yield site


def seen_by(site: ApiSite) -> set[str | None]:
    return {value for each in site.asked for value in (each.headers.get("Cookie"),)}


def test_headers_go_with_every_request_to_the_own_host(api: ApiSite, make_job: MakeJob) -> None:
    api.routes["/moved"] = lambda _: (302, {"Location": "/list"}, b"")
    api.routes["/list"] = lambda _: as_json([{"id": 1, "text": "星澜净化器"}])
    job = make_job(
        f"{api.base}/moved",
        kind="json_api",
        rules=RULES,
        headers=HEADERS,
        allow_private=(api.pair,),
    )
    assert run_crawl(job).items == 1
    final = api.asked[-1]
    assert (final.headers["Cookie"], final.headers["X-Key"]) == (SECRET, f"Bearer {SECRET}")


@pytest.mark.parametrize("way", ["redirect", "next", "comments", "follow"])
def test_another_host_gets_none_of_them(api: ApiSite, make_job: MakeJob, way: str) -> None:
    with serving_api() as other:
        items = [{"id": 1, "text": "星澜净化器", "url": f"{other.base}/page"}]
        other.routes["/list"] = lambda _: as_json(items)
        api.routes["/list"] = lambda _: as_json(items)
        api.routes["/to"] = lambda _: (302, {"Location": f"{other.base}/list"}, b"")
        more: dict[str, Any] = {
            "redirect": {},
            "next": {"paging": {"by": "url", "next": f"'{other.base}/list'"}},
            "comments": {
                "comments": {
                    "url": f"{other.base}/c/{{native_id}}",
                    "items": "@",
                    "fields": {"text": "t"},
                }
            },
            "follow": {"follow": True},
        }[way]
        fields = RULES["fields"] | {"url": "url"}
        job = make_job(
            f"{api.base}/{'to' if way == 'redirect' else 'list'}",
            kind="json_api",
            rules=RULES | {"fields": fields} | more,
            headers=HEADERS,
            allow_private=(api.pair, other.pair),
        )
        run_crawl(job)
        assert SECRET in seen_by(api)
        assert other.asked, "the other host was asked"
        assert seen_by(other) == {None}
        assert {each.headers.get("X-Key") for each in other.asked} == {None}


@pytest.mark.parametrize(
    ("url", "home", "same"),
    [
        ("https://a.example/x", "https://a.example/y", True),
        ("https://a.example:443/x", "https://a.example/y", True),
        ("https://a.example/x", "http://a.example/y", True),
        ("http://a.example/x", "https://a.example/y", False),
        ("https://a.example:8443/x", "https://a.example/y", False),
        ("https://b.a.example/x", "https://a.example/y", False),
        ("https://a.example.evil.example/x", "https://a.example/y", False),
        ("https://a.example@evil.example/", "https://a.example/y", False),
        ("http://[", "https://a.example/y", False),
    ],
)
def test_the_own_host_is_host_port_and_transport(url: str, home: str, same: bool) -> None:
    assert same_host(url, home) is same


def test_a_missing_secret_fails_before_anything_is_asked(api: ApiSite, make_job: MakeJob) -> None:
    job = make_job(
        f"{api.base}/list",
        kind="json_api",
        rules=RULES,
        missing_secrets=("FORUM",),
        allow_private=(api.pair,),
    )
    report = run_crawl(job)
    assert report.status == "error"
    assert "SHENGYU_SOURCE_SECRET_FORUM" in (report.error or "")
    assert "SHENGYU_SOURCE_SECRET_FORUM" in (report.hint or "")
    assert api.asked == []


def test_secrets_fill_headers_and_a_line_break_is_none() -> None:
    assert secret_names(RULES) == ["FORUM"]
    assert filled_headers(RULES, {"FORUM": SECRET}.get) == (HEADERS, ())
    assert filled_headers(RULES, {}.get) == ({}, ("FORUM",))
    assert filled_headers(RULES, {"FORUM": "a\r\nHost: b"}.get) == ({}, ("FORUM",))
    assert filled_headers({}, {}.get) == ({}, ())


def test_a_secret_is_in_no_spool_no_log_and_no_report(api: ApiSite, make_job: MakeJob) -> None:
    api.routes["/list"] = lambda _: as_json([{"id": 1, "text": "星澜净化器"}])
    for path in ("/list", "/gone"):
        job = make_job(
            f"{api.base}{path}",
            kind="json_api",
            rules=RULES,
            headers=HEADERS,
            allow_private=(api.pair,),
        )
        assert SECRET not in repr(job)
        crawl = start_crawl(job)
        assert SECRET not in " ".join(crawl._process.args)  # type: ignore[arg-type]
        report = crawl.wait()
        assert SECRET not in report.to_json()
    assert job.spool_path.is_dir()
    assert all(SECRET.encode() not in file.read_bytes() for file in job.spool_path.iterdir())

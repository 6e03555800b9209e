"""What Guarded does to every request and every answer, over real HTTP."""

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import pytest
from httpx import Client
from shared_values import AsRole
from web_server import serve

from api.app import make_app
from api.doors import CSRF_HEADER
from api.security import CONTENT_SECURITY_POLICY
from api.wiring import Service
from core.settings import Settings

MIB = 1024 * 1024
BRAND = {"name": "星澜", "role": "own"}


@pytest.fixture
def settings(tmp_path: object) -> Settings:
    return Settings(data_dir=f"{tmp_path}/data", public_url="https://pr.example.cn")


def assert_guarded(answer: httpx.Response) -> None:
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "max-age" in answer.headers["strict-transport-security"]
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "PR.example.cn", "192.168.1.5"],
)
def test_a_host_of_ours_is_answered(client: Client, host: str) -> None:
    assert client.get("/health/live", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "pr.example.cn.evil.example", "[", "a@b"]
)
def test_a_host_that_is_not_ours_is_refused_which_stops_rebinding(
    client: Client, host: str
) -> None:
    refused = client.get("/health/live", headers={"host": host})
    assert refused.status_code == 400
    assert "SHENGYU_PUBLIC_URL" in refused.json()["detail"]
    assert_guarded(refused)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://["},
    ],
)
def test_a_change_that_another_site_started_is_refused(
    admin: Client, headers: dict[str, str]
) -> None:
    refused = admin.post("/api/v1/brands", json=BRAND, headers=headers)
    assert refused.status_code == 403
    assert_guarded(refused)
    assert admin.get("/api/v1/brands").json()["total"] == 0


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_change_of_our_own_pages_is_let_in(admin: Client, site: str) -> None:
    origin = str(admin.base_url).rstrip("/")
    headers = {"sec-fetch-site": site, "origin": origin}
    assert admin.post("/api/v1/brands", json=BRAND, headers=headers).status_code == 201


def test_reading_from_a_link_on_another_site_is_let_in(admin: Client) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert admin.get("/api/v1/brands", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/api/v1/brands", 401),
        ("GET", "/api/v1/nothing", 404),
        ("PATCH", "/health/live", 405),
        ("GET", "/login", 200),
        ("GET", "/", 303),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/no-such-page", 404),
    ],
)
def test_every_kind_of_answer_has_the_headers(
    client: Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert_guarded(answer)


@pytest.mark.parametrize("path", ["/api/v1/brands", "/"])
def test_an_answer_to_an_unforeseen_error_has_the_headers_too(
    service: Service, admin: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail() -> None:
        raise RuntimeError("secret detail")

    with monkeypatch.context() as patch:
        patch.setattr(service, "brands", fail)
        patch.setattr(service, "index", None)
        answer = admin.get(path)
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert_guarded(answer)


def test_no_answer_of_rest_is_kept_by_a_cache(client: Client) -> None:
    assert client.get("/health/live").headers["cache-control"] == "no-store"


def test_a_large_body_is_refused_by_its_declared_length(admin: Client) -> None:
    refused = admin.post("/api/v1/brands", content=b"x" * (MIB + 1))
    assert refused.status_code == 413
    assert_guarded(refused)


@pytest.mark.parametrize("path", ["/api/v1/brands", "/login"])
def test_a_large_body_that_declares_no_length_is_refused_while_it_streams(
    admin: Client, path: str
) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 1
            yield b"x=" + b"y" * (MIB // 8)

    try:
        refused = admin.post(
            path,
            content=chunks(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    except httpx.WriteError:
        return  # the server hung up in the middle, which is an answer as well
    assert refused.status_code == 413
    assert_guarded(refused)


def test_a_body_of_just_the_limit_is_read(admin: Client) -> None:
    body = b'{"name": "' + b"x" * (MIB - 40) + b'", "role": "own"}'
    refused = admin.post(
        "/api/v1/brands", content=body, headers={"content-type": "application/json"}
    )
    assert refused.status_code == 422


def test_a_chunked_body_within_the_limit_is_read(admin: Client) -> None:
    made = admin.post(
        "/api/v1/brands",
        content=iter([b'{"name": "abc",', b' "role": "own"}']),
        headers={"content-type": "application/json"},
    )
    assert made.status_code == 201


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_change_by_session_needs_the_csrf_token(admin: Client, token: str) -> None:
    headers = [(CSRF_HEADER.encode(), token.encode("latin-1"))]
    refused = admin.post("/api/v1/brands", json=BRAND, headers=headers)  # type: ignore[arg-type]
    assert refused.status_code == 403
    assert CSRF_HEADER in refused.json()["detail"]


def test_a_change_by_session_without_any_csrf_header_is_refused(admin: Client) -> None:
    del admin.headers[CSRF_HEADER]
    for method, path in (
        ("POST", "/api/v1/brands"),
        ("PUT", "/api/v1/brands/none"),
        ("DELETE", "/api/v1/brands/none?version=1"),
        ("POST", "/api/v1/cases/none/take"),
    ):
        assert admin.request(method, path, json={}).status_code == 403
    assert admin.get("/api/v1/brands").status_code == 200


def test_a_program_with_a_token_needs_no_csrf_token(with_token: AsRole) -> None:
    assert with_token("admin").post("/api/v1/brands", json=BRAND).status_code == 201


def test_without_a_public_https_address_browsers_are_not_told_to_insist_on_it(
    service: Service,
) -> None:
    service.settings = Settings(data_dir=service.settings.data_dir)
    with serve(make_app(service)) as base_url:
        answer = httpx.get(f"{base_url}/health/live", trust_env=False)
    assert "strict-transport-security" not in answer.headers


def test_a_client_that_hangs_up_while_it_posts_is_no_error(service: Service) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(dict(message))

    form = b"application/x-www-form-urlencoded"
    headers = [(b"host", b"127.0.0.1"), (b"content-type", form), (b"content-length", b"99")]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/login",
        "raw_path": b"/login",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(make_app(service)(scope, receive, send))
    assert [each["status"] for each in sent if "status" in each] == [400]

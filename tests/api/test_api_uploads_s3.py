"""Files that go from a program to an S3 server and back, told by our REST where."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx import Client
from s3_buckets import bucket_of, remove_bucket_of, settings_with_bucket
from upload_files import EXE, film

from api.wiring import Service
from assets.uploads import PART_SIZE
from core.clock import FixedClock, SystemClock
from core.settings import Settings
from storage.objects import blob_key


@pytest.fixture
def clock() -> FixedClock:
    """The server goes by true time."""
    return FixedClock(SystemClock().now())


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield settings_with_bucket(tmp_path / "data", bucket_of(tmp_path))
    remove_bucket_of(tmp_path)


def begin(client: Client, name: str, data: bytes) -> dict[str, Any]:
    answer = client.post("/api/v1/uploads", json={"name": name, "size": len(data)})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def send(part: dict[str, Any], data: bytes) -> httpx.Response:
    """Send a part as the documentation says: a form of the fields, then the bytes."""
    piece = data[part["offset"] : part["offset"] + part["size"]]
    assert part["method"] == "POST"
    return httpx.post(part["url"], data=part["fields"], files={"file": piece}, trust_env=False)


def test_parts_go_to_the_server_and_the_file_comes_from_it(
    admin: Client, service: Service, settings: Settings
) -> None:
    data = film(2 * PART_SIZE + 5)
    digest = hashlib.sha256(data).hexdigest()
    plan = begin(admin, "片.mp4", data)
    assert all(part["url"].startswith(f"{settings.s3_endpoint}/") for part in plan["parts"])
    assert [send(part, data).status_code for part in plan["parts"][:2]] == [201, 201]
    missing = admin.post(f"/api/v1/uploads/{plan['id']}/complete")
    assert (missing.status_code, missing.json()["field"]) == (422, "parts")
    plan = admin.get(f"/api/v1/uploads/{plan['id']}").json()
    assert [part["received"] for part in plan["parts"]] == [True, True, False]
    assert send(plan["parts"][2], data).status_code == 201
    for _ in range(2):
        done = admin.post(f"/api/v1/uploads/{plan['id']}/complete")
        assert (done.status_code, done.json()["sha256"]) == (200, digest)
    assert [head.key for head in service.files.list("").objects] == [blob_key(digest)]
    asset = admin.post(
        "/api/v1/assets", json={"upload_id": plan["id"], "title": "片子", "kind": "media"}
    ).json()
    moved = admin.get(f"/api/v1/assets/{asset['id']}/download", follow_redirects=False)
    assert moved.status_code == 302
    got = httpx.get(moved.headers["location"], trust_env=False)
    assert (got.status_code, got.headers["content-type"]) == (200, "video/mp4")
    assert got.content == data
    assert "attachment" in got.headers["content-disposition"]


def test_a_part_that_is_too_large_is_refused_by_the_server(admin: Client) -> None:
    data = film(1000)
    part = begin(admin, "片.mp4", data)["parts"][0]
    assert send({**part, "size": 2000}, data + bytes(1000)).status_code == 400


def test_a_refused_file_leaves_nothing(admin: Client, service: Service) -> None:
    plan = begin(admin, "手册.pdf", EXE)
    assert send(plan["parts"][0], EXE).status_code == 201
    refused = admin.post(f"/api/v1/uploads/{plan['id']}/complete")
    assert refused.status_code == 422
    assert list(service.files.list("").objects) == []


def test_our_own_signed_routes_are_closed(admin: Client) -> None:
    for method in ("GET", "PUT"):
        answer = admin.request(method, "/objects/incoming/a?e=1&m=1&s=x", content=b"")
        assert answer.status_code == 404


def test_pages_may_send_to_the_server_and_nowhere_else(client: Client, settings: Settings) -> None:
    policy = client.get("/health/live").headers["content-security-policy"]
    assert f"connect-src 'self' {settings.s3_endpoint};" in policy
    assert policy.count(str(settings.s3_endpoint)) == 1

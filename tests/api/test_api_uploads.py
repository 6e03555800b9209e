"""Files over real HTTP: in parts, by the plain form, down again, and in little memory."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from child_process import ROOT, run_module
from httpx import Client
from record_databases import environ_of
from shared_values import AsRole
from upload_files import EXE, PDF, film

from api import objects
from api.auth.tokens import create_token
from api.wiring import Service, open_service
from assets import uploads
from assets.actor import Actor
from assets.uploads import PART_SIZE
from core.settings import Settings
from core.workspace import use_workspace
from storage.objects import blob_key

MIB = 1024 * 1024


def begin(client: Client, data: bytes, name: str = "手册.pdf", **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/uploads", json={"name": name, "size": len(data)} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def send(client: Client, plan: dict[str, Any], data: bytes) -> None:
    bare = httpx.Client(base_url=client.base_url, trust_env=False, timeout=30)
    with bare:
        for part in plan["parts"]:
            if not part["received"]:
                piece = data[part["offset"] : part["offset"] + part["size"]]
                assert bare.request(part["method"], part["url"], content=piece).status_code == 201


def complete(client: Client, plan: dict[str, Any]) -> httpx.Response:
    return client.post(f"/api/v1/uploads/{plan['id']}/complete")


def test_a_file_is_announced_sent_and_completed(admin: Client) -> None:
    data = film(PART_SIZE + 5)
    plan = begin(admin, data, "片.mp4", sha256=hashlib.sha256(data).hexdigest())
    assert plan["state"] == "open"
    assert [part["received"] for part in plan["parts"]] == [False, False]
    send(admin, plan, data)
    again = admin.get(f"/api/v1/uploads/{plan['id']}").json()
    assert [part["received"] for part in again["parts"]] == [True, True]
    expected = {
        "id": plan["id"],
        "state": "complete",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "media_type": "video/mp4",
        "name": "片.mp4",
        "kind": "media",
    }
    for answer in (complete(admin, plan), complete(admin, plan)):
        assert (answer.status_code, answer.json()) == (200, expected)
    assert admin.get(f"/api/v1/uploads/{plan['id']}").json() == expected


def test_what_is_missing_or_refused_is_told_as_a_problem(admin: Client) -> None:
    plan = begin(admin, EXE)
    missing = complete(admin, plan)
    assert (missing.status_code, missing.json()["field"]) == (422, "parts")
    send(admin, plan, EXE)
    refused = complete(admin, plan)
    assert (refused.status_code, refused.json()["field"]) == (422, "file")
    assert "程序" in refused.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a.exe", "size": 1}, {"name": "a.pdf", "size": 0}, {"name": "a.pdf"},
        {"name": "a.pdf", "size": 3 * 2**30}, {"name": "a.pdf", "size": 1, "sha256": "x"},
        {"name": "a.pdf", "size": 1, "more": 1}, {"name": "a.pdf", "size": 2**80},
        {"name": "a\ud800.pdf", "size": 1}, {"name": "a" * 5000, "size": 1},
    ],
)  # fmt: skip
def test_an_announcement_that_cannot_be_is_refused(admin: Client, body: dict[str, Any]) -> None:
    import json

    sent = admin.post(
        "/api/v1/uploads",
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )
    assert sent.status_code == 422, sent.text


def test_an_upload_belongs_to_whoever_opened_it(admin: Client, with_token: AsRole) -> None:
    plan = begin(admin, PDF)
    other = with_token("brand_manager")
    assert other.get(f"/api/v1/uploads/{plan['id']}").status_code == 404
    assert complete(other, plan).status_code == 404


def put(client: Client, url: str, content: Any, **headers: str) -> httpx.Response:
    return httpx.put(
        f"{str(client.base_url).rstrip('/')}{url}",
        content=content,
        headers=headers,
        trust_env=False,
        timeout=30,
    )


def test_only_the_signed_request_may_write(admin: Client, service: Service) -> None:
    plan = begin(admin, PDF)
    url = plan["parts"][0]["url"]
    other = begin(admin, PDF)["parts"][0]["url"]
    path, _, query = url.partition("?")
    for wrong in (
        path,
        url.replace("-1?", "-2?"),
        f"{other.partition('?')[0]}?{query}",
        url[:-1] + ("A" if url[-1] != "A" else "B"),
        re.sub(r"m=\d+", "m=999999", url),
        f"{url}&x=1",
        url.replace("/incoming/", "/incoming/../blobs/"),
        "/objects/",
    ):
        assert put(admin, wrong, PDF).status_code in {403, 404, 405}, wrong
    assert admin.get(url).status_code == 403
    assert not service.files.list("incoming/").objects
    assert put(admin, url, PDF).status_code == 201


@pytest.mark.parametrize("chunked", [False, True])
def test_a_part_may_not_be_larger_than_its_grant(
    admin: Client, service: Service, chunked: bool
) -> None:
    plan = begin(admin, PDF)
    data = PDF + bytes(100_000)
    content = iter([data[:50], data[50:]]) if chunked else data
    with suppress(httpx.WriteError):
        refused = put(admin, plan["parts"][0]["url"], content)
        assert refused.status_code in {403, 422}
    assert not service.files.list("incoming/").objects


def test_no_body_is_larger_than_a_part_whatever_its_signature(admin: Client) -> None:
    url = begin(admin, PDF)["parts"][0]["url"]
    with suppress(httpx.WriteError):
        assert put(admin, url, bytes(PART_SIZE + 1)).status_code == 413


def test_who_falls_silent_keeps_no_place_from_the_others(
    admin: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_SILENCE_S", 0.2)
    address = urlsplit(str(admin.base_url))
    target = begin(admin, PDF)["parts"][0]["url"]
    with socket.create_connection((address.hostname, address.port or 80)) as sender:
        head = f"PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(PDF)}\r\n\r\n"
        sender.sendall(head.encode() + PDF[:10])
        sender.settimeout(20)
        assert sender.recv(100).startswith(b"HTTP/1.1 422")
    assert not service.files.list("incoming/").objects


def test_a_link_of_an_hour_ago_does_not_write_any_more(admin: Client, service: Service) -> None:
    from datetime import timedelta

    plan = begin(admin, PDF)
    service.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    assert put(admin, plan["parts"][0]["url"], PDF).status_code == 403
    fresh = admin.get(f"/api/v1/uploads/{plan['id']}").json()
    assert put(admin, fresh["parts"][0]["url"], PDF).status_code == 201


@pytest.fixture
def held(service: Service) -> str:
    """The hash of a text of ten bytes that is held."""
    import io

    done = uploads.take_file(
        service.records,
        service.files,
        io.BytesIO(b"0123456789"),
        actor=Actor(None, "test", "admin"),
        filename="a.txt",
        clock=service.clock,
        ids=service.ids,
    )
    return done.sha256


def link(service: Service, sha256: str) -> str:
    return service.files.sign_get(blob_key(sha256), 60, "第一.txt", "text/plain")


def test_a_download_is_an_attachment_that_no_browser_runs(
    client: Client, service: Service, held: str
) -> None:
    answer = client.get(link(service, held))
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "%E7%AC%AC" in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-length"] == "10"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert put(client, link(service, held), b"x").status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"), ("bytes=4-", 206, b"456789"), ("bytes=-3", 206, b"789"),
        ("bytes=8-99", 206, b"89"), ("bytes=-99", 206, b"0123456789"), ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""), ("bytes=5-2", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"), ("lines=1-2", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"), ("bytes=" + "9" * 40 + "-", 200, b"0123456789"),
    ],
)  # fmt: skip
def test_a_download_goes_on_from_where_it_was_cut(
    client: Client, service: Service, held: str, asked: str, status: int, content: bytes
) -> None:
    answer = client.get(link(service, held), headers={"range": asked})
    assert (answer.status_code, answer.content) == (status, content)
    if status == 206:
        start = 10 - len(content) if asked.startswith("bytes=-") else int(asked[6])
        end = start + len(content) - 1
        assert answer.headers["content-range"] == f"bytes {start}-{end}/10"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */10"


def test_the_rest_of_another_version_is_not_sent(
    client: Client, service: Service, held: str
) -> None:
    tag = client.get(link(service, held)).headers["etag"]
    for sent, status in ((tag, 206), ('"other"', 200)):
        headers = {"range": "bytes=5-", "if-range": sent}
        assert client.get(link(service, held), headers=headers).status_code == status


def test_a_download_of_what_is_gone_says_so(client: Client, service: Service, held: str) -> None:
    url = link(service, held)
    service.files.delete(blob_key(held))
    assert client.get(url).status_code == 404


def form(client: Client, data: bytes, name: str = "手册.pdf", csrf: str = "csrf") -> httpx.Response:
    return client.post(f"/assets/upload?csrf={csrf}", files={"file": (name, data)})


def test_the_form_without_script_leads_to_the_page_that_asks_what_it_is(
    admin: Client, service: Service
) -> None:
    # Larger than the body of any other form.
    answer = form(admin, PDF + bytes(3 * MIB) + b"%%EOF")
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/assets/new\?upload=(upload_\w+)", answer.headers["location"])
    assert found
    done = uploads.completed(
        service.records, found[1], actor=Actor("user_admin", "管理员", "admin")
    )
    assert (done.filename, done.media_type) == ("手册.pdf", "application/pdf")


def test_the_form_remembers_which_asset_gets_a_new_version(admin: Client) -> None:
    files = {"file": ("a.pdf", PDF)}
    answer = admin.post("/assets/upload?csrf=csrf&for=asset_a%26x%0d%0a", files=files)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("&for=asset_a%26x%0D%0A")


def test_the_form_needs_the_token_in_its_address(admin: Client, service: Service) -> None:
    assert form(admin, PDF, csrf="wrong").status_code == 403
    assert admin.post("/assets/upload", files={"file": ("a.pdf", PDF)}).status_code == 403
    assert not service.files.list("").objects


def test_the_form_of_nobody_leads_to_the_login(client: Client) -> None:
    answer = form(client, PDF)
    assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")


def test_the_form_says_what_is_wrong_with_a_file(admin: Client, service: Service) -> None:
    for refused in (form(admin, EXE), form(admin, PDF, "a.exe"), admin.post(
            "/assets/upload?csrf=csrf", files={"other": ("a.pdf", PDF)})):  # fmt: skip
        assert refused.status_code == 422
    assert "程序" in form(admin, EXE).text
    assert not service.files.list("").objects


def command(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return run_module(
        "-m", "api.cli", "assets", "add", *arguments,
        **environ_of(settings), SHENGYU_SAMPLE="off",
    )  # fmt: skip


def test_the_command_line_adds_files_and_names_those_it_refuses(
    service: Service, settings: Settings, tmp_path: Path
) -> None:
    import json

    good, bad = tmp_path / "手册.pdf", tmp_path / "坏.pdf"
    good.write_bytes(PDF)
    bad.write_bytes(EXE)
    done = command(settings, str(good), str(bad), str(tmp_path / "none.pdf"), "--tag", "品牌",
                   "--json")  # fmt: skip
    assert done.returncode == 1, done.stderr.decode()
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    assert [(each["title"], each["kind"], each["tags"], each["state"]) for each in lines] == [
        ("手册", "guideline", ["品牌"], "draft")
    ]
    assert lines[0]["sha256"] == hashlib.sha256(PDF).hexdigest()
    told = done.stderr.decode()
    assert "坏.pdf" in told
    assert "可执行程序" in told
    assert "none.pdf" in told
    assert "手册" not in told


@pytest.mark.parametrize(
    "options", [["--kind", "nothing"], ["--kind", "message"], ["--brand", "无此品牌"]]
)
def test_a_wrong_option_is_wrong_use(
    service: Service, settings: Settings, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    done = command(settings, str(tmp_path / "a.pdf"), *options)
    assert (done.returncode, done.stdout) == (2, b"")


@contextmanager
def real_server(data_dir: Path, token_of: Service) -> Iterator[tuple[Client, int]]:
    """Run ``shengyu serve``; give a client with a token and the process's id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "SHENGYU_DATA_DIR": str(data_dir), "SHENGYU_SAMPLE": "off", "SHENGYU_PORT": str(port),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve"], env=environment, cwd=ROOT,
        stdin=subprocess.PIPE,
    )  # fmt: skip
    token = create_token(token_of.records, "t", "admin", token_of.clock, token_of.ids)
    base = f"http://127.0.0.1:{port}"
    try:
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=60) as client:
            _await(client)
            yield client, process.pid
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _await(client: Client) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with suppress(httpx.TransportError):
            if client.get("/health/live").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def forget_peak(pid: int) -> None:
    """Let the peak start from what the process holds now: starting needs more for a moment."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def peak(pid: int) -> int:
    """Return the most memory that the process held since its peak was forgotten, in bytes."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    assert found
    return int(found[1]) * 1024


def cut_off(client: Client, url: str, data: bytes) -> None:
    """Send the head and half of *data*, then hang up."""
    split = urlsplit(str(client.base_url))
    with socket.create_connection((split.hostname or "", split.port or 0)) as line:
        head = f"PUT {url} HTTP/1.1\r\nHost: {split.netloc}\r\nContent-Length: {len(data)}\r\n\r\n"
        line.sendall(head.encode())
        line.sendall(data[: len(data) // 2])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_200_mb_that_are_cut_and_resumed_need_little_memory_of_the_server(
    tmp_path: Path, empty_stores: Path
) -> None:
    import shutil

    data_dir = tmp_path / "data"
    workspace = use_workspace(data_dir, "main")
    shutil.copytree(empty_stores, workspace.path, dirs_exist_ok=True)
    service = open_service(Settings(data_dir=data_dir, sample="off"), workspace)
    data = film(200 * MIB)
    digest = hashlib.sha256(data).hexdigest()
    with real_server(data_dir, service) as (client, pid):
        small = begin(client, PDF)
        send(client, small, PDF)
        assert complete(client, small).status_code == 200
        forget_peak(pid)
        before = peak(pid)
        plan = begin(client, data, "片.mp4", sha256=digest)
        first = {**plan, "parts": plan["parts"][:5]}
        send(client, first, data)
        part = plan["parts"][5]
        cut_off(client, part["url"], data[part["offset"] : part["offset"] + part["size"]])
        again = client.get(f"/api/v1/uploads/{plan['id']}").json()
        assert [each["received"] for each in again["parts"]] == [True] * 5 + [False] * 8
        send(client, again, data)
        done = complete(client, plan)
        assert (done.status_code, done.json()["sha256"]) == (200, digest)
        got = hashlib.sha256()
        with client.stream("GET", service.files.sign_get(
                blob_key(digest), 60, "片.mp4", "video/mp4")) as answer:  # fmt: skip
            for piece in answer.iter_raw():
                got.update(piece)
        assert got.hexdigest() == digest
        growth = peak(pid) - before
        assert growth < 60 * MIB, f"{growth / MIB:.0f} MB"
    assert [head.key for head in service.files.list("incoming/").objects] == []
    service.close()

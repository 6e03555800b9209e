"""A server goes away for a while and comes back: nothing is lost, pages say what is missing."""

import json
import os
import secrets
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.wiring import Service
from storage.search import Selection
from tests.faults.own_servers import OwnServers, own_servers, settings_of, watching_service
from tests.faults.processes import Installation, wait_until

LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"
AWAY_S = 60.0 if LONG else 4.0
MENTIONS = 1_200
PASSWORD = "a-long-password"

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("own_servers"),
    pytest.mark.timeout(900 if LONG else 180),
]


@dataclass
class Place:
    """A workspace on servers, with a web and a worker process and a person signed in."""

    servers: OwnServers
    installation: Installation
    service: Service
    client: httpx.Client
    folder: Path

    def spool(self, name: str) -> "subprocess.Popen[bytes]":
        """Begin to import ``MENTIONS`` different mentions."""
        file = self.folder / f"{name}.jsonl"
        lines = [
            json.dumps(
                {"platform": "forum", "native_id": f"{name}{n}", "text": f"星澜第{n}号{name}"}
            )
            for n in range(MENTIONS)
        ]
        file.write_text("\n".join(lines), encoding="utf-8")
        return self.installation.start("import", str(file), "--json")

    def waiting(self) -> int:
        return len(list(self.service.spool.pending()))


@pytest.fixture(scope="module")
def servers() -> Iterator[OwnServers]:
    with own_servers() as started:
        yield started


@pytest.fixture
def place(servers: OwnServers, tmp_path: Path) -> Iterator[Place]:
    name = f"outage-{secrets.token_hex(4)}"
    servers.add_database(name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = servers.environment(name)
    mine = {"SHENGYU_PORT": str(port), "SHENGYU_ADMIN_PASSWORD": PASSWORD}
    installation = Installation(tmp_path / "data", environment | mine)
    installation.data_dir.mkdir()
    service = watching_service(settings_of(environment, installation.data_dir))
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)
    try:
        installation.start("serve")
        installation.start("work")
        wait_until(lambda: _status(client, "/health/ready") == 200, 60, "the web process")
        signed_in = client.post("/login", data={"username": "admin", "password": PASSWORD})
        assert signed_in.status_code == 303, installation.log()
        yield Place(servers, installation, service, client, tmp_path)
    finally:
        client.close()
        installation.end_all()
        service.close()


def _status(client: httpx.Client, path: str) -> int:
    try:
        return client.get(path).status_code
    except httpx.TransportError:
        return 0


def _finished(importing: "subprocess.Popen[bytes]", place: Place) -> dict[str, int]:
    output, _ = importing.communicate(timeout=150)
    assert importing.returncode == 0, place.installation.log()
    counts: dict[str, int] = json.loads(output)
    return counts


def _demand_each_once(place: Place, importing: "subprocess.Popen[bytes]") -> None:
    counts = _finished(importing, place)
    assert counts["read"] == counts["new"] == MENTIONS, counts
    place.service.index.sync()
    assert place.service.index.count(Selection()) == MENTIONS
    found = [mention.id for mention in place.service.index.scan(Selection())]
    assert len(found) == len(set(found)) == MENTIONS
    assert place.waiting() == 0


def test_what_comes_while_the_index_is_away_is_in_it_when_it_is_back(place: Place) -> None:
    place.servers.elasticsearch.kill()
    try:
        importing = place.spool("缺席")
        wait_until(lambda: place.waiting() > 0, 30, "a spooled batch")
        until = time.monotonic() + AWAY_S
        while time.monotonic() < until:
            today = place.client.get("/")
            assert today.status_code == 200
            assert "采集到的内容在排队" in today.text
            assert place.client.get("/cases").status_code == 200
            assert place.client.get("/mentions").status_code == 503
            assert place.client.get("/health/ready").json()["index"] == "unreachable"
        assert place.waiting() > 0
    finally:
        place.servers.elasticsearch.start()
    _demand_each_once(place, importing)
    assert place.client.get("/mentions").status_code == 200
    assert "采集到的内容在排队" not in place.client.get("/cases").text


def test_an_index_that_hangs_holds_up_its_own_pages_alone(place: Place) -> None:
    node = place.servers.elasticsearch.nodes[0]
    importing = place.spool("停顿")
    node.pause()
    try:
        first = threading.Thread(target=lambda: _status(place.client, "/cases"))
        first.start()
        first.join(60)
        assert not first.is_alive()
        assert place.client.get("/cases").status_code == 200
        assert place.client.get("/health/ready").json()["status"] == "degraded"
    finally:
        node.resume()
    _demand_each_once(place, importing)


def test_what_comes_while_the_records_are_away_is_kept(place: Place) -> None:
    place.servers.postgres.stop()
    try:
        page = place.client.get("/cases")
        assert page.status_code == 503
        assert "主数据库暂时连不上" in page.text
        assert place.client.get("/health/ready").status_code == 503
        assert place.client.get("/health/live").status_code == 200
    finally:
        place.servers.postgres.start()
    importing = place.spool("断开")
    wait_until(lambda: place.service.index.count(Selection()) > 0, 60, "the first mentions")
    place.servers.postgres.kill()
    try:
        time.sleep(AWAY_S)
    finally:
        place.servers.postgres.start()
    _demand_each_once(place, importing)
    assert place.client.get("/cases").status_code == 200


def test_files_wait_for_their_store_and_nothing_else_does(place: Place) -> None:
    token = place.installation.start("token", "create", "--name", "t", "--role", "brand_manager")
    output, _ = token.communicate(timeout=60)
    bearer = {"authorization": f"Bearer {output.decode().strip()}"}
    given = {"name": "手册.pdf", "size": 1000}
    place.servers.minio.kill()
    try:
        assert place.client.get("/").status_code == 200
        assert place.client.get("/assets").status_code == 200
        assert place.client.get("/health/ready").json()["files"] == "unreachable"
    finally:
        place.servers.minio.start()
    assert place.client.post("/api/v1/uploads", json=given, headers=bearer).status_code == 201
    assert place.client.get("/health/ready").json()["status"] == "ok"

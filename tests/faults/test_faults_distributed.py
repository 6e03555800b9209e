"""Two machines' worth of processes on a cluster, while a node and a drive are taken away."""

import json
import os
import random
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from left_out import leave_out
from sqlalchemy import func, select

from api.auth.tokens import create_token
from api.wiring import Service
from storage.objects import blob_key, measure, store_blob
from storage.records.cases import CaseMention, OutboxMessage
from storage.records.stories import StoryMember
from storage.search import Selection
from tests.faults.own_servers import OwnServers, own_servers, settings_of, watching_service
from tests.faults.processes import Installation, wait_until

LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"
MENTIONS = 20_000 if LONG else 2_000
SHARED = MENTIONS // 4  # both machines find these
FILES = 40 if LONG else 10
RETRIES = 1

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("own_servers"),
    pytest.mark.timeout(1800 if LONG else 300),
]


@dataclass
class Load:
    """Searches through both web processes, each answered, at worst at the second try."""

    addresses: list[str]
    token: str
    answers: Counter[int] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Load":
        for address in self.addresses:
            thread = threading.Thread(target=self._search, args=(address,))
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)

    def _search(self, address: str) -> None:
        bearer = {"authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=address, headers=bearer, trust_env=False, timeout=90) as client:
            while not self._stop.wait(0.05):
                for left in reversed(range(RETRIES + 1)):
                    answer = client.get("/api/v1/mentions", params={"q": "星澜", "limit": 20})
                    if answer.status_code == 200:
                        break
                    if left == 0:
                        self.unanswered.append(answer.text)
                self.answers[answer.status_code] += 1


@pytest.fixture(scope="module")
def cluster() -> Iterator[OwnServers]:
    if not (LONG or os.environ.get("CI")):
        leave_out("Three nodes take a minute to start: make faults and CI run this.")
    with own_servers(nodes=3, drives=4) as started:
        yield started


@dataclass
class Machine:
    """A folder with a spool, a worker and a web process, as one machine of several has them."""

    installation: Installation
    address: str


@pytest.fixture
def machines(cluster: OwnServers, tmp_path: Path) -> Iterator[tuple[Service, list[Machine]]]:
    name = f"spread-{secrets.token_hex(4)}"
    cluster.add_database(name)
    environment = cluster.environment(name)
    service = watching_service(settings_of(environment, tmp_path / "here"))
    made = []
    try:
        for number in (1, 2):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            installation = Installation(
                tmp_path / f"machine{number}", environment | {"SHENGYU_PORT": str(port)}
            )
            installation.data_dir.mkdir()
            installation.start("serve")
            installation.start("work")
            made.append(Machine(installation, f"http://127.0.0.1:{port}"))
        for machine in made:
            wait_until(lambda at=machine.address: _ready(at), 90, "the web processes")
        yield service, made
    finally:
        for machine in made:
            machine.installation.end_all()
        service.close()


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", trust_env=False, timeout=10).status_code == 200
    except httpx.TransportError:
        return False


def _lines(number: int) -> str:
    """A machine's mentions: the first are those that the other machine finds too."""
    told = random.Random(number)
    ids = [f"both-{n}" for n in range(SHARED)]
    ids += [f"only-{number}-{n}" for n in range(MENTIONS - SHARED)]
    return "\n".join(
        json.dumps(
            {
                "platform": "forum",
                "native_id": each,
                "text": f"星澜{each}："
                + "".join(chr(told.randint(0x4E00, 0x6000)) for _ in range(9)),
                # The two sources do not agree on the day, and one of them gives another month.
                "published_at": f"2026-{9 + number:02}-01T00:00:00+08:00",
            }
        )
        for each in ids
    )


def test_a_node_and_a_drive_are_lost_under_load_and_nothing_else(
    cluster: OwnServers, machines: tuple[Service, list[Machine]], tmp_path: Path
) -> None:
    service, both = machines
    token = create_token(service.records, "load", "researcher", service.clock, service.ids)
    importing = []
    for number, machine in enumerate(both, start=1):
        file = tmp_path / f"{number}.jsonl"
        file.write_text(_lines(number), encoding="utf-8")
        importing.append(machine.installation.start("import", str(file), "--json"))
    contents = [secrets.token_bytes(300_000) for _ in range(FILES)]
    blobs = []

    with Load([machine.address for machine in both], token) as load:
        wait_until(lambda: service.index.count(Selection()) > MENTIONS // 8, 120, "first mentions")
        cluster.elasticsearch.nodes[1].kill()
        for at, content in enumerate(contents):
            if at == FILES // 3:
                cluster.minio.take_drive_away(3)
            blobs.append(store_blob(service.files, [content], ids=service.ids, limit=None))
        counts = []
        for each, machine in zip(importing, both, strict=True):
            output, _ = each.communicate(timeout=900)
            assert each.returncode == 0, machine.installation.log()
            counts.append(json.loads(output))
        searched_without = sum(load.answers.values())
        cluster.elasticsearch.nodes[1].start()
        time.sleep(2)
    cluster.minio.bring_drive_back(3)

    assert load.unanswered == []
    assert load.answers[200] > 0
    assert searched_without > 0
    everything = 2 * MENTIONS - SHARED
    assert [each["read"] for each in counts] == [MENTIONS, MENTIONS]
    assert sum(each["new"] for each in counts) == everything
    assert sum(each["duplicate"] for each in counts) == SHARED
    service.index.sync()
    assert service.index.count(Selection()) == everything
    assert len({mention.id for mention in service.index.scan(Selection())}) == everything
    with service.records.read() as session:
        assert session.scalar(select(func.count()).select_from(StoryMember)) == everything
        assert session.scalar(select(func.count()).select_from(CaseMention)) == 0
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    for blob in blobs:
        assert measure(service.files, blob_key(blob.sha256)).size == 300_000

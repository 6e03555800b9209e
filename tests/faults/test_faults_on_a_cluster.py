"""The contract suites of storage on three nodes and four drives, while one of each is away."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from child_process import ROOT
from servers_of_their_own import elasticsearch, minio, postgres

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("own_servers"),
    pytest.mark.timeout(1800),
]


def test_the_contract_suites_hold_while_a_node_and_a_drive_are_away(tmp_path: Path) -> None:
    with elasticsearch(nodes=3) as index, minio(drives=4) as files, postgres() as records:
        told = {
            "database_url": records.url,
            "elasticsearch": {
                "url": ",".join(index.urls),
                "username": index.username,
                "password": index.password,
            },
            "s3": files.address(),
        }
        servers = tmp_path / "servers.json"
        servers.write_text(json.dumps(told), encoding="utf-8")
        log = tmp_path / "suite.log"
        with log.open("wb") as out:
            suite = subprocess.Popen(
                [sys.executable, "-m", "pytest", "tests/storage", "-q", "--timeout", "300"],
                cwd=ROOT,
                env=os.environ | {"SHENGYU_TEST_SERVERS": str(servers), "CI": "1"},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        time.sleep(40)
        index.nodes[1].kill()
        time.sleep(40)
        files.take_drive_away(2)
        time.sleep(30)
        index.nodes[1].launch()
        status = suite.wait(1500)
    said = log.read_text(encoding="utf-8")
    assert status == 0, said[-3000:]
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) > 1000

"""``shengyu up`` as a person meets it: starting, stopping, starting again, and what goes wrong."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.settings import Settings
from core.workspace import Workspace
from crawlers.sample.history import past
from storage.search import EmbeddedMentionIndex, Selection
from tests.faults.processes import wait_until

# Of the 66 that the sample's sites show three name no brand; the others lie in its past.
MENTIONS = 63 + len(past())

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("sample")]


@dataclass
class Up:
    """``shengyu up`` on a folder and a free port."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | {
            "SHENGYU_DATA_DIR": str(self.folder),
            "SHENGYU_PORT": str(self.port),
            "SHENGYU_ADMIN_PASSWORD": "a-long-password",
            **self.settings,
        }
        environment.pop("SHENGYU_FAULT", None)
        with (self.folder.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", "up"],
                env=environment,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
            )

    def log(self) -> str:
        return (self.folder.parent / "up.log").read_text(encoding="utf-8")

    def answers(self, path: str = "/health/ready") -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Send *number* and return the seconds until everything has ended."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(10)
        return time.monotonic() - began

    def children(self) -> list[int]:
        assert self.process is not None
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in found.split()]

    def mentions(self) -> int:
        index = EmbeddedMentionIndex(Workspace("sample", self.folder / "sample").search)
        try:
            return index.count(Selection())
        finally:
            index.close()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "data"
    folder.mkdir()
    made = Up(folder, port)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def mails(up: Up) -> set[str]:
    return {path.name for path in (up.folder / "sample" / "mail").glob("*.eml")}


def test_the_sample_comes_up_stops_within_five_seconds_and_goes_on(up: Up) -> None:
    up.start()
    wait_until(up.answers, 30, "the web process")
    wait_until(lambda: up.mentions() == MENTIONS and bool(mails(up)), 45, "the sample's mentions")
    children = up.children()
    assert len(children) == 2

    assert up.stop() <= 5
    assert up.process is not None
    assert up.process.returncode == 0
    assert not [pid for pid in children if alive(pid)]
    written = mails(up)

    up.start()
    wait_until(up.answers, 30, "the second start")
    time.sleep(1)
    assert up.mentions() == MENTIONS
    assert mails(up) >= written
    assert "Traceback" not in up.log()


def test_a_second_start_on_the_same_folder_is_a_sentence(up: Up) -> None:
    up.settings["SHENGYU_SAMPLE"] = "off"
    up.start()
    wait_until(up.answers, 30, "the web process")
    second = Up(up.folder, up.port + 1)
    second.start()
    assert second.process is not None
    assert second.process.wait(15) == 2
    assert "already runs on the data folder" in up.log()
    assert "Traceback" not in up.log()
    assert up.answers()


def test_a_taken_port_is_a_sentence(up: Up) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", up.port))
        taken.listen()
        up.start()
        assert up.process is not None
        assert up.process.wait(15) == 2
    assert f"Cannot listen on 127.0.0.1:{up.port}" in up.log()
    assert "SHENGYU_PORT" in up.log()
    assert "Traceback" not in up.log()


def test_an_unwritable_folder_is_a_sentence(up: Up, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    up.settings["SHENGYU_DATA_DIR"] = str(tmp_path / "file" / "data")
    up.start()
    assert up.process is not None
    assert up.process.wait(15) == 2
    assert "Cannot write to the data folder" in up.log()
    assert "Traceback" not in up.log()


def test_children_end_when_their_supervisor_is_killed(up: Up) -> None:
    up.settings["SHENGYU_SAMPLE"] = "off"
    up.start()
    wait_until(up.answers, 30, "the web process")
    children = up.children()
    up.stop(signal.SIGKILL)
    wait_until(lambda: not [pid for pid in children if alive(pid)], 8, "the end of the children")


def test_a_killed_child_is_started_again(up: Up) -> None:
    up.settings["SHENGYU_SAMPLE"] = "off"
    up.start()
    wait_until(up.answers, 30, "the web process")
    first = up.children()
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(set(up.children()) - set(first)) == 2, 15, "new children")
    wait_until(up.answers, 15, "the web process again")


def test_clearing_the_sample_while_it_runs_leaves_nothing_of_it(up: Up, made_sample: Path) -> None:
    shutil.copytree(made_sample, up.folder, dirs_exist_ok=True)
    up.start()
    wait_until(up.answers, 30, "the web process")
    wait_until(lambda: up.mentions() > len(past()), 45, "the first crawl")
    environment = os.environ | {"SHENGYU_DATA_DIR": str(up.folder), "SHENGYU_PORT": str(up.port)}
    cleared = subprocess.run(
        [sys.executable, "-m", "api.cli", "sample", "clear"],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert cleared.returncode == 0, cleared.stderr
    wait_until(up.answers, 15, "the real workspace")
    assert not (up.folder / "sample").exists()
    assert not up.answers("/sample/")
    assert Settings(data_dir=up.folder).data_dir.joinpath("workspace").read_text() == "main"

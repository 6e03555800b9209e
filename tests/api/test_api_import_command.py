"""``shengyu import``: any file, a preview, a report, and a kill in the middle."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from child_process import run_module

from api.wiring import open_service
from core.settings import Settings
from core.workspace import use_workspace
from crawlers.launch import child_environment
from sentiment.brands import BrandInput, add_brand

Ended = subprocess.CompletedProcess[bytes]
ROWS = [
    {"平台": "微博", "内容": "星澜净化器漏水", "发布时间": "2025-11-03 12:30", "点赞": "1.5万"},
    {"平台": "微博", "内容": "今天天气真好", "发布时间": "", "点赞": ""},
    {"平台": "微博", "内容": "", "发布时间": "", "点赞": ""},
]


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose workspace watches one brand."""
    path = tmp_path / "data"
    path.mkdir()
    service = open_service(Settings(data_dir=path), use_workspace(path, "main"))
    with service.records.write() as session:
        add_brand(session, BrandInput(name="星澜"), "test", service.clock, service.ids)
    service.close()
    return path


def shengyu_import(data_dir: Path, *arguments: object) -> Ended:
    given = [str(argument) for argument in arguments]
    return run_module("-m", "api.cli", "import", *given, SHENGYU_DATA_DIR=str(data_dir))


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def counts(ended: Ended) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_a_table_is_imported_with_a_report(data_dir: Path, tmp_path: Path) -> None:
    file = table(tmp_path / "posts.csv", ROWS)
    report = tmp_path / "report.csv"
    ended = shengyu_import(data_dir, file, "--json", "--report", report)
    assert ended.returncode == 1, ended.stderr.decode()
    found = counts(ended)
    reasons = found.pop("reasons")
    assert found == {"read": 3, "new": 1, "duplicate": 0, "dropped": 1, "invalid": 1}
    assert {reason["entry"][:5] for reason in reasons} == {"第 3 行", "第 4 行"}
    with report.open(encoding="utf-8-sig", newline="") as told:
        assert len(list(csv.reader(told))) == 3


def test_a_preview_stores_nothing(data_dir: Path, tmp_path: Path) -> None:
    file = table(tmp_path / "posts.csv", ROWS[:2])
    ended = shengyu_import(data_dir, file, "--preview", 5, "--map", "title=点赞")
    shown = ended.stdout.decode()
    assert ended.returncode == 0
    assert "text ← 内容" in shown
    assert "title ← 点赞" in shown
    assert "星澜净化器漏水" in shown
    assert not list((data_dir / "main" / "spool").glob("*.jsonl"))
    [file_shown] = counts(shengyu_import(data_dir, file, "--preview", 1, "--json"))["files"]
    assert file_shown["rows"][0]["engagement"]["likes"] == 15000


def test_a_mapping_may_lie_in_a_file(data_dir: Path, tmp_path: Path) -> None:
    file = table(tmp_path / "posts.csv", [{"甲": "星澜净化器好用", "乙": "x"}])
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"text": "甲"}', encoding="utf-8")
    ended = shengyu_import(data_dir, file, "--mapping", mapping, "--platform", "知乎", "--json")
    assert (ended.returncode, counts(ended)["new"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "甲、乙"),
        (("--map", "text"), "字段=列名"),
        (("--map", "text=丙"), "没有列 丙"),
        (("--map", "text=甲"), "--platform"),
        (("--format", "yaml"), "auto"),
        (("--mapping", "no.json"), "no.json"),
    ],
)
def test_wrong_use_is_a_sentence(
    data_dir: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    file = table(tmp_path / "posts.csv", [{"甲": "星澜", "乙": "x"}])
    ended = shengyu_import(data_dir, file, *arguments)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert words in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()


def test_an_import_that_was_killed_goes_on(data_dir: Path, tmp_path: Path) -> None:
    rows = [{"平台": "微博", "内容": f"第{n}次买星澜净化器", "编号": str(n)} for n in range(2200)]
    file = table(tmp_path / "posts.csv", rows)
    command = [sys.executable, "-m", "api.cli", "import", str(file), "--json"]
    environ = child_environment() | {"SHENGYU_DATA_DIR": str(data_dir)}
    spool = data_dir / "main" / "spool"
    for _ in range(2):
        child = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        give_up = time.monotonic() + 30
        while not list(spool.glob("*.jsonl")) and time.monotonic() < give_up:
            assert child.poll() is None
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
    ended = shengyu_import(data_dir, file, "--json")
    assert ended.returncode == 0, ended.stderr.decode()
    found = counts(ended)
    assert (found["read"], found["new"], found["duplicate"]) == (2200, 2200, 0)

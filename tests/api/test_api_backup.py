"""``shengyu backup`` and ``restore`` as a shell sees them."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from child_process import ROOT, run_module
from s3_buckets import bucket_of, remove_bucket_of
from sqlalchemy import func, select

from api.command.serve import web_lock
from api.wiring import Service, open_service
from api.worker import worker_lock
from core.locks import FileLock
from core.settings import Settings
from core.workspace import current_workspace, use_workspace
from crawlers.launch import child_environment
from crawlers.raw import Batch, BatchHead, RawMention
from sentiment.brands import BrandInput, add_brand
from storage.records.watch import Brand
from storage.search import Selection
from tests.storage.transfer.transfer_stores import mention

Shengyu = Callable[..., "subprocess.CompletedProcess[bytes]"]
MENTIONS = 4000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which somebody works, made once."""
    service = _opened(tmp_path_factory.mktemp("lived-in") / "data")
    with service.records.write() as session:
        add_brand(session, BrandInput("星澜"), "admin", service.clock, service.ids)
    service.index.create_many([mention(f"m{number:05}") for number in range(MENTIONS)])
    service.files.put("renditions/ver_1/thumb.webp", [b"picture"], limit=None)
    now = service.clock.now()
    raw = RawMention(platform="forum", text="星澜", detected_at=now, native_id="1")
    service.spool.put(Batch(BatchHead("batch_1", "trace", now), (raw,)))
    service.close()
    return service.settings.data_dir


@pytest.fixture
def lived_in(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def shengyu() -> Shengyu:
    def run(
        data_dir: Path, *arguments: str, **environ: str
    ) -> "subprocess.CompletedProcess[bytes]":
        return run_module("-m", "api.cli", *arguments, SHENGYU_DATA_DIR=str(data_dir), **environ)

    return run


def _opened(data_dir: Path) -> Service:
    settings = Settings.model_validate({"data_dir": data_dir, "sample": "off"})
    return open_service(settings, use_workspace(data_dir, "main"))


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Service]]:
    """Open the workspace of a data folder; closed afterwards."""
    services = []

    def open_one(data_dir: Path) -> Service:
        services.append(_opened(data_dir))
        return services[-1]

    yield open_one
    for service in services:
        service.close()


def said(ended: "subprocess.CompletedProcess[bytes]") -> str:
    return ended.stderr.decode()


def told(ended: "subprocess.CompletedProcess[bytes]") -> Any:
    assert ended.returncode == 0, said(ended)
    [line] = ended.stdout.decode().splitlines()
    return json.loads(line)


def start(data_dir: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *arguments],
        env=child_environment() | {"SHENGYU_DATA_DIR": str(data_dir)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )


def killed_when(process: "subprocess.Popen[bytes]", there: Callable[[], bool]) -> None:
    """End *process* with SIGKILL as soon as the condition holds."""
    give_up = time.monotonic() + 30
    while not there():
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < give_up
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_workspace_comes_back_whole_in_an_empty_folder(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path, opened: Callable[[Path], Service]
) -> None:
    file = tmp_path / "b.tar"
    made = shengyu(lived_in, "backup", str(file), "--json")
    assert told(made) | {"bytes": 0} == {
        "file": str(file), "bytes": 0, "rows": told(made)["rows"],
        "mentions": MENTIONS, "files": 1, "absent": [],
    }  # fmt: skip
    assert file.stat().st_mode & 0o777 == 0o600
    assert "密钥" in said(made)

    back = shengyu(tmp_path / "new", "restore", str(file), "--json")
    assert told(back)["mentions"] == MENTIONS
    key = (tmp_path / "new" / "secret_key").read_text()
    assert key == (lived_in / "secret_key").read_text()
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert current_workspace(tmp_path / "new") is not None
    service = opened(tmp_path / "new")
    assert service.index.count(Selection()) == MENTIONS
    assert service.spool.backlog()[0] == 1
    with service.records.read() as session:
        assert session.scalar(select(Brand.name)) == "星澜"
    left = sorted(path.name for path in (tmp_path / "new").iterdir() if path.is_dir())
    assert left == ["main"]


def test_an_existing_file_is_not_overwritten(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path
) -> None:
    (tmp_path / "b.tar").write_bytes(b"precious")
    ended = shengyu(lived_in, "backup", str(tmp_path / "b.tar"))
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert (tmp_path / "b.tar").read_bytes() == b"precious"


def test_a_full_disk_leaves_nothing_and_says_so(lived_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    ended = subprocess.run(
        # The largest file that may be written, in blocks of 1024 bytes.
        ["bash", "-c", 'ulimit -f 1500; exec "$0" "$@"',
         sys.executable, "-m", "api.cli", "backup", str(out / "b.tar")],
        env=child_environment() | {"SHENGYU_DATA_DIR": str(lived_in)},
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "Nothing is left of it" in ended.stderr.decode()
    assert list(out.iterdir()) == []


def test_a_killed_backup_leaves_no_file_of_that_name(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path
) -> None:
    file, partial = tmp_path / "b.tar", tmp_path / ".b.tar.partial"
    killed_when(
        start(lived_in, "backup", str(file)),
        lambda: partial.exists() and partial.stat().st_size > 100_000,
    )
    assert not file.exists()
    assert told(shengyu(lived_in, "backup", str(file), "--json"))["mentions"] == MENTIONS
    assert not partial.exists()
    assert told(shengyu(tmp_path / "new", "restore", str(file), "--json"))["mentions"] == MENTIONS


def test_a_killed_restore_leaves_the_folder_empty_and_is_run_again(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path, opened: Callable[[Path], Service]
) -> None:
    file, new = tmp_path / "b.tar", tmp_path / "new"
    told(shengyu(lived_in, "backup", str(file), "--json"))
    killed_when(start(new, "restore", str(file)), (new / "main.restoring" / "search.sqlite").exists)
    assert current_workspace(new) is None
    told(shengyu(new, "restore", str(file), "--json"))
    assert opened(new).index.count(Selection()) == MENTIONS
    assert not (new / "main.restoring").exists()


def test_a_workspace_that_is_lived_in_is_only_replaced_on_demand(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path, opened: Callable[[Path], Service]
) -> None:
    file, other = tmp_path / "b.tar", tmp_path / "other"
    told(shengyu(lived_in, "backup", str(file), "--json"))
    service = opened(other)
    service.index.create_many([mention("only there")])
    key = (other / "secret_key").read_text()

    refused = shengyu(other, "restore", str(file))
    assert refused.returncode == 2
    assert "--replace" in said(refused)
    assert service.index.count(Selection()) == 1
    service.close()

    back = told(shengyu(other, "restore", str(file), "--replace", "--json"))
    assert opened(other).index.count(Selection()) == MENTIONS
    kept = Path(back["replaced"])
    assert kept.name.startswith("main.replaced-")
    assert (kept / "search.sqlite").stat().st_size > 0
    [old_key] = other.glob("secret_key.replaced-*")
    assert old_key.read_text() == key


@pytest.mark.parametrize("lock", ["web", "worker", "up"])
def test_nothing_is_restored_beside_a_running_service(
    lock: str, shengyu: Shengyu, lived_in: Path, tmp_path: Path, opened: Callable[[Path], Service]
) -> None:
    told(shengyu(lived_in, "backup", str(tmp_path / "b.tar"), "--json"))
    service = opened(lived_in)
    held = {
        "web": web_lock(service.settings),
        "worker": worker_lock(service.workspace),
        "up": FileLock(lived_in / "up.lock", ""),
    }[lock]
    with held:
        ended = shengyu(lived_in, "restore", str(tmp_path / "b.tar"), "--replace")
    assert ended.returncode == 2
    assert "top it first" in said(ended)
    assert service.index.count(Selection()) == MENTIONS


def test_a_changed_backup_touches_nothing(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path, opened: Callable[[Path], Service]
) -> None:
    file = tmp_path / "b.tar"
    told(shengyu(lived_in, "backup", str(file), "--json"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    ended = shengyu(lived_in, "restore", str(file), "--replace")
    assert ended.returncode == 2
    assert "SHA-256" in said(ended)
    assert opened(lived_in).index.count(Selection()) == MENTIONS
    assert not list(lived_in.glob("main.*"))


def test_another_secret_key_is_refused_with_the_way_to_the_right_one(
    shengyu: Shengyu, lived_in: Path, tmp_path: Path
) -> None:
    file = tmp_path / "b.tar"
    told(shengyu(lived_in, "backup", str(file), "--json"))
    ended = shengyu(tmp_path / "new", "restore", str(file), SHENGYU_SECRET_KEY="x" * 40)
    assert ended.returncode == 2
    assert "tar -xOf" in said(ended)
    key = subprocess.run(["tar", "-xOf", str(file), "secret_key"], capture_output=True, check=True)
    right = shengyu(tmp_path / "new", "restore", str(file), SHENGYU_SECRET_KEY=key.stdout.decode())
    assert right.returncode == 0, said(right)


def test_a_backup_goes_into_a_database_and_bucket_and_is_resumed_there(
    shengyu: Shengyu,
    lived_in: Path,
    tmp_path: Path,
    postgresql_address: str,
    opened: Callable[[Path], Service],
) -> None:
    file, bucket = tmp_path / "b.tar", bucket_of(tmp_path)
    told(shengyu(lived_in, "backup", str(file), "--json"))
    servers = {
        "SHENGYU_SECRET_KEY": (lived_in / "secret_key").read_text(),
        "SHENGYU_DATABASE_URL": postgresql_address,
        "SHENGYU_S3_ENDPOINT": bucket.endpoint,
        "SHENGYU_S3_ACCESS_KEY": bucket.access_key,
        "SHENGYU_S3_SECRET_KEY": bucket.secret_key,
        "SHENGYU_S3_BUCKET": bucket.bucket,
    }
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "restore", str(file)],
            env=child_environment() | servers | {"SHENGYU_DATA_DIR": str(tmp_path / "new")},
            cwd=ROOT, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        killed_when(process, (tmp_path / "new" / "main.restoring" / "search.sqlite").exists)
        told(shengyu(tmp_path / "new", "restore", str(file), "--json", **servers))
        again = shengyu(tmp_path / "again", "restore", str(file), **servers)
        assert again.returncode == 2
        assert "已经有数据" in said(again)
        checked = shengyu(tmp_path / "new", "doctor", "--json", **servers)
        findings = {each["check"]: each for each in map(json.loads, checked.stdout.splitlines())}
        assert findings["索引"]["detail"].startswith(f"{MENTIONS} ")
        back = tmp_path / "back.tar"
        told(shengyu(tmp_path / "new", "backup", str(back), "--json", **servers))
        assert told(shengyu(tmp_path / "home", "restore", str(back), "--json"))["rows"] > 0
        service = opened(tmp_path / "home")
        with service.records.read() as session:
            assert session.scalar(select(func.count()).select_from(Brand)) == 1
    finally:
        remove_bucket_of(tmp_path)


def test_a_sample_is_backed_up_and_comes_back_as_the_sample(
    made_sample: Path, shengyu: Shengyu, tmp_path: Path
) -> None:
    shutil.copytree(made_sample, tmp_path / "data")
    made = told(shengyu(tmp_path / "data", "backup", str(tmp_path / "b.tar"), "--json"))
    assert made["absent"] == []
    back = told(shengyu(tmp_path / "new", "restore", str(tmp_path / "b.tar"), "--json"))
    assert back["workspace"] == "sample"
    assert back["mentions"] == made["mentions"] > 100
    assert back["files"] == made["files"] > 10
    found = shengyu(tmp_path / "new", "search", "星澜", "--limit", "3", "--json")
    assert len(found.stdout.splitlines()) == 3
    assets = shengyu(tmp_path / "new", "search", "--assets", "手册", "--limit", "1", "--json")
    assert len(assets.stdout.splitlines()) == 1
    assert list((tmp_path / "new" / "sample" / "mail").iterdir())

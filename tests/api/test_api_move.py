"""``shengyu move`` on the real servers, as a shell sees it."""

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from child_process import ROOT
from s3_buckets import bucket_of, remove_bucket_of

from api.command.serve import web_lock
from api.wiring import Service, open_service
from assets.indexing import rebuild
from core.clock import SystemClock
from core.settings import Settings, load_settings
from core.workspace import use_workspace
from crawlers.launch import child_environment
from crawlers.raw import Batch, BatchHead, RawMention
from sentiment.brands import BrandInput, add_brand
from storage.records.digest import table_digest
from storage.records.watch import Brand
from storage.search import Selection
from tests.storage.transfer.transfer_stores import (
    LocalStores,
    elastic_address,
    fill,
    mention,
    remove_indices_of,
)

Ended = subprocess.CompletedProcess[bytes]
Shengyu = Callable[..., Ended]
MENTIONS = 1200

# Each starts several processes, and each of those asks three servers.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with something of everything, made once."""
    service = _opened(tmp_path_factory.mktemp("moved") / "data")
    place = service.workspace.path
    fill(LocalStores(place, service.records, service.index, service.files), mentions=MENTIONS)
    (service.workspace.spool / "poison" / "1.jsonl").unlink()
    (service.workspace.spool / "0001-batch_a.jsonl").unlink()
    rebuild(service.records, service.asset_index)
    service.close()
    return service.settings.data_dir


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(made, tmp_path / "data"))


def _opened(data_dir: Path) -> Service:
    settings = Settings.model_validate({"data_dir": data_dir, "sample": "off"})
    return open_service(settings, use_workspace(data_dir, "main"))


@pytest.fixture
def env_file(tmp_path: Path, data_dir: Path, postgresql_address: str) -> Iterator[Path]:
    """An env file that names all three servers, each with an empty place of its own."""
    bucket, elastic = bucket_of(tmp_path), elastic_address(tmp_path)
    told = {
        "SECRET_KEY_FILE": data_dir / "secret_key",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": postgresql_address,
        "ELASTICSEARCH_URL": elastic.url,
        "ELASTICSEARCH_USERNAME": elastic.username,
        "ELASTICSEARCH_PASSWORD": elastic.password,
        "ELASTICSEARCH_PREFIX": elastic.prefix,
        "S3_ENDPOINT": bucket.endpoint,
        "S3_ACCESS_KEY": bucket.access_key,
        "S3_SECRET_KEY": bucket.secret_key,
        "S3_BUCKET": bucket.bucket,
    }
    file = tmp_path / "servers.env"
    file.write_text("".join(f"SHENGYU_{name}={value}\n" for name, value in told.items()))
    yield file
    remove_bucket_of(tmp_path)
    remove_indices_of(tmp_path)


@pytest.fixture
def shengyu(data_dir: Path) -> Shengyu:
    def run(*arguments: str, **environ: str) -> Ended:
        return command(*arguments, **({"SHENGYU_DATA_DIR": str(data_dir)} | environ))

    return run


def command(*arguments: str, cwd: Path | None = None, **environ: str) -> Ended:
    """Run ``shengyu`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=child_environment() | environ,
        cwd=cwd,
        capture_output=True,
        timeout=120,
        check=False,
    )


def said(ended: Ended) -> str:
    return ended.stderr.decode()


def lines(ended: Ended) -> list[Any]:
    return [json.loads(line) for line in ended.stdout.split(b"\n") if line]


def proof(ended: Ended) -> dict[tuple[str, str], int]:
    """Return what was proven equal: (store, name) → count."""
    assert ended.returncode == 0, said(ended)
    *compared, last = lines(ended)
    assert last == {"finished": True, "equal": True}
    assert all(each["equal"] and each["source"] == each["target"] for each in compared)
    return {(each["store"], each["name"]): each["target"]["count"] for each in compared}


def held_by(data_dir: Path) -> tuple[str, int, list[str]]:
    """Return what the embedded form holds."""
    service = _opened(data_dir)
    with service.records.read() as session:
        brands = table_digest(session, Brand.__table__).sha256  # type: ignore[arg-type]
    found = brands, service.index.count(Selection()), _files(service)
    service.close()
    return found


def _files(service: Service) -> list[str]:
    return [found.key for found in service.files.list("").objects]


def test_a_stopped_workspace_moves_at_once_with_the_proof(
    shengyu: Shengyu, env_file: Path, data_dir: Path
) -> None:
    before = held_by(data_dir)
    ended = shengyu("move", "--to", str(env_file), "--json")
    counts = proof(ended)
    assert counts["mentions", "2026-03"] + counts["mentions", "2026-04"] == MENTIONS
    assert counts["records", "story_bands"] == 3
    assert counts["files", "blobs"] == 3
    assert counts["assets", "revisions"] == 1
    assert f"--env-file {env_file} up" in said(ended)
    assert held_by(data_dir) == before

    found = shengyu("--env-file", str(env_file), "search", "m00007 OR 第 7 条", "--json")
    assert b'"m00007"' in found.stdout
    assets = shengyu("--env-file", str(env_file), "search", "--assets", "手册", "--json")
    assert [each["id"] for each in lines(assets)] == ["asset_1"]

    renewed = shengyu("--env-file", str(env_file), "reindex", "--json")
    assert lines(renewed) == [{"written": 1, "removed": 0, "relabelled": 0, "months": 0}]

    again = shengyu("move", "--to", str(env_file))
    assert again.returncode == 2
    assert "搬完" in said(again)


def test_a_running_workspace_is_copied_and_catches_up_when_stopped(
    shengyu: Shengyu, env_file: Path, data_dir: Path
) -> None:
    service = _opened(data_dir)
    with web_lock(service.settings):
        first = shengyu("move", "--to", str(env_file), "--json")
        assert first.returncode == 0, said(first)
        assert lines(first) == [{"finished": False, "equal": None}]
        assert "请停止服务" in said(first)
        service.index.create_many([mention("late")])
        service.index.delete(["m00003"])
        service.files.delete("renditions/ver_1/thumb.webp")
        with service.records.write() as session:
            add_brand(session, BrandInput("后来"), "admin", service.clock, service.ids)
    service.close()

    counts = proof(shengyu("move", "--to", str(env_file), "--json"))
    assert counts["mentions", "2026-03"] + counts["mentions", "2026-04"] == MENTIONS
    assert counts["records", "brands"] == 2
    assert ("files", "renditions") not in counts


def test_a_half_moved_target_is_told_by_doctor_and_not_started(
    shengyu: Shengyu, env_file: Path, data_dir: Path
) -> None:
    settings = Settings.model_validate({"data_dir": data_dir})
    with web_lock(settings):
        shengyu("move", "--to", str(env_file))
    checked = shengyu("--env-file", str(env_file), "doctor", "--json")
    wrong = {each["check"]: each for each in lines(checked) if not each["ok"]}
    assert "shengyu move" in wrong["记录结构"]["hint"]
    assert checked.returncode == 1
    early = shengyu("--env-file", str(env_file), "work")
    assert early.returncode == 1
    assert "Run it again until it says that all is equal" in early.stderr.decode()
    assert shengyu("move", "--to", str(env_file)).returncode == 0
    sound = shengyu("--env-file", str(env_file), "doctor", "--json")
    assert "没有完成" not in sound.stdout.decode()


def test_a_move_killed_again_and_again_comes_to_its_end(
    shengyu: Shengyu, env_file: Path, data_dir: Path
) -> None:
    chance = random.Random(3)
    killed = 0
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "move", "--to", str(env_file)],
            env=child_environment() | {"SHENGYU_DATA_DIR": str(data_dir)},
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stderr is not None
        process.stderr.readline()  # copying begins
        time.sleep(chance.uniform(0, 0.7))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stderr.close()
    assert killed >= 2
    counts = proof(shengyu("move", "--to", str(env_file), "--json"))
    assert counts["mentions", "2026-03"] + counts["mentions", "2026-04"] == MENTIONS


def test_a_target_with_other_data_is_left_alone(
    shengyu: Shengyu, env_file: Path, tmp_path: Path
) -> None:
    there = load_settings(env_file, {})
    theirs = open_service(
        there.model_copy(update={"data_dir": tmp_path / "theirs"}),
        use_workspace(tmp_path / "theirs", "main"),
    )
    with theirs.records.write() as session:
        add_brand(session, BrandInput("别人的"), "admin", SystemClock(), theirs.ids)
    ended = shengyu("move", "--to", str(env_file))
    assert ended.returncode == 2
    assert "已经有别的数据" in said(ended)
    assert theirs.index.count(Selection()) == 0
    assert _files(theirs) == []
    theirs.close()


def test_files_alone_move_to_a_bucket(shengyu: Shengyu, env_file: Path, data_dir: Path) -> None:
    lines_kept = [
        line for line in env_file.read_text().splitlines() if "S3_" in line or "SECRET" in line
    ]
    env_file.write_text("\n".join(lines_kept))
    counts = proof(shengyu("move", "--to", str(env_file), "--json"))
    assert counts == {("files", "blobs"): 3, ("files", "renditions"): 1}
    assert proof(shengyu("move", "--to", str(env_file), "--json")) == counts


def test_batches_and_mails_go_along_to_another_data_folder(
    shengyu: Shengyu, env_file: Path, data_dir: Path, tmp_path: Path
) -> None:
    service = _opened(data_dir)
    now = service.clock.now()
    raw = RawMention(platform="forum", text="星澜", detected_at=now, native_id="1")
    batch = service.spool.put(Batch(BatchHead("batch_1", "trace", now), (raw,)))
    service.close()
    with env_file.open("a") as file:
        file.write(f"SHENGYU_DATA_DIR={tmp_path / 'elsewhere'}\n")
    # The folder of a command's environment would count for both: here each has its own.
    (tmp_path / ".env").write_text(f"SHENGYU_DATA_DIR={data_dir}\n")
    ended = command("move", "--to", str(env_file), "--json", cwd=tmp_path)
    proof(ended)
    there = tmp_path / "elsewhere" / "main"
    assert (there / "spool" / batch.name).read_bytes() == batch.read_bytes()
    assert (there / "mail" / "m1.eml").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: "SHENGYU_PORT=8001\n", "没有服务器"),
        (lambda text: text.replace("SECRET_KEY_FILE=", "SECRET_KEY=" + "x" * 40), "密钥要相同"),
        (
            lambda text: re.sub("(DATABASE_URL=).*", r"\1postgresql://u:p@127.0.0.1:1/d", text),
            "Connection refused",
        ),
    ],
)
def test_settings_that_cannot_be_moved_to_are_a_sentence(
    change: Callable[[str], str], sentence: str, shengyu: Shengyu, env_file: Path
) -> None:
    env_file.write_text(change(env_file.read_text()))
    ended = shengyu("move", "--to", str(env_file))
    assert ended.returncode in {1, 2}
    assert ended.stdout == b""
    assert sentence in said(ended)
    assert "Traceback" not in said(ended)


def test_what_is_on_servers_already_and_the_sample_do_not_move(
    shengyu: Shengyu, env_file: Path, data_dir: Path
) -> None:
    there = shengyu("--env-file", str(env_file), "move", "--to", str(env_file))
    assert there.returncode == 2
    assert "已经指向服务器" in said(there)
    use_workspace(data_dir, "sample")
    sample = shengyu("move", "--to", str(env_file))
    assert sample.returncode == 2
    assert "sample clear" in said(sample)
    missing = shengyu("move", "--to", str(env_file), SHENGYU_DATA_DIR=str(data_dir / "none"))
    assert missing.returncode == 2

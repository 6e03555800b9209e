"""``shengyu doctor`` finds what is wrong, names it once, and leaves nothing behind."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw
import pytest
from s3_buckets import bucket_of, remove_bucket_of
from sqlalchemy import delete, func, select

from api.checks import elastic, machine, probes, records
from api.checks.finding import Check, Finding, found
from api.command.doctor import run
from api.wiring import Service, open_service
from assets.indexing import rebuild
from core.clock import FixedClock, SystemClock
from core.settings import Settings
from core.workspace import use_workspace
from storage.records.library import Asset, IndexOutbox
from storage.records.stories import StoryMember
from storage.records.workspace import Fact
from storage.search import Selection
from storage.search.elastic.connection import Connection
from storage.search.schema import TOKENS_CHANGED
from storage.transfer import mark
from tests.storage.transfer.transfer_stores import (
    NOON,
    LocalStores,
    elastic_address,
    fill,
    remove_indices_of,
)

SECRET = "secret " * 8


def made(data_dir: Path, **settings: Any) -> Service:
    """Open the main workspace of *data_dir* with the machine's clock."""
    given = Settings.model_validate({"data_dir": data_dir, "sample": "off"} | settings)
    return open_service(given, use_workspace(data_dir, "main"))


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Service]:
    """An embedded workspace with something of everything."""
    opened = made(tmp_path / "data")
    fill(LocalStores(opened.workspace.path, opened.records, opened.index, opened.files))
    rebuild(opened.records, opened.asset_index)
    yield opened
    opened.close()


@pytest.fixture
def served(tmp_path: Path, postgresql_address: str) -> Iterator[Service]:
    """An empty workspace on the three servers."""
    bucket, address = bucket_of(tmp_path), elastic_address(tmp_path)
    opened = made(
        tmp_path / "data",
        secret_key=SECRET,
        public_url="http://127.0.0.1:8000",
        database_url=postgresql_address,
        elasticsearch_url=address.url,
        elasticsearch_username=address.username,
        elasticsearch_password=address.password,
        elasticsearch_prefix=address.prefix,
        s3_endpoint=bucket.endpoint,
        s3_access_key=bucket.access_key,
        s3_secret_key=bucket.secret_key,
        s3_bucket=bucket.bucket,
    )
    yield opened
    opened.close()
    remove_bucket_of(tmp_path)
    remove_indices_of(tmp_path)


def findings(check: Check, service: Service) -> list[Finding]:
    return list(found("test", check, service))


def hints(check: Check, service: Service) -> list[str]:
    return [each.hint for each in findings(check, service) if each.hint]


PROBES = (records.rights, probes.mentions, probes.assets, probes.objects)


def test_the_probes_pass_and_leave_nothing(embedded: Service) -> None:
    before = embedded.index.count(Selection()), embedded.asset_index.revisions()
    for check in PROBES:
        assert hints(check, embedded) == []
    with embedded.records.read() as session:
        assert session.scalar(select(func.count()).select_from(Fact)) == 0
    assert (embedded.index.count(Selection()), embedded.asset_index.revisions()) == before
    assert embedded.files.list("incoming/").objects == ()


def test_everything_is_well_on_the_real_servers(served: Service) -> None:
    checks = (*PROBES, probes.form, records.version, records.form, records.clock, records.index,
              records.files, elastic.server, machine.settings)  # fmt: skip
    told = {each.check: each for check in checks for each in findings(check, served)}
    assert [each for each in told.values() if not each.ok] == []
    assert told["记录版本"].detail.startswith("PostgreSQL ")
    assert told["Elasticsearch 版本"].detail[0] in "89"
    assert "剩余" in told["Elasticsearch 磁盘"].detail
    served.index.sync()
    assert served.index.count(Selection()) == 0
    assert served.asset_index.revisions() == {}
    assert served.files.list("").objects == ()


def test_a_template_that_somebody_changed_is_told(served: Service, tmp_path: Path) -> None:
    assert hints(probes.mentions, served) == []
    address = elastic_address(tmp_path)
    connection = Connection(address)
    connection.send("DELETE", f"/_index_template/{address.prefix}-*")
    connection.close()
    assert any("template" in each.detail for each in findings(probes.form, served) if each.hint)


def test_mentions_by_older_tokens_ask_for_a_reindex(embedded: Service) -> None:
    assert hints(probes.form, embedded) == []
    db = apsw.Connection(str(embedded.workspace.path / "search.sqlite"))
    db.execute(TOKENS_CHANGED)
    db.close()
    [told] = findings(probes.form, embedded)
    assert "older tokens" in told.detail
    assert "shengyu reindex" in str(told.hint)
    embedded.index.rebuild()
    assert hints(probes.form, embedded) == []


def test_a_key_without_rights_is_a_finding_with_its_reason(served: Service) -> None:
    wrong = made(
        served.settings.data_dir,
        **served.settings.model_dump(exclude={"data_dir", "sample", "s3_secret_key"}),
        s3_secret_key="wrong-password",
    )
    [told] = findings(probes.objects, wrong)
    wrong.close()
    assert not told.ok
    assert told.detail


def test_clocks_that_differ_are_told(embedded: Service) -> None:
    embedded.clock = FixedClock(SystemClock().now() + timedelta(minutes=5))
    assert "NTP" in hints(records.clock, embedded)[0]
    assert "NTP" in hints(probes.objects, embedded)[0]


def test_a_lost_index_is_told(embedded: Service) -> None:
    with embedded.records.write() as session:
        session.add_all(
            StoryMember(mention_id=f"x{number}", story_id="s1", at=NOON) for number in range(5000)
        )
    assert "备份" in hints(records.index, embedded)[0]


def test_an_asset_that_search_does_not_know_asks_for_a_reindex(embedded: Service) -> None:
    assert hints(probes.assets, embedded) == []
    with embedded.records.write() as session:
        session.execute(delete(IndexOutbox))
        session.get_one(Asset, "asset_1").revision += 1
    assert "reindex" in hints(probes.assets, embedded)[0]


def test_a_file_that_is_gone_is_named(embedded: Service) -> None:
    assert hints(records.files, embedded) == []
    embedded.files.delete("renditions/ver_1/thumb.webp")
    [told] = findings(records.files, embedded)
    assert not told.ok
    assert "renditions/ver_1/thumb.webp" in told.detail


def test_a_transfer_left_in_the_middle_is_told(embedded: Service) -> None:
    mark.begin(embedded.records, "backup x", NOON)
    assert "shengyu restore" in hints(records.form, embedded)[0]
    mark.finish(embedded.records, NOON)
    assert hints(records.form, embedded) == []


def test_a_batch_that_waits_for_hours_is_told(embedded: Service) -> None:
    poison = embedded.spool.path / "poison" / "1.jsonl"
    poison.unlink()
    assert hints(machine.spool, embedded) == []
    batch = embedded.spool.path / "0001-batch_a.jsonl"
    os.utime(batch, (0, 0))
    assert "工作进程" in hints(machine.spool, embedded)[0]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"public_url": "https://pr.example.cn"}, "SMTP"),
        ({"database_url": "postgresql://u:p@h/d", "secret_key": SECRET}, "PUBLIC_URL"),
        ({"database_url": "postgresql://u:p@h/d", "secret_key": SECRET}, "ELASTICSEARCH_URL"),
        ({"elasticsearch_url": "http://h:9200", "secret_key": SECRET}, "DATABASE_URL"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        (
            {
                "public_url": "https://pr.example.cn",
                "s3_endpoint": "http://127.0.0.1:9000",
                "s3_access_key": "a",
                "s3_secret_key": "b",
                "secret_key": SECRET,
            },
            "S3_PUBLIC_ENDPOINT",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_told(settings: dict[str, str], word: str) -> None:
    asked: Any = SimpleNamespace(settings=Settings.model_validate(settings))
    told = list(machine.settings(asked))
    assert any(word in each.detail + str(each.hint) for each in told if not each.ok)


@pytest.mark.parametrize(
    ("low", "free", "below"),
    [("85%", 20, False), ("85%", 14, True), ("0.85", 14, True), ("10gb", 9 << 30, True),
     ("10gb", 11 << 30, False)],
)  # fmt: skip
def test_a_watermark_is_a_share_or_a_size(low: str, free: int, below: bool) -> None:
    total = 100 if free < 1000 else 100 << 30
    assert elastic._is_below(low, free, total) is below


@pytest.mark.parametrize(
    ("version", "fits"),
    [("8.18.9", False), ("8.19.0", True), ("9.2.0", True), ("10.0.0", False), ("7.17.1", False)],
)
def test_versions_are_held_against_the_tested_ones(version: str, fits: bool) -> None:
    assert elastic._version([version]).ok is fits
    assert elastic._version(["8.19.9", version]).ok is fits


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().out


def test_a_sound_workspace_ends_with_zero_and_a_line_for_each_check(
    tmp_path: Path, printed: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENGYU_DATA_DIR", str(tmp_path / "data"))
    assert run(None, as_json=True) == 0
    told = [json.loads(line) for line in printed().splitlines()]
    assert all(set(each) == {"check", "ok", "detail", "hint"} for each in told)
    assert all(each["ok"] and each["hint"] is None for each in told)
    assert len({each["check"] for each in told}) == len(told) >= 14


def test_a_problem_ends_with_one_and_its_hint_below(
    embedded: Service, printed: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENGYU_DATA_DIR", str(embedded.settings.data_dir))
    assert run(None, as_json=False) == 1
    lines = printed().splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("✗")]
    assert "已搁置" in lines[at]
    assert "reason.txt" in lines[at + 1]

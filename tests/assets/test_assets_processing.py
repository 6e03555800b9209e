import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from shared_values import START
from sqlalchemy import select, update

from assets import wording
from assets.processing import MAX_ATTEMPTS, process_due
from core.clock import FixedClock
from core.errors import StorageError
from core.ids import Ids
from storage.objects import FolderObjectStore, store_blob
from storage.records import Records
from storage.records.library import (
    Asset,
    AssetVersion,
    Blob,
    IndexOutbox,
    Rendition,
    TextLayer,
    WordingFinding,
)

IDS = Ids()


@pytest.fixture
def files(tmp_path: Path, clock: FixedClock) -> FolderObjectStore:
    return FolderObjectStore(tmp_path / "files", secret="s" * 32, clock=clock)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made; whatever happened, none is left."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def add_version(
    records: Records,
    files: FolderObjectStore,
    content: bytes | None,
    media_type: str = "text/plain",
    **values: Any,
) -> str:
    """Add an asset whose one version waits; return the version's id."""
    asset_id, version_id = IDS.new("asset"), IDS.new("ver")
    stored = None if content is None else store_blob(files, [content], ids=IDS, limit=None)
    with records.write() as session:
        if stored is not None and session.get(Blob, stored.sha256) is None:
            session.add(
                Blob(
                    sha256=stored.sha256,
                    size=stored.size,
                    media_type=media_type,
                    created_at=START,
                    verified_at=START,
                )
            )
        session.add(
            Asset(
                id=asset_id,
                kind="guideline",
                title="品牌手册",
                description="",
                state="draft",
                current_version_id=version_id,
                created_at=START,
                updated_at=START,
            )
        )
        session.flush()
        made: dict[str, Any] = {
            "sha256": stored and stored.sha256,
            "filename": "file",
            "media_type": media_type,
            "size": stored and stored.size,
            "processing": "pending",
            "next_due_at": START,
        }
        session.add(
            AssetVersion(
                id=version_id,
                asset_id=asset_id,
                number=1,
                state="draft",
                note="",
                author="林岚",
                created_at=START,
                **made | values,
            )
        )
    return version_id


def version(records: Records, version_id: str) -> AssetVersion:
    with records.read() as session:
        return session.get_one(AssetVersion, version_id)


def rows(records: Records, table: type[Any], version_id: str) -> list[Any]:
    with records.read() as session:
        return list(session.scalars(select(table).where(table.version_id == version_id)))


def png(width: int = 2000, height: int = 1000) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (215, 0, 15)).save(out, "PNG")
    return out.getvalue()


def test_a_text_is_read_checked_and_marked_for_search(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    version_id = add_version(records, files, "我们是全国销量第一的最佳品牌。".encode("gb18030"))
    assert process_due(records, files, clock, IDS) == 1
    read = version(records, version_id)
    assert (read.processing, read.fault, read.next_due_at, read.lease_until) == (
        "done",
        None,
        None,
        None,
    )
    (layer,) = rows(records, TextLayer, version_id)
    assert (layer.page, layer.source, layer.text) == (1, "plain", "我们是全国销量第一的最佳品牌。")
    assert {finding.place for finding in rows(records, WordingFinding, version_id)} == {"page-1"}
    with records.read() as session:
        marked = session.scalars(select(IndexOutbox.record_id)).all()
    assert marked == [read.asset_id]
    assert process_due(records, files, clock, IDS) == 0


def test_a_long_text_is_checked_while_others_write(
    records: Records,
    files: FolderObjectStore,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version_id = add_version(records, files, "国家级的享受。".encode())
    check, seen = wording.check, []

    def checked_while_others_write(text: str, *given: Any) -> list[wording.Finding]:
        if "享受" in text:
            seen.append(text)
            with closing(sqlite3.connect(tmp_path / "records.sqlite", timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
        return check(text, *given)

    monkeypatch.setattr(wording, "check", checked_while_others_write)
    assert process_due(records, files, clock, IDS) == 1
    assert len(seen) == 1
    assert [each.matched for each in rows(records, WordingFinding, version_id)] == ["国家级"]


def test_a_picture_gets_facts_and_stored_renditions(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    version_id = add_version(records, files, png(), "image/png")
    process_due(records, files, clock, IDS)
    facts = version(records, version_id).facts
    assert (facts["width"], facts["orientation"], facts["colours"]) == (
        2000,
        "landscape",
        ["#d7000f"],
    )
    made = {row.name: row for row in rows(records, Rendition, version_id)}
    assert set(made) == {"thumb", "preview"}
    assert made["thumb"].object_key == f"renditions/{version_id}/thumb.webp"
    with files.open(made["thumb"].object_key) as reader:
        image = Image.open(io.BytesIO(reader.read()))
    assert (image.format, image.size) == ("WEBP", (made["thumb"].width, made["thumb"].height))


def test_a_version_read_again_has_nothing_twice(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    version_id = add_version(records, files, png(), "image/png")
    process_due(records, files, clock, IDS)
    with records.write() as session:
        again = session.get_one(AssetVersion, version_id)
        again.processing, again.next_due_at = "pending", START
    assert process_due(records, files, clock, IDS) == 1
    assert len(rows(records, Rendition, version_id)) == 2


def test_a_video_is_done_with_nothing_read(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    version_id = add_version(records, files, b"not opened at all", "video/mp4")
    process_due(records, files, clock, IDS)
    assert version(records, version_id).processing == "done"
    assert version(records, version_id).facts == {}


def test_a_message_without_a_file_is_left_alone(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    version_id = add_version(records, files, None, body={"form": "statement"})
    assert process_due(records, files, clock, IDS) == 0
    assert version(records, version_id).processing == "pending"


def test_a_file_that_cannot_be_read_says_why_and_holds_nobody_up(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    broken = add_version(records, files, png()[:200], "image/png", next_due_at=START)
    whole = add_version(records, files, b"text", next_due_at=START)
    assert process_due(records, files, clock, IDS) == 2
    failed = version(records, broken)
    assert (failed.processing, failed.next_due_at) == ("failed", None)
    assert "损坏" in (failed.fault or "")
    assert version(records, whole).processing == "done"


def test_a_store_out_of_reach_is_tried_again_with_growing_rests(
    records: Records, files: FolderObjectStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id = add_version(records, files, b"text")

    def broken(*_: object) -> None:
        raise StorageError("磁盘坏了")

    with monkeypatch.context() as patch:
        patch.setattr(files, "open", broken)
        assert process_due(records, files, clock, IDS) == 1
        assert process_due(records, files, clock, IDS) == 0
        waits = version(records, version_id)
        assert (waits.processing, waits.attempts) == ("pending", 1)
        assert waits.next_due_at == START + timedelta(seconds=30)
        clock.advance(timedelta(seconds=30))
        process_due(records, files, clock, IDS)
        assert version(records, version_id).next_due_at == clock.now() + timedelta(seconds=60)
    clock.advance(timedelta(minutes=1))
    process_due(records, files, clock, IDS)
    assert version(records, version_id).processing == "done"


def test_after_five_times_it_is_given_up_with_the_reason(
    records: Records, files: FolderObjectStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id = add_version(records, files, b"text")

    def broken(*_: object) -> None:
        raise StorageError("磁盘坏了")

    monkeypatch.setattr(files, "open", broken)
    for _ in range(MAX_ATTEMPTS):
        clock.advance(timedelta(hours=1))
        assert process_due(records, files, clock, IDS) == 1
    failed = version(records, version_id)
    assert (failed.processing, failed.next_due_at) == ("failed", None)
    assert "磁盘坏了" in (failed.fault or "")


def test_a_file_that_ends_the_worker_each_time_is_given_up(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    version_id = add_version(records, files, b"text", attempts=MAX_ATTEMPTS)
    process_due(records, files, clock, IDS)
    failed = version(records, version_id)
    assert failed.processing == "failed"
    assert "中断" in (failed.fault or "")


def test_who_lost_the_claim_writes_nothing(
    records: Records, files: FolderObjectStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id = add_version(records, files, b"text")
    opened = files.open

    @contextmanager
    def taken_over(key: str) -> Iterator[Any]:
        with records.write() as session:
            session.execute(update(AssetVersion).values(lease_fence=AssetVersion.lease_fence + 1))
        with opened(key) as reader:
            yield reader

    monkeypatch.setattr(files, "open", taken_over)
    process_due(records, files, clock, IDS)
    assert version(records, version_id).processing == "pending"
    assert rows(records, TextLayer, version_id) == []


def test_a_version_that_another_worker_holds_is_not_taken(
    records: Records, files: FolderObjectStore, clock: FixedClock
) -> None:
    from storage.records.lease import claim_due

    add_version(records, files, b"text")
    with records.write() as session:
        claim_due(session, AssetVersion, clock.now(), lease=timedelta(minutes=5), limit=1)
    assert process_due(records, files, clock, IDS) == 0

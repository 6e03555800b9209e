"""Uploads from the first call to the blob: resumed, repeated, raced, refused and swept."""

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from upload_files import EXE, PDF, film

from assets import uploads
from assets.actor import Actor
from assets.uploads import MAX_SIZE, PART_SIZE, CompletedUpload, UploadPlan
from core.clock import FixedClock
from core.errors import Busy, Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.objects import FolderObjectStore, blob_key
from storage.records import Records
from storage.records.library import Asset, AssetVersion, Blob, Upload

LIN = Actor("user_lin", "林", "brand_manager")
WU = Actor("user_wu", "吴", "brand_manager")
PROGRAM = Actor(None, "同步", "brand_manager")
IDS = Ids()


@pytest.fixture
def files(tmp_path: Path, clock: FixedClock) -> FolderObjectStore:
    return FolderObjectStore(tmp_path / "files", secret="s", clock=clock)


class Desk:
    """The functions of an upload with the stores of a test."""

    def __init__(self, records: Records, files: FolderObjectStore, clock: FixedClock) -> None:
        self.records, self.files, self.clock = records, files, clock

    def begin(self, data: bytes, name: str = "手册.pdf", **more: Any) -> UploadPlan:
        given = {"actor": LIN, "size": len(data), "clock": self.clock, "ids": IDS} | more
        return uploads.begin(self.records, self.files, filename=name, **given)

    def send(self, plan: UploadPlan, data: bytes, *numbers: int) -> None:
        for part in plan.parts:
            if not numbers or part.number in numbers:
                grant = self.files.verify(part.method, part.url, self.clock.now(), part.size)
                piece = data[part.offset : part.offset + part.size]
                self.files.put(grant.key, [piece], limit=grant.max_bytes)

    def status(self, upload_id: str, actor: Actor = LIN) -> UploadPlan:
        return uploads.status(self.records, self.files, upload_id, actor=actor, clock=self.clock)

    def complete(self, upload_id: str, actor: Actor = LIN) -> CompletedUpload:
        return uploads.complete(
            self.records, self.files, upload_id, actor=actor, clock=self.clock, ids=IDS
        )

    def take(self, data: bytes, name: str = "手册.pdf", limit: int = MAX_SIZE) -> CompletedUpload:
        given = {"actor": LIN, "clock": self.clock, "ids": IDS, "limit": limit}
        return uploads.take_file(self.records, self.files, io.BytesIO(data), filename=name, **given)

    def held(self, prefix: str = "") -> list[str]:
        return [head.key for head in self.files.list(prefix).objects]

    def count(self, table: type) -> int:
        with self.records.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def stored(self, upload_id: str) -> Upload:
        with self.records.read() as session:
            return session.get_one(Upload, upload_id)


@pytest.fixture
def desk(records: Records, files: FolderObjectStore, clock: FixedClock) -> Desk:
    return Desk(records, files, clock)


@pytest.fixture(scope="module")
def movie() -> bytes:
    """A film of three parts, the last one short."""
    return film(2 * PART_SIZE + 1000)


def test_a_file_becomes_a_blob_under_its_hash_and_no_part_is_left(desk: Desk) -> None:
    plan = desk.begin(PDF, sha256=hashlib.sha256(PDF).hexdigest().upper())
    assert [(part.number, part.offset, part.size) for part in plan.parts] == [(1, 0, len(PDF))]
    desk.send(plan, PDF)
    done = desk.complete(plan.id)
    digest = hashlib.sha256(PDF).hexdigest()
    assert done == CompletedUpload(plan.id, digest, len(PDF), "application/pdf", "手册.pdf")
    assert desk.held() == [blob_key(digest)]
    with desk.files.open(blob_key(digest)) as reader:
        assert reader.read() == PDF
    stored = desk.stored(plan.id)
    assert (stored.state, stored.sha256, stored.user_id) == ("complete", digest, LIN.id)
    assert uploads.completed(desk.records, plan.id, actor=LIN) == done


def test_an_upload_that_was_cut_goes_on_with_what_is_missing(desk: Desk, movie: bytes) -> None:
    plan = desk.begin(movie, "a.mp4")
    assert [part.size for part in plan.parts][:2] == [PART_SIZE, PART_SIZE]
    assert sum(part.size for part in plan.parts) == len(movie)
    desk.send(plan, movie, 2)
    with pytest.raises(InvalidInput, match="第 1、3 段") as caught:
        desk.complete(plan.id)
    assert caught.value.field == "parts"
    desk.clock.advance(timedelta(hours=2))
    again = desk.status(plan.id)
    assert [part.received for part in again.parts] == [False, True, False]
    desk.send(again, movie, 1, 3)
    desk.send(again, movie, 3)
    done = desk.complete(plan.id)
    assert done.sha256 == hashlib.sha256(movie).hexdigest()
    assert desk.held("incoming/") == []
    with pytest.raises(Conflict):
        desk.status(plan.id)


def test_completing_again_gives_the_same_even_after_the_parts_came_again(desk: Desk) -> None:
    plan = desk.begin(PDF)
    desk.send(plan, PDF)
    done = desk.complete(plan.id)
    desk.send(plan, PDF)
    assert desk.complete(plan.id) == done
    assert desk.held("incoming/") == []
    assert desk.count(Blob) == 1


def test_several_who_complete_at_once_keep_one_blob(desk: Desk, movie: bytes) -> None:
    plan = desk.begin(movie, "a.mp4")
    desk.send(plan, movie)
    together = threading.Barrier(4)

    def complete(_number: int) -> CompletedUpload:
        together.wait(30)
        return desk.complete(plan.id)

    with ThreadPoolExecutor(4) as pool:
        results = set(pool.map(complete, range(4)))
    assert len(results) == 1
    assert desk.held() == [blob_key(next(iter(results)).sha256)]
    assert desk.count(Blob) == 1


def test_the_same_file_by_two_people_is_one_blob(desk: Desk) -> None:
    for actor in (LIN, WU, PROGRAM):
        plan = desk.begin(PDF, actor=actor)
        desk.send(plan, PDF)
        desk.complete(plan.id, actor)
    assert desk.count(Blob) == 1
    assert len(desk.held()) == 1


def test_another_persons_upload_is_as_good_as_none(desk: Desk) -> None:
    plans = {actor: desk.begin(PDF, actor=actor) for actor in (LIN, PROGRAM)}
    others = {LIN: (WU, PROGRAM, Actor(None, LIN.name, "admin")), PROGRAM: (
        LIN, Actor(None, "别的", "admin"), Actor("user_x", PROGRAM.name, "admin"))}  # fmt: skip
    for owner, plan in plans.items():
        desk.send(plan, PDF)
        for other in others[owner]:
            for call in (desk.status, desk.complete):
                with pytest.raises(NotFound):
                    call(plan.id, other)
            with pytest.raises(NotFound):
                uploads.completed(desk.records, plan.id, actor=other)
        assert desk.complete(plan.id, owner)
    with pytest.raises(NotFound):
        desk.complete("upload_none")


def test_the_part_of_another_upload_is_not_taken_for_ours(desk: Desk) -> None:
    ours, other = desk.begin(PDF), desk.begin(PDF)
    desk.send(other, PDF)
    assert not desk.status(ours.id).parts[0].received
    with pytest.raises(InvalidInput, match="还缺"):
        desk.complete(ours.id)
    assert desk.complete(other.id)


@pytest.mark.parametrize("sent", [PDF[:-1], b""])
def test_a_part_that_is_too_short_is_not_in(desk: Desk, sent: bytes) -> None:
    plan = desk.begin(PDF)
    desk.send(plan, sent)
    assert not desk.status(plan.id).parts[0].received
    with pytest.raises(InvalidInput, match="还缺"):
        desk.complete(plan.id)


def test_more_bytes_than_were_announced_are_refused(desk: Desk) -> None:
    plan = desk.begin(PDF)
    grant = desk.files.verify("PUT", plan.parts[0].url, desk.clock.now())
    with pytest.raises(InvalidInput):
        desk.files.put(grant.key, [PDF, b"x"], limit=grant.max_bytes)
    assert desk.held() == []


def assert_refused(desk: Desk, upload_id: str, why: str) -> None:
    for _again in range(2):
        with pytest.raises(InvalidInput, match=why):
            desk.complete(upload_id)
    with pytest.raises(InvalidInput, match=why):
        desk.status(upload_id)
    assert desk.stored(upload_id).state == "refused"
    assert desk.held() == []
    assert desk.count(Blob) == 0


def test_content_of_another_hash_is_refused_for_good(desk: Desk) -> None:
    plan = desk.begin(PDF, sha256="0" * 64)
    desk.send(plan, PDF)
    assert_refused(desk, plan.id, "SHA-256")


def test_a_program_under_the_name_of_a_document_is_refused_for_good(desk: Desk) -> None:
    plan = desk.begin(EXE)
    desk.send(plan, EXE)
    assert_refused(desk, plan.id, "可执行程序")


@pytest.mark.parametrize(
    "given",
    [
        {"size": 0}, {"size": -1}, {"size": MAX_SIZE + 1}, {"sha256": "x"}, {"sha256": "0" * 63},
        {"name": "a.exe"}, {"name": "a.pdf.exe"}, {"name": "\u202e.pdf"}, {"name": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_a_byte_is_sent(desk: Desk, given: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        desk.begin(PDF, **given)
    assert caught.value.field
    assert desk.count(Upload) == 0


def test_the_largest_file_has_a_plan(desk: Desk) -> None:
    plan = desk.begin(b"", "a.mp4", size=MAX_SIZE)
    assert len(plan.parts) == 128
    assert sum(part.size for part in plan.parts) == MAX_SIZE


def test_an_upload_of_yesterday_does_not_go_on(desk: Desk) -> None:
    plan = desk.begin(PDF)
    desk.send(plan, PDF)
    desk.clock.advance(timedelta(hours=24))
    for call in (desk.status, desk.complete):
        with pytest.raises(InvalidInput, match="24 小时"):
            call(plan.id)


def test_nobody_opens_uploads_without_end(desk: Desk) -> None:
    for _number in range(50):
        desk.begin(PDF)
    with pytest.raises(Busy, match="50"):
        desk.begin(PDF)
    assert desk.begin(PDF, actor=WU)
    desk.clock.advance(timedelta(days=1))
    assert desk.begin(PDF)


def test_a_part_that_comes_again_while_it_is_checked_is_a_conflict_and_may_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = desk.begin(PDF)
    desk.send(plan, PDF)
    put = desk.files.put

    def longer_meanwhile(key: str, chunks: Any, *, limit: int | None) -> Any:
        if "whole" in key:
            chunks = list(chunks)[:0]
        return put(key, chunks, limit=limit)

    with monkeypatch.context() as patch:
        patch.setattr(desk.files, "put", longer_meanwhile)
        with pytest.raises(Conflict):
            desk.complete(plan.id)
    assert desk.complete(plan.id)


def test_a_file_in_one_piece_is_kept_the_same_way(desk: Desk) -> None:
    done = desk.take(PDF)
    assert done.media_type == "application/pdf"
    assert desk.held() == [blob_key(done.sha256)]
    assert uploads.completed(desk.records, done.id, actor=LIN) == done


@pytest.mark.parametrize(
    ("data", "limit", "why"), [(EXE, 10_000, "程序"), (b"", 10, "空"), (PDF, 10, "上限")]
)
def test_of_a_refused_file_in_one_piece_nothing_is_left(
    desk: Desk, data: bytes, limit: int, why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        desk.take(data, limit=limit)
    assert desk.held() == []
    assert desk.count(Upload) == desk.count(Blob) == 0


def age(desk: Desk) -> None:
    """Make every object look as old as the clock says."""
    old = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    root = desk.files._tree.root
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))


def test_the_sweep_removes_what_was_left_behind_and_nothing_else(desk: Desk) -> None:
    left = desk.begin(PDF)
    desk.send(left, PDF)
    age(desk)
    desk.clock.advance(timedelta(hours=25))
    going = desk.begin(film(10), "a.mp4")
    desk.send(going, film(10))
    assert uploads.sweep(desk.records, desk.files, desk.clock) == 2
    assert desk.count(Upload) == 1
    assert desk.complete(going.id)
    with pytest.raises(NotFound):
        desk.complete(left.id)


def use(desk: Desk, done: CompletedUpload) -> None:
    now = desk.clock.now()
    with desk.records.write() as session:
        session.add(
            Asset(
                id="asset_a", kind="media", title="t", description="", state="draft",
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            AssetVersion(
                id="ver_a", asset_id="asset_a", number=1, state="draft", sha256=done.sha256,
                note="", author="", created_at=now, processing="pending",
            )
        )  # fmt: skip


def test_the_sweep_keeps_what_a_version_uses_and_drops_what_none_does(desk: Desk) -> None:
    used, unused = desk.take(PDF), desk.take(PDF + b"%%EOF\n")
    use(desk, used)
    desk.clock.advance(timedelta(hours=25))
    uploads.sweep(desk.records, desk.files, desk.clock)
    assert desk.held() == [blob_key(used.sha256)]
    assert desk.count(Blob) == 1
    assert desk.count(Upload) == 0
    assert desk.take(PDF + b"%%EOF\n").sha256 == unused.sha256


def test_content_that_the_sweep_takes_while_it_is_brought_again_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(PDF)
    desk.clock.advance(timedelta(hours=25))
    plan = desk.begin(PDF)
    desk.send(plan, PDF)
    from assets.uploads import completing

    keep = completing.keep
    swept: Iterator[None] = iter([None])

    def after_a_sweep(*arguments: Any, **named: Any) -> None:
        if next(swept, "done") is None:
            uploads.sweep(desk.records, desk.files, desk.clock)
        keep(*arguments, **named)

    monkeypatch.setattr(completing, "keep", after_a_sweep)
    with pytest.raises(Conflict):
        desk.complete(plan.id)
    done = desk.complete(plan.id)
    assert desk.held() == [blob_key(done.sha256)]


def test_the_worker_sweeps_once_an_hour(desk: Desk) -> None:
    sweeper = uploads.Sweeper(desk.records, desk.files, desk.clock)
    expired = partial(desk.begin, PDF)
    expired()
    desk.clock.advance(timedelta(hours=24))
    assert sweeper.step() is False
    assert desk.count(Upload) == 0
    expired()
    desk.clock.advance(timedelta(minutes=59))
    sweeper.step()
    assert desk.count(Upload) == 1
    desk.clock.advance(timedelta(hours=24))
    sweeper.step()
    assert desk.count(Upload) == 0

"""A power cut at any moment loses nothing that was promised, and damages no file."""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import DatabaseError
from sqlalchemy import event, func, select

from core.clock import SystemClock
from core.errors import StorageError
from core.ids import Ids
from sentiment.clusters import assign_stories
from storage.records import Records
from storage.records.stories import StoryMember
from storage.records.workspace import Fact
from storage.search import EmbeddedMentionIndex, Selection
from tests.faults.lost_power import Disk, Kept, vfs_of_apsw, vfs_of_pysqlite3
from tests.faults.soundness import check_records, check_search
from tests.storage.search.search_mentions import brand, mention

LONG = os.environ.get("SHENGYU_LONG_FAULTS") == "1"
CUTS = 1000 if LONG else 40
KEPT: tuple[Kept, ...] = ("nothing", "some", "some", "everything")
# Together more than the thousand pages after which SQLite copies its log into the file.
TRANSACTIONS, FILLING = 120, "x" * 40_000
BATCHES, A_BATCH, SYNC_EVERY = 60, 20, 5

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1500)]


@pytest.fixture
def live(tmp_path: Path, empty_stores: Path) -> Path:
    """A folder with the empty records, closed in order before anything is watched."""
    folder = tmp_path / "live"
    folder.mkdir()
    shutil.copy(empty_stores / "records.sqlite", folder)
    return folder


def write_records(path: Path, disk: Disk, prepare: Callable[[Records], None]) -> int:
    """Write transactions, each acknowledged; return how many notes there were by then."""
    with disk.watching(vfs_of_pysqlite3()):
        records = Records.open_sqlite(path)
        prepare(records)
        for number in range(1, TRANSACTIONS + 1):
            with records.write() as session:
                session.merge(Fact(name="last", value=str(number)))
                session.add(Fact(name=f"fact {number:04}", value=FILLING))
            if number % 10 == 0:
                texts = [(f"m{number}", f"第{number:04}条提及")]
                assign_stories(records, texts, SystemClock().now(), Ids())
            disk.acknowledge(number)
        written = len(disk.notes)
        records.close()
    return written


def cuts(disk: Disk, written: int, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Yield what was promised before each of many cuts, and a folder with what it left."""
    chance = random.Random(5)
    for number in range(CUTS):
        cut = chance.randrange(written + 1)
        left = tmp_path / "left"
        left.mkdir()
        disk.after_cut(cut, KEPT[number % len(KEPT)], chance, left)
        yield disk.acknowledged(cut), left
        shutil.rmtree(left)


def synced(disk: Disk, name: str) -> bool:
    """Say whether the log was copied into the file while the disk was watched."""
    return any(note.kind == "sync" and note.file == name for note in disk.notes)


def found_in(path: Path) -> tuple[int, int, int]:
    """Return the last number, and how many facts and stories of mentions there are."""
    records = Records.open_sqlite(path)
    with records.read() as session:
        last = session.get(Fact, "last")
        facts = session.scalar(
            select(func.count()).select_from(Fact).where(Fact.name.like("fact %"))
        )
        members = session.scalar(select(func.count()).select_from(StoryMember))
    records.close()
    return int(last.value) if last else 0, facts or 0, members or 0


def test_the_records_keep_every_transaction_that_was_acknowledged(
    live: Path, tmp_path: Path
) -> None:
    disk = Disk()
    written = write_records(live / "records.sqlite", disk, lambda _: None)
    assert synced(disk, "records.sqlite")
    for promised, left in cuts(disk, written, tmp_path):
        last, facts, members = found_in(left / "records.sqlite")
        assert promised <= last <= promised + 1
        assert facts == last
        assert promised // 10 <= members <= last // 10
        check_records(left / "records.sqlite")


def test_without_syncing_a_cut_would_lose_transactions(live: Path, tmp_path: Path) -> None:
    def careless(records: Records) -> None:
        @event.listens_for(records._engine, "connect")
        def _connect(connection: Any, _: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")

        records._engine.dispose()

    disk = Disk()
    written = write_records(live / "records.sqlite", disk, careless)
    lost = 0
    for promised, left in cuts(disk, written, tmp_path):
        try:
            lost += found_in(left / "records.sqlite")[0] < promised
            check_records(left / "records.sqlite")
        except (AssertionError, StorageError, DatabaseError):
            lost += 1
    assert lost > 0


def test_the_search_file_keeps_what_was_synced_and_is_never_damaged(tmp_path: Path) -> None:
    path, disk = tmp_path / "live" / "search.sqlite", Disk()
    EmbeddedMentionIndex(path).close()
    with disk.watching(vfs_of_apsw()):
        index = EmbeddedMentionIndex(path)
        for number in range(1, BATCHES + 1):
            ids = [f"m{number}-{at}" for at in range(A_BATCH)]
            index.create_many([mention(key, "手机" * 200, brands=(brand("b1"),)) for key in ids])
            if number % SYNC_EVERY == 0:
                index.sync()
                disk.acknowledge(number)
        written = len(disk.notes)
        assert synced(disk, "search.sqlite")
        index.close()
    for promised, left in cuts(disk, written, tmp_path):
        check_search(left / "search.sqlite")
        index = EmbeddedMentionIndex(left / "search.sqlite")
        count = index.count(Selection(q="手机"))
        assert count % A_BATCH == 0
        batches = count // A_BATCH
        assert batches >= promised
        # What is there is the beginning of what was written: nothing in between is missing.
        wanted = [f"m{n}-{at}" for n in range(1, batches + 1) for at in range(A_BATCH)]
        assert len(index.get_many(wanted)) == len(wanted) == index.count(Selection())
        index.close()

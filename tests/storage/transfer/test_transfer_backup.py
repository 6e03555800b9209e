"""What is backed up comes back the same, whatever happens meanwhile."""

import subprocess
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import MetaData, delete, select
from transfer_stores import (
    CONTENTS,
    NOON,
    SECRET,
    LocalStores,
    backed_up,
    fit,
    mention,
    silent,
    verified,
)

from core.errors import Busy, InvalidInput, StorageError
from storage.objects import blob_key
from storage.records.library import Blob
from storage.records.marks import CalibrationFit
from storage.records.migrate import downgrade
from storage.records.stories import Story, StoryBand, StoryMember
from storage.transfer import Archive, backup, bring_back, secret_of, written_aside
from storage.transfer.proof import compare_files, compare_mentions, compare_records


def brought(path: Path, stores: LocalStores) -> None:
    contents = verified(path)
    with Archive(path) as archive:
        bring_back(archive, contents, stores, stores.folder, silent)


def demand_equal(source: LocalStores, target: LocalStores) -> None:
    compared = [
        *compare_records(source.records, target.records),
        *compare_mentions(source.index, target.index, silent),
        *compare_files(source.files, target.files, silent),
    ]
    assert [each for each in compared if not each.equal] == []
    counts = {each.name: each.source.count for each in compared}
    assert counts["blobs"] == len(CONTENTS)
    assert counts["2026-03"] + counts["2026-04"] == 30
    assert counts["story_bands"] == 3


def test_every_row_mention_and_file_comes_back(
    full: LocalStores, empty: LocalStores, tmp_path: Path
) -> None:
    done = backed_up(full, tmp_path / "b.tar")
    assert done.absent == []
    brought(tmp_path / "b.tar", empty)
    demand_equal(full, empty)
    assert (empty.folder / "spool" / "0001-batch_a.jsonl").read_bytes() == b"{}\n"
    assert (empty.folder / "spool" / "poison" / "1.jsonl").read_bytes() == b"?"
    assert not (empty.folder / "spool" / ".0002-batch_b.jsonl.tmp").exists()
    assert (empty.folder / "mail" / "m1.eml").read_bytes() == b"Subject: x\r\n\r\n"
    with Archive(tmp_path / "b.tar") as archive:
        assert secret_of(archive) == SECRET


def test_a_text_with_half_a_character_comes_back(
    full: LocalStores, empty: LocalStores, tmp_path: Path
) -> None:
    odd = mention("odd", text="半\ud83d个 \u0085 \x1e", title="\udc00")
    full.index.create_many([odd])
    backed_up(full, tmp_path / "b.tar")
    brought(tmp_path / "b.tar", empty)
    assert empty.index.get("odd") == odd


def test_ids_go_on_where_they_stood(full: LocalStores, empty: LocalStores, tmp_path: Path) -> None:
    with full.records.write() as session:
        session.execute(delete(CalibrationFit).where(CalibrationFit.key == "c"))
    backed_up(full, tmp_path / "b.tar")
    brought(tmp_path / "b.tar", empty)
    ids = []
    for stores in (full, empty):
        with stores.records.write() as session:
            session.add(added := fit("d"))
            session.flush()
            ids.append(added.id)
    assert ids[0] == ids[1]


def test_common_tools_read_a_backup(full: LocalStores, tmp_path: Path) -> None:
    backed_up(full, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as tar:
        # Python before 3.11.4 has no filter; of this file nothing has to be filtered.
        safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        tar.extractall(tmp_path / "out", **safe)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "out",
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_it_may_be_brought_back_again_after_a_kill(
    full: LocalStores, empty: LocalStores, tmp_path: Path
) -> None:
    backed_up(full, tmp_path / "b.tar")
    brought(tmp_path / "b.tar", empty)
    brought(tmp_path / "b.tar", empty)
    demand_equal(full, empty)


def test_what_is_written_meanwhile_leaves_no_record_without_its_file_or_mention(
    full: LocalStores, empty: LocalStores, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            stored = full.files.put("incoming/w", [b"new %d" % number], limit=None)
            full.files.copy(stored.key, blob_key(stored.sha256))
            full.index.create_many([mention(f"w{number}")])
            with full.records.write() as session:
                session.add(
                    Blob(
                        sha256=stored.sha256,
                        size=stored.size,
                        media_type="text/plain",
                        created_at=NOON,
                        verified_at=NOON,
                    )
                )
                session.add(StoryMember(mention_id=f"w{number}", story_id="s1", at=NOON))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backed_up(full, tmp_path / f"{number}.tar")
    finally:
        stop.set()
        writer.join()

    brought(tmp_path / "2.tar", empty)
    with empty.records.read() as session:
        blobs = [row.sha256 for row in session.query(Blob)]
        members = [row.mention_id for row in session.query(StoryMember)]
    assert len(members) > 3, "the writer wrote nothing"
    assert all(empty.files.head(blob_key(sha256)) is not None for sha256 in blobs)
    assert len(empty.index.get_many(members)) == len(members)


def test_a_file_that_the_records_name_and_nobody_has_is_told(
    full: LocalStores, tmp_path: Path
) -> None:
    full.files.delete("renditions/ver_1/thumb.webp")
    done = backed_up(full, tmp_path / "b.tar")
    assert done.absent == ["renditions/ver_1/thumb.webp"]
    assert verified(tmp_path / "b.tar").manifest == done


def test_records_of_an_older_form_are_migrated(
    full: LocalStores, empty: LocalStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with full.records.write() as session:
        engine = session.connection().engine
        session.execute(delete(StoryMember))
    brought_back = backed_up(full, tmp_path / "new.tar")
    # The same backup as an older version would have written it: the form is told first.
    downgrade(engine, "0004")
    full.records._engine = engine
    before = MetaData()
    before.reflect(engine)
    tables = [table for table in before.sorted_tables if table.name != "alembic_version"]
    monkeypatch.setattr(backup, "tables_in_order", lambda: tables)
    backed_up(full, tmp_path / "old.tar")
    assert verified(tmp_path / "old.tar").head.revision == "0004"
    brought(tmp_path / "old.tar", empty)
    with empty.records.read() as session:
        story = session.get(Story, "s1")
        bands = set(session.scalars(select(StoryBand.story_number)))
    assert story is not None
    assert bands == {story.number}
    assert verified(tmp_path / "new.tar").manifest.tables == brought_back.tables


def test_stores_that_do_not_hold_what_was_counted_are_told(
    full: LocalStores, empty: LocalStores, tmp_path: Path
) -> None:
    backed_up(full, tmp_path / "b.tar")
    empty.index.create_many([mention("stranger")])
    with pytest.raises(StorageError, match="mentions: 31 of 30"):
        brought(tmp_path / "b.tar", empty)


class TestWrittenAside:
    """A backup has its name only when it is whole."""

    def test_it_is_there_whole_and_for_its_owner_only(self, tmp_path: Path) -> None:
        with written_aside(tmp_path / "b") as file:
            file.write(b"all")
            assert not (tmp_path / "b").exists()
        assert (tmp_path / "b").read_bytes() == b"all"
        assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["b"]

    def test_an_error_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="closed"), written_aside(tmp_path / "b") as file:
            file.close()
        assert list(tmp_path.iterdir()) == []

    def test_what_a_killed_process_left_is_written_over(self, tmp_path: Path) -> None:
        (tmp_path / ".b.partial").write_bytes(b"a long rest of before")
        with written_aside(tmp_path / "b") as file:
            file.write(b"new")
        assert (tmp_path / "b").read_bytes() == b"new"

    def test_nothing_is_overwritten(self, tmp_path: Path) -> None:
        (tmp_path / "b").write_bytes(b"old")
        with pytest.raises(InvalidInput, match="已经存在"), written_aside(tmp_path / "b"):
            pass
        assert (tmp_path / "b").read_bytes() == b"old"

    def test_two_do_not_write_one_file(self, tmp_path: Path) -> None:
        with written_aside(tmp_path / "b") as file:
            with pytest.raises(Busy), written_aside(tmp_path / "b"):
                pass
            file.write(b"first")
        assert (tmp_path / "b").read_bytes() == b"first"

    def test_a_folder_that_is_not_there_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="不能写入"), written_aside(tmp_path / "no" / "b"):
            pass

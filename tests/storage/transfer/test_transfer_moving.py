"""A move makes two forms of a workspace equal, proves it, and spoils nothing of others."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete
from transfer_stores import CONTENTS, LocalStores, fit, mention, server_stores, silent

from core.clock import FixedClock
from core.errors import Conflict, StorageError
from storage.mentions import Engagement
from storage.objects import blob_key
from storage.records.library import Rendition
from storage.records.marks import CalibrationFit
from storage.records.stories import StoryBand
from storage.records.watch import Brand
from storage.search import Selection
from storage.transfer import mark
from storage.transfer.moving import Move, Parts
from storage.transfer.proof import Compared

ALL = Parts(records=True, mentions=True, files=True)
MakeMove = Callable[..., Move]


@pytest.fixture(params=["embedded", "servers"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalStores]:
    """Empty stores of each form."""
    if request.param == "embedded":
        stores = LocalStores.open(tmp_path / "target")
        yield stores
        stores.close()
        return
    url = request.getfixturevalue("postgresql_address")
    with server_stores(tmp_path / "target", url) as stores:
        yield stores


@pytest.fixture
def move(full: LocalStores, target: LocalStores) -> MakeMove:
    def make(origin: str = "move a", parts: Parts = ALL) -> Move:
        return Move(full, target, parts, origin=origin, clock=FixedClock())

    return make


def unequal(move: Move) -> list[tuple[str, str]]:
    return [(each.store, each.name) for each in move.compare(silent) if not each.equal]


def counts(move: Move) -> dict[str, int]:
    found: list[Compared] = list(move.compare(silent))
    return {each.name: each.target.count for each in found}


def test_everything_is_there_and_equal(move: MakeMove) -> None:
    moving = move()
    moving.demand_free()
    moving.copy(silent)
    assert unequal(moving) == []
    told = counts(moving)
    assert told["2026-03"] == told["2026-04"] == 15
    assert (told["blobs"], told["renditions"], told["story_bands"]) == (len(CONTENTS), 1, 3)


def test_the_next_run_brings_what_changed_and_removes_what_went(
    move: MakeMove, full: LocalStores
) -> None:
    move().demand_free()
    move().copy(silent)

    grown = mention("m00001", engagement=Engagement(2, 3, 4, 2**60))
    full.index.create_many([replace(grown, published_at=grown.published_at.replace(month=4))])
    full.index.relabel_many([mention("m00002", marked=8, label="positive", p_positive=0.9)])
    full.index.create_many([mention("late")])
    full.index.delete(["m00003"])
    full.files.delete(blob_key_of_first())
    full.files.put("renditions/ver_1/thumb.webp", [b"Picture"], limit=None)
    full.files.put("renditions/ver_1/preview.webp", [b"larger"], limit=None)
    with full.records.write() as session:
        session.execute(delete(StoryBand).where(StoryBand.key == 0))
        session.get_one(Brand, "b1").aliases = ["另"]
        session.add(fit("late"))
    assert unequal(move()) == [
        ("records", "brands"),
        ("records", "calibrations"),
        ("records", "story_bands"),
        ("mentions", "2026-03"),
        ("mentions", "2026-04"),
        ("files", blob_key_of_first()),
        ("files", "renditions/ver_1/preview.webp"),
        ("files", "renditions/ver_1/thumb.webp"),
        ("files", "blobs"),
        ("files", "renditions"),
    ]

    again = move()
    again.demand_free()
    again.copy(silent)
    assert unequal(again) == []


def test_a_copy_cut_off_anywhere_goes_on(move: MakeMove) -> None:
    class Cut(Exception):
        pass

    def cut_at(step: int) -> Callable[[str, int], None]:
        steps = iter(range(step, -1, -1))

        def tell(_what: str, _done: int) -> None:
            if next(steps) == 0:
                raise Cut

        return tell

    for step in range(8):
        moving = move()
        moving.demand_free()
        with pytest.raises(Cut):
            moving.copy(cut_at(step))
    moving = move()
    moving.demand_free()
    moving.copy(silent)
    assert unequal(moving) == []


def test_the_proof_finds_one_lost_mention_row_and_file(move: MakeMove, target: LocalStores) -> None:
    moving = move()
    moving.demand_free()
    moving.copy(silent)
    target.index.delete(["m00004"])
    target.files.delete(blob_key_of_first())
    with target.records.write() as session:
        session.execute(delete(Rendition))
    assert unequal(moving) == [
        ("records", "renditions"),
        ("mentions", "2026-03"),
        ("files", blob_key_of_first()),
        ("files", "blobs"),
    ]


@pytest.mark.parametrize("store", ["records", "index", "files"])
def test_a_target_that_holds_anything_is_left_alone(
    store: str, move: MakeMove, target: LocalStores
) -> None:
    if store == "records":
        with target.records.write() as session:
            session.add(fit("theirs"))
    elif store == "index":
        target.index.create_many([mention("theirs")])
    else:
        target.files.put("incoming/theirs", [b"x"], limit=None)
    with pytest.raises(Conflict, match="已经有别的数据"):
        move().demand_free()
    assert mark.read(target.records) is None


def test_a_target_of_another_move_is_left_alone(move: MakeMove, target: LocalStores) -> None:
    first = move("move of another")
    first.demand_free()
    first.copy(silent)
    with pytest.raises(Conflict):
        move().demand_free()


def test_a_finished_move_is_not_written_again(move: MakeMove, target: LocalStores) -> None:
    moving = move()
    moving.demand_free()
    moving.copy(silent)
    with pytest.raises(StorageError, match="not finished"):
        mark.demand_whole(target.records)
    moving.finish()
    mark.demand_whole(target.records)
    with target.records.write() as session:
        session.execute(delete(CalibrationFit))  # work went on there
    with pytest.raises(Conflict, match="已在"):
        move().demand_free()


def test_files_and_mentions_alone_go_only_where_nothing_else_is(
    move: MakeMove, target: LocalStores
) -> None:
    alone = move(parts=Parts(records=False, mentions=True, files=True))
    alone.demand_free()
    alone.copy(silent)
    alone.demand_free()
    assert unequal(alone) == []
    assert mark.read(target.records) is None
    target.files.put("incoming/theirs", [b"x"], limit=None)
    with pytest.raises(Conflict, match="SHENGYU_S3_BUCKET"):
        alone.demand_free()
    target.files.delete("incoming/theirs")
    target.index.create_many([mention("theirs")])
    with pytest.raises(Conflict, match="SHENGYU_ELASTICSEARCH_PREFIX"):
        alone.demand_free()


def test_the_source_is_not_changed(move: MakeMove, full: LocalStores) -> None:
    before = {path: path.read_bytes() for path in (full.folder / "files").rglob("*/*/*/*")}
    moving = move()
    moving.demand_free()
    moving.copy(silent)
    moving.finish()
    assert full.index.count(Selection()) == 30
    assert mark.read(full.records) is None
    after = {path: path.read_bytes() for path in (full.folder / "files").rglob("*/*/*/*")}
    assert before == after


def blob_key_of_first() -> str:
    import hashlib

    return blob_key(hashlib.sha256(CONTENTS[0]).hexdigest())

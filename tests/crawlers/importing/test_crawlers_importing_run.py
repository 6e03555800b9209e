"""An import from start to report: cut off anywhere, every row counts once."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from importing_tables import row, write
from sqlalchemy import select

from api.import_desk import import_desk
from api.wiring import Service
from api.worker import make_ingest
from core.errors import InvalidInput, NotFound, StorageError
from crawlers.importing import run as run_module
from crawlers.importing.options import Options
from crawlers.importing.run import ImportRun, start_import
from storage.records.imports import ImportRecord

AddBrand = Any


def lines(path: Path, count: int, **given: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ({"platform": "weibo", "native_id": f"{n}", "text": f"第{n}次买星澜净化器"} | given
            for n in range(count))  # fmt: skip
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    return path


def finish(service: Service, under_way: ImportRun) -> dict[str, int]:
    ingest = make_ingest(service)
    while not under_way.finished:
        under_way.step() or ingest.next_batch()
    return under_way.report().counts


@pytest.fixture
def start(service: Service, watch: AddBrand) -> Any:
    watch("星澜")
    return partial(start_import, import_desk(service))


def test_an_import_counts_every_row(service: Service, start: Any, tmp_path: Path) -> None:
    file = lines(tmp_path / "x.jsonl", 1203)
    with file.open("a", encoding="utf-8") as more:
        more.write('{"platform": "weibo", "native_id": "7", "text": "又买星澜净化器"}\n')
        more.write('{"platform": "weibo", "native_id": "n", "text": "今天天气真好"}\n')
        more.write("{broken\n")
    under_way = start([file], Options())
    counts = finish(service, under_way)
    assert counts == {"read": 1206, "new": 1203, "duplicate": 1, "dropped": 1, "invalid": 1}
    dropped, broken = sorted(under_way.reasons(), key=lambda each: each["entry"])
    assert dropped["entry"] == "第 1205 行（n）"
    assert broken["entry"] == "第 1206 行"
    with service.records.read() as session:
        [kept] = session.scalars(select(ImportRecord)).all()
    assert (kept.state, kept.read, kept.new, kept.batches) == ("done", 1206, 1203, 3)
    assert kept.finished_at is not None


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("ingested", [0, 2])
def test_an_import_that_was_cut_off_goes_on(
    service: Service, start: Any, tmp_path: Path, steps: int, ingested: int
) -> None:
    file = lines(tmp_path / "x.jsonl", 1020)
    first = start([file], Options())
    for _ in range(steps):
        first.step()
    ingest = make_ingest(service)
    for _ in range(ingested):
        ingest.next_batch()
    again = start([file], Options())
    assert again.id == first.id
    assert finish(service, again) == {
        "read": 1020, "new": 1020, "duplicate": 0, "dropped": 0, "invalid": 0
    }  # fmt: skip


def test_a_batch_that_was_written_but_not_noted_counts_once(
    service: Service, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(tmp_path / "x.jsonl", 900)
    first = start([file], Options())
    monkeypatch.setattr(first, "_save", _fail)
    with pytest.raises(StorageError):
        first.step()
    assert len(service.spool.pending()) == 1
    counts = finish(service, start([file], Options()))
    assert (counts["read"], counts["new"]) == (900, 900)


def _fail(*_: object) -> None:
    raise StorageError("cut off here")


def test_two_drivers_of_one_import_count_each_row_once(
    service: Service, start: Any, tmp_path: Path
) -> None:
    file = lines(tmp_path / "x.jsonl", 1100)
    one, other = start([file], Options()), start([file], Options())
    for _ in range(4):
        one.step()
        other.step()
    assert finish(service, one)["new"] == 1100
    assert finish(service, other)["new"] == 1100


def test_a_finished_import_begins_anew(service: Service, start: Any, tmp_path: Path) -> None:
    file = lines(tmp_path / "x.jsonl", 3)
    first = start([file], Options())
    finish(service, first)
    again = start([file], Options())
    assert again.id != first.id
    assert finish(service, again)["duplicate"] == 3


def test_other_options_or_contents_are_another_import(
    service: Service, start: Any, tmp_path: Path
) -> None:
    file = lines(tmp_path / "x.jsonl", 3)
    ids = {start([file], Options()).id, start([file], Options(open_cases=True)).id}
    lines(file, 4)
    ids.add(start([file], Options()).id)
    assert len(ids) == 3


def test_an_import_is_opened_again_by_its_id(service: Service, start: Any, tmp_path: Path) -> None:
    file = lines(tmp_path / "x.jsonl", 700)
    first = start([file], Options())
    first.step()
    desk = import_desk(service)
    assert finish(service, ImportRun.reopen(desk, first.id))["new"] == 700
    with pytest.raises(NotFound):
        ImportRun.reopen(desk, first.id)
    other = start([lines(file, 2)], Options())
    lines(file, 3)
    with pytest.raises(InvalidInput, match="变了"):
        ImportRun.reopen(desk, other.id)


def test_no_more_batches_wait_than_the_disk_is_meant_for(
    service: Service, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "MOST_WAITING", 2)
    under_way = start([lines(tmp_path / "x.jsonl", 1600)], Options())
    while under_way.step():
        pass
    assert len(service.spool.pending()) == 2
    assert finish(service, under_way)["new"] == 1600


def test_a_batch_that_was_set_aside_ends_the_import(
    service: Service, start: Any, tmp_path: Path
) -> None:
    under_way = start([lines(tmp_path / "x.jsonl", 3)], Options())
    under_way.step()
    [path] = service.spool.pending()
    path.write_bytes(b"broken")
    with pytest.raises(StorageError, match="set aside"):
        finish(service, under_way)
    assert under_way.state == "failed"


def test_of_a_post_that_comes_twice_the_later_counts_stay(
    service: Service, start: Any, tmp_path: Path
) -> None:
    rows = [row("weibo", "contents", liked_count="3"), row("weibo", "contents", liked_count="5")]
    counts = finish(service, start([write(tmp_path / "x.csv", rows)], Options()))
    assert (counts["new"], counts["duplicate"]) == (1, 1)
    [later] = service.index.get_many(_ids(service)).values()
    assert later.engagement.likes == 5


def _ids(service: Service) -> list[str]:
    from storage.search import SearchRequest

    return [hit.mention.id for hit in service.index.search(SearchRequest()).hits]


def test_reasons_name_their_file(service: Service, start: Any, tmp_path: Path) -> None:
    lines(tmp_path / "in/a.jsonl", 2, text="今天天气真好")
    lines(tmp_path / "in/b.jsonl", 1)
    (tmp_path / "in/c.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    under_way = start([tmp_path / "in"], Options())
    counts = finish(service, under_way)
    assert (counts["new"], counts["dropped"]) == (1, 2)
    assert [each["entry"] for each in under_way.reasons()] == [
        "a.jsonl 第 1 行（0）",
        "a.jsonl 第 2 行（1）",
    ]
    [note] = under_way.report().notes
    assert note["entry"] == "c.csv"


def test_a_file_that_breaks_off_keeps_its_rows_and_is_told(
    service: Service, start: Any, tmp_path: Path
) -> None:
    text = json.dumps([{"platform": "weibo", "text": "星澜净化器"}])[:-1]
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    under_way = start([tmp_path / "x.json"], Options())
    assert finish(service, under_way)["new"] == 1
    assert not under_way.report().clean
    assert "没有结束" in under_way.report().broken[0]


def test_nothing_of_an_import_stays_in_its_scratch_folder(
    service: Service, start: Any, tmp_path: Path
) -> None:
    write(tmp_path / "in/1.xlsx", [row("xhs", "contents")])
    write(tmp_path / "in/2.xlsx", [row("xhs", "comments")])
    under_way = start([tmp_path / "in"], Options())
    under_way.step()
    assert list(service.workspace.imports.iterdir()) == []
    finish(service, under_way)

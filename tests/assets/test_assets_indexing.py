"""Search follows the records: marks, carrying, replays, rebuilding and healing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from library_rows import put_asset, put_right, put_version
from shared_values import START
from sqlalchemy import func, select

from api.wiring import Service
from assets.indexing import heal, index_due, mark, rebuild
from core.clock import FixedClock
from core.errors import StorageError
from storage.records import Records
from storage.records.library import Asset, IndexOutbox
from storage.search.assets import AssetDocument, AssetRequest, EmbeddedAssetIndex


def stranger(key: str, **changes: Any) -> AssetDocument:
    fields: dict[str, Any] = {"kind": "media", "title": "鬼", "state": "draft"}
    return AssetDocument(id=key, created_at=START, updated_at=START, **(fields | changes))


def carry(service: Service) -> int:
    return index_due(service.records, service.asset_index, service.clock)


def found(service: Service, q: str = "", **fields: object) -> list[str]:
    page = service.asset_index.search(AssetRequest(q=q, **fields))  # type: ignore[arg-type]
    return [hit.id for hit in page.hits]


def waiting(records: Records) -> int:
    with records.read() as session:
        return session.scalar(select(func.count()).select_from(IndexOutbox)) or 0


def test_a_change_is_carried_once_and_its_mark_goes(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "星澜科技", text="滤网", tags=["夏季"])
    assert carry(service) == 1
    assert found(service, "滤网 tag:夏季") == ["a"]
    assert (carry(service), waiting(service.records)) == (0, 0)


def test_a_change_that_was_rolled_back_leaves_no_mark(service: Service) -> None:
    def break_off() -> None:
        with service.records.write() as session:
            put_asset(session, "a", "星澜科技")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert carry(service) == 0


def test_many_marks_of_one_asset_are_carried_at_once(service: Service) -> None:
    for title in ("一", "二", "星澜"):
        with service.records.write() as session:
            if title == "一":
                put_asset(session, "a", title)
            session.get_one(Asset, "a").title = title
            mark(session, "a")
    assert carry(service) == 1
    assert found(service, "星澜") == ["a"]
    with service.records.read() as session:
        assert service.asset_index.revisions() == {"a": session.get_one(Asset, "a").revision}


def test_the_published_version_is_found_until_the_next_is_published(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "手册", text="旧文")
        put_version(session, "a", 2, text="新文")
        session.get_one(Asset, "a").current_version_id = "a-v2"
        mark(session, "a")
    carry(service)
    assert (found(service, "旧文"), found(service, "新文")) == (["a"], [])
    with service.records.write() as session:
        session.get_one(Asset, "a").published_version_id = "a-v2"
        mark(session, "a")
    carry(service)
    assert (found(service, "旧文"), found(service, "新文")) == ([], ["a"])


def test_rights_limit_when_and_where_it_may_be_used(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "手册")
        put_right(session, "a", date(2026, 7, 31), ["weibo"])
    carry(service)
    last, after = date(2026, 7, 31), date(2026, 8, 1)
    assert found(service, usable_on=last, channel="weibo") == ["a"]
    assert found(service, usable_on=last, channel="douyin") == []
    assert found(service, usable_on=after) == []
    assert found(service, colours=("red",), orientation="landscape") == ["a"]


def test_an_asset_that_is_gone_leaves_the_index(service: Service) -> None:
    service.asset_index.put_many([stranger("ghost")])
    with service.records.write() as session:
        mark(session, "ghost")
    assert carry(service) == 1
    assert found(service) == []
    assert waiting(service.records) == 0


def test_a_change_while_the_carrier_works_is_carried_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "旧题")
    index = service.asset_index
    put_many = index.put_many

    def change_meanwhile(documents: list[AssetDocument], *, anew: bool = False) -> int:
        with service.records.write() as session:
            session.get_one(Asset, "a").title = "新题"
            mark(session, "a")
        return put_many(documents, anew=anew)

    with monkeypatch.context() as patched:
        patched.setattr(index, "put_many", change_meanwhile)
        assert carry(service) == 1
    assert found(service, "旧题") == ["a"]
    assert carry(service) == 1
    assert found(service, "新题") == ["a"]
    assert waiting(service.records) == 0


def test_a_broken_index_keeps_the_mark_for_later(service: Service, clock: FixedClock) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "星澜科技")
    path = service.workspace.asset_search
    closed = EmbeddedAssetIndex(path)
    closed.close()
    with pytest.raises(StorageError):
        index_due(service.records, closed, clock)
    assert carry(service) == 0
    clock.advance(timedelta(minutes=1))
    assert carry(service) == 1
    assert found(service, "xlkj") == ["a"]


def test_a_rebuild_writes_everything_anew_and_removes_strangers(service: Service) -> None:
    with service.records.write() as session:
        for number in range(3):
            put_asset(session, f"a{number}", "星澜科技")
    carry(service)
    service.asset_index.put_many([stranger("ghost")])
    done = rebuild(service.records, service.asset_index)
    assert (done.written, done.removed) == (3, 1)
    assert sorted(found(service)) == ["a0", "a1", "a2"]


def test_a_lost_index_file_heals_by_itself(service: Service, tmp_path: Path) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "星澜科技")
        put_asset(session, "b", "手册")
    carry(service)
    empty = EmbeddedAssetIndex(tmp_path / "new.sqlite")
    assert heal(service.records, empty) == 2
    assert index_due(service.records, empty, service.clock) == 2
    assert empty.count() == 2
    assert heal(service.records, empty) == 0
    empty.close()


def test_an_index_from_a_future_that_was_rolled_back_heals(service: Service) -> None:
    with service.records.write() as session:
        put_asset(session, "a", "星澜科技")
    service.asset_index.put_many([stranger("a", revision=99), stranger("ghost")])
    assert heal(service.records, service.asset_index) == 1
    assert carry(service) == 1
    assert found(service) == found(service, "星澜科技") == ["a"]

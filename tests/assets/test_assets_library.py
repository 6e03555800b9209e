"""What people do with an asset: adding, changing, recalling, putting away, and its trail."""

from datetime import timedelta
from typing import Any

import pytest
from library_desk import EDITOR, OWN_BRAND, WRITER, LibraryDesk
from sqlalchemy import event, select

from assets import library
from assets.filenames import download_name
from assets.gate import WordingBlocked
from assets.rows import asset_rows
from core.clock import FixedClock
from core.errors import Conflict, InvalidInput, NotFound
from storage.objects.naming import check_filename
from storage.records import Records
from storage.records.library import Asset, IndexOutbox


@pytest.fixture
def desk(records: Records, clock: FixedClock) -> LibraryDesk:
    return LibraryDesk(records, clock)


def test_a_new_asset_is_a_draft_of_one_version_and_search_learns_of_it(desk: LibraryDesk) -> None:
    asset = desk.add(tags=["夏季", " 夏季 ", "海报"], brand_id=OWN_BRAND)
    row = desk.row(asset.id)
    assert (row.state, row.version, row.available) == ("draft", 1, False)
    assert row.tags == ("夏季", "海报")
    assert row.brand == (OWN_BRAND, "星澜科技")
    assert row.owner == WRITER.name
    with desk.records.read() as session:
        marked = session.scalars(select(IndexOutbox.record_id)).all()
    assert marked == [asset.id]
    assert desk.told(asset.id) == ["asset.created"]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"kind": "poster"}, "kind", "可选：guideline（手册）"),
        ({"kind": "message"}, "body", "话术要写正文"),
        ({"scenario": "smear"}, "scenario", "只有话术有场景"),
        ({"title": " \n "}, "title", "请写一个标题"),
        ({"title": "长" * 201}, "title", "最多 200 个字，现在有 201 个"),
        ({"title": "坏\x00"}, "title", "看不见"),
        ({"title": "半\ud800"}, "title", "看不见"),
        ({"title": "\u202e报海"}, "title", "书写方向"),
        ({"tags": ["\u2066夏季"]}, "tags", "书写方向"),
        ({"title": "\u200b \u2060"}, "title", "请写一个标题"),
        ({"description": "长" * 4001}, "description", "最多 4000"),
        ({"tags": [str(n) for n in range(21)]}, "tags", "最多 20 个标签"),
        ({"tags": ["长" * 41]}, "tags", "最多 40"),
        ({"brand_id": "brand_none"}, "brand_id", "没有这个品牌"),
        ({"upload": None}, "upload_id", "请先上传文件"),
        ({"body": {}}, "upload_id", "只有话术才写正文"),
    ],
)
def test_what_cannot_be_an_asset_is_refused_with_what_to_do(
    desk: LibraryDesk, fields: dict[str, Any], field: str, sentence: str
) -> None:
    given = {"kind": "media", "title": "海报", "upload": desk.upload(), **fields}
    with desk.records.write() as session, pytest.raises(InvalidInput, match=sentence) as caught:
        library.create_asset(session, actor=WRITER, clock=desk.clock, ids=desk.ids, **given)
    assert caught.value.field == field


def test_an_unknown_scenario_names_the_known_ones(desk: LibraryDesk) -> None:
    with desk.records.write() as session, pytest.raises(InvalidInput, match="smear（竞品抹黑）"):
        library.create_asset(
            session,
            kind="message",
            scenario="war",
            title="话术",
            body={"statement": "您好"},
            actor=WRITER,
            clock=desk.clock,
            ids=desk.ids,
        )


def test_a_file_waits_for_the_worker(desk: LibraryDesk) -> None:
    asset = desk.add(text=None)
    version = desk.version(asset.current_version_id)
    assert version.processing == "pending"
    assert version.next_due_at == desk.clock.now()


def test_a_stale_change_is_refused_and_says_who_did_what(desk: LibraryDesk) -> None:
    asset = desk.add()
    desk.edit(asset.id, EDITOR, title="冬季海报", tags=["冬季"])
    with desk.records.write() as session, pytest.raises(Conflict) as caught:
        library.edit(session, asset.id, asset.version, actor=WRITER, clock=desk.clock, title="别的")
    assert "周航 修改了标题、标签" in str(caught.value)
    assert desk.asset(asset.id).title == "冬季海报"


def test_an_edit_that_changes_nothing_leaves_no_trace(desk: LibraryDesk) -> None:
    asset = desk.add()
    desk.edit(asset.id, title=asset.title)
    assert desk.asset(asset.id).version == asset.version
    assert desk.told(asset.id) == ["asset.created"]


def test_an_edit_can_empty_a_field_and_leaves_what_it_does_not_name(desk: LibraryDesk) -> None:
    asset = desk.add(brand_id=OWN_BRAND, description="说明")
    edited = desk.edit(asset.id, brand_id=None)
    assert (edited.brand_id, edited.description) == (None, "说明")


def test_nobody_changes_what_is_not_there(desk: LibraryDesk) -> None:
    for act in ("restore", "archive"):
        with pytest.raises(NotFound):
            desk.act(act, "asset_none")


def test_a_newer_version_leaves_the_published_one_in_use(desk: LibraryDesk) -> None:
    asset = desk.published()
    newer = desk.add_version(asset.id)
    row = desk.row(asset.id)
    assert (row.state, row.available, row.version, row.newest) == ("published", True, 1, 2)
    assert newer.published_version_id == asset.published_version_id
    assert row.newest_state == "draft"


def test_the_same_content_is_no_new_version(desk: LibraryDesk) -> None:
    asset = desk.add(content="same")
    with desk.records.write() as session, pytest.raises(InvalidInput, match="和当前版本一样"):
        library.add_version(
            session,
            asset.id,
            asset.version,
            upload=desk.upload("same"),
            actor=WRITER,
            clock=desk.clock,
            ids=desk.ids,
        )


def test_an_unpublished_version_is_superseded_by_the_next(desk: LibraryDesk) -> None:
    asset = desk.add()
    first = asset.current_version_id
    desk.add_version(asset.id)
    assert desk.version(first).state == "superseded"


def test_a_recall_needs_a_reason_and_takes_effect_at_once(desk: LibraryDesk) -> None:
    asset = desk.published()
    with pytest.raises(InvalidInput, match="召回的原因"):
        desk.act("recall", asset.id, reason=" ")
    desk.act("recall", asset.id, reason="肖像有争议")
    row = desk.row(asset.id)
    assert [block.code for block in row.blocked_by] == ["recalled"]
    assert row.blocked_by[0].sentence == "已召回：肖像有争议"
    desk.act("restore", asset.id)
    assert desk.row(asset.id).available
    assert desk.asset(asset.id).recall_reason is None
    assert desk.told(asset.id)[-2:] == ["asset.recalled", "asset.restored"]


def test_only_what_is_published_can_be_recalled(desk: LibraryDesk) -> None:
    with pytest.raises(InvalidInput, match="只有已发布"):
        desk.act("recall", desk.add().id, reason="错了")
    with pytest.raises(InvalidInput, match="才需要恢复"):
        desk.act("restore", desk.published("另一张").id)


def test_an_archived_asset_is_out_of_use_and_cannot_be_changed(desk: LibraryDesk) -> None:
    asset = desk.published()
    desk.act("archive", asset.id)
    assert [block.code for block in desk.row(asset.id).blocked_by] == ["archived"]
    for change in (
        lambda: desk.edit(asset.id, title="新"),
        lambda: desk.add_version(asset.id),
        lambda: desk.act("archive", asset.id),
        lambda: desk.add_right(asset.id),
    ):
        with pytest.raises(InvalidInput, match="已归档"):
            change()
    desk.act("restore", asset.id)
    assert desk.row(asset.id).available


def test_an_archived_draft_comes_back_as_a_draft(desk: LibraryDesk) -> None:
    asset = desk.add()
    desk.act("archive", asset.id)
    assert desk.act("restore", asset.id).state == "draft"


def test_what_is_reviewed_is_not_archived(desk: LibraryDesk) -> None:
    asset = desk.add()
    desk.request(asset.id)
    with pytest.raises(InvalidInput, match="先撤回送审"):
        desk.act("archive", asset.id)


def test_a_forbidden_word_does_not_get_into_a_published_title(desk: LibraryDesk) -> None:
    asset = desk.published()
    with pytest.raises(WordingBlocked, match="国家级"):
        desk.edit(asset.id, title="国家级海报")
    assert desk.asset(asset.id).title == "夏季海报"
    assert desk.edit(asset.id, title="秋季海报").state == "published"


def test_a_tag_is_checked_as_the_title_is(desk: LibraryDesk) -> None:
    asset = desk.published(tags=["海报"])
    with pytest.raises(WordingBlocked, match="国家级"):
        desk.edit(asset.id, tags=["国家级"])
    assert desk.edit(asset.id, tags=["国", "家级"]).tags == ["国", "家级"]
    draft = desk.add("口号", tags=["国家级"])
    assert [(each.place, each.matched) for each in desk.findings(draft.id)] == [("tags", "国家级")]


def test_today_is_the_day_where_the_workspace_is(desk: LibraryDesk) -> None:
    asset = desk.add(text="我们的净化器行业领先。")
    last = desk.today
    desk.add_evidence(asset.id, valid_until=last)
    desk.publish(asset.id)
    desk.act("recall", asset.id, reason="核对")
    desk.clock.advance(timedelta(days=1))
    with pytest.raises(WordingBlocked):
        desk.act("restore", asset.id)
    assert desk.act("restore", asset.id, today=last).state == "published"


def test_the_history_tells_everything_newest_first(desk: LibraryDesk) -> None:
    asset = desk.published()
    desk.act("recall", asset.id, reason="肖像有争议")
    told = [event.sentence for event in desk.detail(asset.id).history]
    assert told == [
        "文岚 召回：肖像有争议",
        "何规 以合规身份通过，第 1 版发布",
        "罗正 以法务身份通过第 1 版",
        "文岚 把第 1 版送审",
        "文岚 新建了资产，第 1 版",
    ]


def test_two_hundred_rows_cost_as_many_queries_as_one(desk: LibraryDesk) -> None:
    ids = [desk.add(f"海报 {number}", text=None).id for number in range(60)]
    engine = desk.records._engine
    asked: list[str] = []

    def count(*given: Any) -> None:
        # What sets up a connection or a transaction is no query.
        if given[2].startswith("SELECT"):
            asked.append(given[2])

    event.listen(engine, "before_cursor_execute", count)
    with desk.records.read() as session:
        one = asset_rows(session, ids[:1], today=desk.today)
    for_one = len(asked)
    asked.clear()
    with desk.records.read() as session:
        many = asset_rows(session, ids, today=desk.today)
    event.remove(engine, "before_cursor_execute", count)
    assert (len(one), len(many)) == (1, 60)
    assert list(many) == ids
    assert len(asked) == for_one <= 8


def test_rows_of_what_is_gone_are_left_out(desk: LibraryDesk) -> None:
    asset = desk.add()
    with desk.records.read() as session:
        rows = asset_rows(session, [asset.id, "asset_none"], today=desk.today)
    assert list(rows) == [asset.id]


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ("海报.png", "海报.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("坏\x00名\n.pdf", "坏名.pdf"),
        ('x<>:"|?*.docx', "x_______.docx"),
        ("...", "download"),
        (".png", "png"),
        ("长" * 300 + ".pdf", "长" * 83 + ".pdf"),
        (None, "标题"),
    ],
)
def test_a_file_is_downloaded_under_a_harmless_name(stored: str | None, given: str) -> None:
    name = download_name(stored, "标题")
    assert name == given
    assert check_filename(name) == name
    assert len(name.encode()) <= 255


def test_every_asset_counts_its_changes_for_search(desk: LibraryDesk) -> None:
    asset = desk.add()
    before = desk.asset(asset.id).revision
    desk.edit(asset.id, title="新")
    with desk.records.read() as session:
        assert session.get_one(Asset, asset.id).revision > before

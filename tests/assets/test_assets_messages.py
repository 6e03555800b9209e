"""Messages: what a body may hold, and that writing one checks and indexes it at once."""

from typing import Any

import pytest
from approved_messages import (
    SMELL_BODY,
    WRITER,
    approve,
    approved_message,
    new_version,
    write_message,
)

from assets import messages
from assets.gate import WordingBlocked
from assets.message_body import MessageBody, read_body, stored_body
from core.clock import FixedClock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.records import Records
from storage.records.library import (
    Asset,
    AssetVersion,
    IndexOutbox,
    TextLayer,
    WordingFinding,
)


def _findings(records: Records, version_id: str | None) -> list[WordingFinding]:
    with records.read() as session:
        return session.query(WordingFinding).filter_by(version_id=version_id).all()


def test_a_body_names_every_text_that_is_said_and_no_other() -> None:
    body = read_body({**SMELL_BODY, "form": "playbook", "steps": ["先致歉", "再换滤网"]})
    assert list(body.places()) == ["statement", "variant-1", "variant-2", "step-1", "step-2"]
    assert "正常现象" not in body.layer_text()
    assert "异味" in body.layer_text()


def test_a_body_survives_storage() -> None:
    body = read_body(SMELL_BODY)
    assert stored_body(body.model_dump(mode="json")) == body


def test_what_is_copied_is_the_variant_or_the_statement_or_the_steps() -> None:
    body = read_body(SMELL_BODY)
    assert body.text_for("weibo").startswith("气味来自")
    assert body.text_for("") == body.statement
    steps = MessageBody(form="playbook", steps=("先致歉", "再回访"))
    assert steps.text_for("") == "先致歉\n再回访"
    with pytest.raises(InvalidInput, match="没有这个渠道的版本"):
        body.text_for("zhihu")


def test_lists_lose_blanks_and_repeats_and_texts_their_edges() -> None:
    body = read_body({**SMELL_BODY, "statement": " 好\r\n的 ", "keywords": ["异味", " ", "异味 "]})
    assert body.statement == "好\n的"
    assert body.keywords == ("异味",)


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"statement": ""}, "statement", "还是空的"),
        ({"form": "qa", "question": ""}, "question", "先写问题"),
        ({"form": "playbook", "steps": []}, "steps", "至少要写一步"),
        ({"form": "poem"}, "form", "statement、qa、playbook"),
        ({"statement": "字" * 4001}, "statement", "最多 4000 个字"),
        ({"statement": "好\x00的"}, "statement", "控制字符"),
        ({"statement": "好\ud800的"}, "statement", "控制字符"),
        ({"keywords": ["词" * 301]}, "keywords", "最多 300 个字"),
        ({"steps": [f"第 {n} 步" for n in range(41)]}, "steps", "最多 40 条"),
        ({"variants": [{"channel": "fax", "text": "好"}]}, "variants", "没有 fax 这个渠道"),
        ({"variants": [{"channel": "weibo", "text": " "}]}, "variants", "还是空的"),
        (
            {"variants": [{"channel": "weibo", "text": "一"}, {"channel": "weibo", "text": "二"}]},
            "variants",
            "只能有一个",
        ),
        ({"contacts": [{"role": "主管"}]}, "contacts", "缺少"),
        ({"colour": "red"}, "colour", "没有这一项"),
        ({"steps": "先致歉"}, "steps", "格式不对"),
    ],
)
def test_a_wrong_body_is_refused_with_its_field_and_what_to_do(
    change: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told) as refused:
        read_body({**SMELL_BODY, **change})
    assert refused.value.field == field


def test_a_new_message_is_read_checked_and_marked_for_search_at_once(
    records: Records, clock: FixedClock
) -> None:
    made = write_message(records, clock, body={"statement": "这是全国最好的滤网，请放心。"})
    found = _findings(records, made.current_version_id)
    assert [(each.place, each.severity) for each in found] == [("statement", "block")]
    with records.read() as session:
        layer = session.query(TextLayer).one()
        assert (layer.version_id, layer.source) == (made.current_version_id, "message")
        assert "全国最好的滤网" in layer.text
        assert session.query(AssetVersion).one().processing == "done"
        assert session.query(IndexOutbox).one().record_id == made.id


def test_what_must_not_be_said_may_be_quoted(records: Records, clock: FixedClock) -> None:
    made = write_message(records, clock, body={"do_not_say": ["我们是全国最好的"]})
    assert _findings(records, made.current_version_id) == []


def test_a_message_needs_its_scenario(records: Records, clock: FixedClock) -> None:
    with pytest.raises(InvalidInput, match="请选择场景") as refused:
        write_message(records, clock, scenario="")
    assert refused.value.field == "scenario"


def test_a_newer_version_leaves_the_published_one_in_use(
    records: Records, clock: FixedClock
) -> None:
    published = approved_message(records, clock)
    newer = new_version(records, clock, published.id, statement="新的说法。")
    assert newer.state == "published"
    assert newer.published_version_id == published.published_version_id
    assert newer.current_version_id != newer.published_version_id
    assert approve(records, clock, newer.id).published_version_id == newer.current_version_id


def _save(records: Records, clock: FixedClock, made: Asset, **changes: Any) -> Asset:
    body = read_body({**SMELL_BODY, **changes.pop("body", {})})
    given = {"title": made.title, "scenario": "quality", "tags": (), "brand_id": None, **changes}
    with records.write() as session:
        return messages.save(
            session, made.id, made.version, body=body, actor=WRITER, clock=clock, ids=Ids(), **given
        )


def test_saving_makes_a_version_only_when_the_body_is_another(
    records: Records, clock: FixedClock
) -> None:
    made = write_message(records, clock)
    renamed = _save(records, clock, made, title="滤网气味")
    assert renamed.title == "滤网气味"
    assert renamed.current_version_id == made.current_version_id
    rewritten = _save(records, clock, renamed, body={"statement": "换一种说法。"})
    assert rewritten.current_version_id != made.current_version_id


def test_a_stale_save_is_refused_and_changes_nothing(records: Records, clock: FixedClock) -> None:
    made = write_message(records, clock)
    _save(records, clock, made, title="先改的人")
    with pytest.raises(Conflict):
        _save(records, clock, made, body={"statement": "后改的人"})
    with records.read() as session:
        assert session.query(AssetVersion).count() == 1


def test_only_messages_are_saved_as_messages(records: Records, clock: FixedClock) -> None:
    made = write_message(records, clock)
    with records.write() as session:
        session.get_one(Asset, made.id).kind = "report"
    with pytest.raises(NotFound, match="没有这条话术"):
        _save(records, clock, made)


def test_forbidden_words_keep_a_message_from_review(records: Records, clock: FixedClock) -> None:
    made = write_message(records, clock, body={"statement": "这是全国最好的滤网。"})
    with pytest.raises(WordingBlocked, match="最好"):
        approve(records, clock, made.id)

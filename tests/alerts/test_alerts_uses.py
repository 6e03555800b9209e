"""The record that a message was used: once a click, only what may be used, on the timeline."""

from datetime import date, timedelta
from typing import Any

import pytest
from alerts_desk import Desk
from approved_messages import approve, approved_message, new_version, write_message

from alerts.actions import Actor
from alerts.timeline import timeline
from alerts.uses import record_use, use_counts, uses_of_case, uses_of_message
from assets.actor import Actor as LibraryActor
from assets.library import recall
from core.errors import Conflict, InvalidInput, NotFound
from storage.records.cases import Case
from storage.records.library import Asset, MessageUse, UsageRight

LIN = Actor("user_lin", "林岚")
URL = "https://weibo.example.cn/p/1"


def use(desk: Desk, case: Case, message: Asset, variant: str = "weibo", **given: Any) -> MessageUse:
    version_id = given.pop("version_id", message.published_version_id)
    who = given.pop("actor", LIN)
    with desk.records.write() as session:
        return record_use(
            session, case.id, message.id, version_id, variant, who, desk.clock, desk.ids, **given
        )


def uses(desk: Desk) -> list[MessageUse]:
    with desk.records.read() as session:
        return session.query(MessageUse).all()


def sentences(desk: Desk, case: Case) -> list[str]:
    with desk.records.read() as session:
        return [entry.sentence for entry in timeline(session, case.id)]


@pytest.fixture
def message(desk: Desk) -> Asset:
    return approved_message(desk.records, desk.clock)


def test_it_keeps_who_used_which_version_where_and_what_was_copied(
    desk: Desk, message: Asset
) -> None:
    case = desk.open_case()
    made = use(desk, case, message, place=f" {URL} ")
    assert (made.version_number, made.variant, made.place) == (1, "weibo", URL)
    assert made.text == "气味来自新滤网的活性炭，通风后减弱，可免费更换，请私信我们。"
    assert (made.user_id, made.user_name, made.at) == ("user_lin", "林岚", desk.clock.now())
    with desk.records.read() as session:
        (found,) = uses_of_case(session, case.id)
        assert (found.title, found.case_title) == ("新滤网气味说明", case.title)
        assert uses_of_message(session, message.id) == [found]


def test_the_timeline_says_it(desk: Desk, message: Asset) -> None:
    case = desk.open_case()
    use(desk, case, message, place=URL)
    desk.later(minutes=5)
    use(desk, case, message, "")
    assert sentences(desk, case)[:2] == [
        "林岚 使用了口径《新滤网气味说明》第 1 版",
        f"林岚 使用了口径《新滤网气味说明》第 1 版（微博版），用于：{URL}",
    ]


def test_it_changes_nothing_about_the_case(desk: Desk, message: Asset) -> None:
    case = desk.open_case()
    use(desk, case, message)
    after = desk.case(case.id)
    assert (after.state, after.version, after.acknowledged_at) == ("open", case.version, None)


def test_a_double_click_records_once_and_another_form_again(desk: Desk, message: Asset) -> None:
    case = desk.open_case()
    first = use(desk, case, message, nonce="form-1")
    desk.later(hours=2)
    assert use(desk, case, message, nonce="form-1").id == first.id
    assert len(uses(desk)) == 1
    use(desk, case, message, nonce="form-2")
    use(desk, case, message, "xiaohongshu", nonce="form-2")
    assert len(uses(desk)) == 3
    assert [key.split(":")[0] for key in desk.event_keys(case.id)].count("message_used") == 3


def test_a_double_click_still_counts_once_when_the_message_was_recalled_meanwhile(
    desk: Desk, message: Asset
) -> None:
    case = desk.open_case()
    first = use(desk, case, message, nonce="n")
    _recall(desk, message)
    assert use(desk, case, message, nonce="n").id == first.id


def test_without_a_nonce_the_same_within_a_minute_is_one_use(desk: Desk, message: Asset) -> None:
    case = desk.open_case()
    use(desk, case, message)
    use(desk, case, message)
    assert len(uses(desk)) == 1
    use(desk, case, message, actor=Actor("user_zhou", "周航"))
    desk.later(minutes=2)
    use(desk, case, message)
    assert len(uses(desk)) == 3


def test_a_draft_is_refused(desk: Desk) -> None:
    draft = write_message(desk.records, desk.clock)
    with pytest.raises(InvalidInput, match="现在不能用"):
        use(desk, desk.open_case(), draft, version_id=draft.current_version_id)
    assert uses(desk) == []


def test_a_recalled_one_is_refused_with_the_reason(desk: Desk, message: Asset) -> None:
    _recall(desk, message)
    with pytest.raises(InvalidInput, match="检测报告有误"):
        use(desk, desk.open_case(), message)


def test_an_older_version_is_refused_and_the_newer_named(desk: Desk, message: Asset) -> None:
    new_version(desk.records, desk.clock, message.id, statement="新的说法。")
    approve(desk.records, desk.clock, message.id)
    with pytest.raises(Conflict, match="第 2 版"):
        use(desk, desk.open_case(), message)


def test_a_version_that_waits_for_review_does_not_end_the_published_one(
    desk: Desk, message: Asset
) -> None:
    new_version(desk.records, desk.clock, message.id, statement="新的说法。")
    assert use(desk, desk.open_case(), message).version_number == 1


def test_a_licence_holds_for_the_channel_that_is_used(desk: Desk, message: Asset) -> None:
    with desk.records.write() as session:
        session.add(
            UsageRight(
                id="right",
                asset_id=message.id,
                subject="代言人证言",
                licensor="某工作室",
                contract="",
                channels=["weibo"],
                valid_until=date(2026, 12, 31),
                note="",
                created_at=desk.clock.now(),
            )
        )
    case = desk.open_case()
    use(desk, case, message, "weibo")
    with pytest.raises(InvalidInput, match="代言人证言"):
        use(desk, case, message, "xiaohongshu")
    with pytest.raises(InvalidInput, match="代言人证言"):
        use(desk, case, message, "weibo", nonce="later", today=date(2027, 1, 1))


@pytest.mark.parametrize(
    "wrong", [{"variant": "zhihu"}, {"place": "x" * 501}, {"place": "a\x00b"}, {"place": "\ud800"}]
)
def test_a_wrong_variant_or_place_is_refused(
    desk: Desk, message: Asset, wrong: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput):
        use(desk, desk.open_case(), message, **wrong)
    assert uses(desk) == []


def test_what_is_not_there_is_not_found(desk: Desk, message: Asset) -> None:
    case = desk.open_case()
    other = write_message(desk.records, desk.clock, "另一条")
    with pytest.raises(NotFound, match="版本"):
        use(desk, case, message, version_id=other.current_version_id)
    with pytest.raises(NotFound, match="话术"), desk.records.write() as session:
        record_use(session, case.id, "none", "none", "", LIN, desk.clock, desk.ids)
    with pytest.raises(NotFound, match="事件"), desk.records.write() as session:
        record_use(session, "none", message.id, "v", "", LIN, desk.clock, desk.ids)


def test_uses_are_counted_since_a_moment(desk: Desk, message: Asset) -> None:
    case = desk.open_case()
    use(desk, case, message)
    desk.later(days=40)
    use(desk, case, message)
    with desk.records.read() as session:
        assert use_counts(session) == {message.id: 2}
        assert use_counts(session, desk.clock.now() - timedelta(days=30)) == {message.id: 1}


def _recall(desk: Desk, message: Asset) -> None:
    with desk.records.write() as session:
        recall(
            session,
            message.id,
            session.get_one(Asset, message.id).version,
            actor=LibraryActor("user_writer", "文岚", "brand_manager"),
            reason="检测报告有误",
            clock=desk.clock,
        )

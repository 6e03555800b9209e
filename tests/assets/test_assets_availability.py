"""Availability: dates × rights × channels, and the reasons that people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_desk import LibraryDesk

from assets.availability import NOWHERE, blocks, day_of, usable_window
from assets.block import BLOCK_CODES
from assets.sentences import BLOCKS, block_sentence
from assets.words import CHANNELS, STATES
from core.clock import FixedClock
from core.errors import InvalidInput
from storage.records import Records

TODAY = date(2026, 7, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Right:
    """A licence as the rules see it."""

    subject: str = "图片"
    territories: Sequence[str] = ()
    channels: Sequence[str] = ()
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Proof:
    """Evidence as the rules see it."""

    claim: str = "销量领先"
    valid_until: date | None = None


def _codes(
    rights: Sequence[Right] = (),
    evidence: Sequence[Proof] = (),
    *,
    state: str = "published",
    channel: str | None = None,
    territory: str | None = None,
) -> list[str]:
    found = blocks(state, rights, evidence, today=TODAY, channel=channel, territory=territory)
    return [block.code for block in found]


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("draft", ["not_published"]),
        ("in_review", ["not_published"]),
        ("rejected", ["not_published"]),
        ("published", []),
        ("recalled", ["recalled"]),
        ("archived", ["archived"]),
    ],
)
def test_only_what_is_published_is_available(state: str, codes: list[str]) -> None:
    assert state in STATES
    assert _codes(state=state) == codes


@pytest.mark.parametrize(
    ("begins", "ends", "codes"),
    [
        (None, None, []),
        (None, TODAY, []),
        (None, TODAY - DAY, ["right_expired"]),
        (TODAY, None, []),
        (TODAY + DAY, None, ["right_not_begun"]),
        (TODAY - DAY, TODAY + DAY, []),
        (TODAY, TODAY, []),
    ],
)
def test_a_right_holds_from_its_first_to_its_last_day(
    begins: date | None, ends: date | None, codes: list[str]
) -> None:
    assert _codes([Right(valid_from=begins, valid_until=ends)]) == codes


@pytest.mark.parametrize(
    ("licensed", "channel", "codes"),
    [
        ((), "weibo", []),
        (("weibo",), None, []),
        (("weibo",), "weibo", []),
        (("weibo", "douyin"), "xiaohongshu", ["channel_not_licensed"]),
    ],
)
def test_a_channel_must_be_licensed_once_it_is_named(
    licensed: tuple[str, ...], channel: str | None, codes: list[str]
) -> None:
    assert _codes([Right(channels=licensed)], channel=channel) == codes


@pytest.mark.parametrize(
    ("licensed", "territory", "codes"),
    [
        ((), "日本", []),
        (("中国大陆",), None, []),
        (("中国大陆", "日本"), " 日本 ", []),
        (("CN",), "cn", []),
        (("中国大陆",), "日本", ["territory_not_licensed"]),
    ],
)
def test_a_territory_must_be_licensed_once_it_is_named(
    licensed: tuple[str, ...], territory: str | None, codes: list[str]
) -> None:
    assert _codes([Right(territories=licensed)], territory=territory) == codes


def test_all_rights_must_hold_and_each_failing_one_is_named() -> None:
    rights = [
        Right("图片", valid_until=TODAY + DAY),
        Right("肖像", valid_until=TODAY - DAY),
        Right("字体", channels=("weibo",), valid_from=TODAY + DAY),
    ]
    found = blocks("published", rights, (), today=TODAY, channel="press")
    assert [(each.code, each.until) for each in found] == [
        ("right_expired", TODAY - DAY),
        ("right_not_begun", TODAY + DAY),
        ("channel_not_licensed", None),
    ]
    assert found[0].sentence == "“肖像”的授权已于 2026-06-30 到期，续约后才能使用"
    assert found[2].sentence == "“字体”的授权不含新闻稿，只可用于：微博"


@pytest.mark.parametrize(
    ("evidence", "codes"),
    [
        ([Proof(valid_until=TODAY)], []),
        ([Proof(valid_until=TODAY - DAY)], ["evidence_expired"]),
        ([Proof(valid_until=TODAY - DAY), Proof(valid_until=TODAY)], []),
        ([Proof(valid_until=TODAY - DAY), Proof(valid_until=None)], []),
        ([Proof(valid_until=None), Proof(valid_until=TODAY - DAY)], []),
        ([Proof(valid_until=TODAY - DAY), Proof("口碑第一")], ["evidence_expired"]),
        ([Proof("ＮＯ1", TODAY - DAY), Proof(" no1 ", TODAY)], []),
    ],
)
def test_expired_evidence_blocks_until_newer_proves_the_same_claim(
    evidence: list[Proof], codes: list[str]
) -> None:
    assert _codes(evidence=evidence) == codes


def test_an_unknown_channel_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="可选：weibo（微博）"):
        _codes(channel="fax")


def test_every_code_has_its_sentence_which_a_page_can_translate() -> None:
    assert set(BLOCKS) == set(BLOCK_CODES)
    (block,) = blocks("published", [Right(channels=("weibo",))], (), today=TODAY, channel="press")
    words = {"微博": "Weibo", "新闻稿": "Press", BLOCKS["channel_not_licensed"]: "{channel}!"}
    assert block_sentence(block, lambda text: words.get(text, text)) == "Press!"
    assert block_sentence(block) == block.sentence


def test_a_name_with_braces_is_only_a_name() -> None:
    (block,) = blocks(
        "published", [Right("{until.year} %s", valid_until=TODAY - DAY)], (), today=TODAY
    )
    assert "{until.year} %s" in block.sentence


def test_the_window_is_what_all_rights_and_proofs_allow() -> None:
    rights = [
        Right(valid_from=TODAY, valid_until=TODAY + 9 * DAY, channels=("weibo", "press")),
        Right(valid_from=TODAY + DAY, channels=("weibo", "zhihu")),
        Right(),
    ]
    proofs = [Proof(valid_until=TODAY + 5 * DAY), Proof("别的")]
    assert usable_window(rights, proofs) == (TODAY + DAY, TODAY + 5 * DAY, ("weibo",))
    assert usable_window([], []) == (None, None, ())


def test_rights_without_a_common_channel_leave_none() -> None:
    rights = [Right(channels=("weibo",)), Right(channels=("press",))]
    assert usable_window(rights, [])[2] == (NOWHERE,)
    assert NOWHERE not in CHANNELS


_days = st.none() | st.integers(-5, 5).map(lambda days: TODAY + days * DAY)
_rights = st.lists(
    st.builds(
        Right,
        channels=st.lists(st.sampled_from(sorted(CHANNELS)[:3]), max_size=2, unique=True),
        valid_from=_days,
        valid_until=_days,
    ),
    max_size=4,
)
_proofs = st.lists(
    st.builds(Proof, claim=st.sampled_from(["甲", "乙"]), valid_until=_days), max_size=4
)


@given(_rights, _proofs, st.sampled_from(sorted(CHANNELS)[:3]), st.integers(-6, 6))
def test_the_window_that_search_filters_by_agrees_with_the_blocks(
    rights: list[Right], proofs: list[Proof], channel: str, days: int
) -> None:
    """Search knows only the window: it must let through exactly what is available."""
    day = TODAY + days * DAY
    begins, ends, channels = usable_window(rights, proofs)
    in_window = (begins is None or begins <= day) and (ends is None or day <= ends)
    by_window = in_window and (not channels or channel in channels)
    assert by_window == (not blocks("published", rights, proofs, today=day, channel=channel))


def test_a_day_begins_where_the_workspace_is() -> None:
    assert day_of(datetime(2026, 6, 30, 15, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert day_of(datetime(2026, 6, 30, 16, 0, tzinfo=UTC)) == date(2026, 7, 1)


@pytest.fixture
def desk(records: Records, clock: FixedClock) -> LibraryDesk:
    return LibraryDesk(records, clock)


def test_a_right_runs_out_overnight_without_anybody_doing_anything(desk: LibraryDesk) -> None:
    asset = desk.add()
    desk.add_right(asset.id, valid_until=desk.today, channels=["weibo"])
    desk.publish(asset.id)
    assert desk.row(asset.id).available
    assert desk.row(asset.id).expires_on == desk.today
    tomorrow = desk.row(asset.id, desk.today + DAY)
    assert [block.code for block in tomorrow.blocked_by] == ["right_expired"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"subject": " "}, "授权的对象"),
        ({"channels": ["fax"]}, "没有渠道“fax”"),
        ({"valid_from": TODAY, "valid_until": TODAY - DAY}, "在起始日之前"),
        ({"territories": [str(n) for n in range(41)]}, "最多 40 个地区"),
    ],
)
def test_a_wrong_right_is_refused(
    desk: LibraryDesk, fields: dict[str, object], sentence: str
) -> None:
    asset = desk.add()
    with pytest.raises(InvalidInput, match=sentence):
        desk.add_right(asset.id, **fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"claim": ""}, "证明的说法"),
        ({"issuer": ""}, "由谁出具"),
        ({"file_asset_id": "asset_none"}, "另一个资产"),
    ],
)
def test_wrong_evidence_is_refused(
    desk: LibraryDesk, fields: dict[str, object], sentence: str
) -> None:
    asset = desk.add()
    with pytest.raises(InvalidInput, match=sentence):
        desk.add_evidence(asset.id, **fields)


def test_rights_and_evidence_are_shown_and_told(desk: LibraryDesk) -> None:
    asset, report = desk.add(), desk.add("检测报告", kind="report")
    desk.add_right(asset.id, territories=["中国大陆"], channels=["weibo", "weibo"])
    desk.add_evidence(asset.id, file_asset_id=report.id)
    detail = desk.detail(asset.id)
    assert detail.rights[0].channels == ("weibo",)
    assert detail.evidence[0].file == (report.id, "检测报告")
    assert desk.told(asset.id)[-2:] == ["asset.right_added", "asset.evidence_added"]

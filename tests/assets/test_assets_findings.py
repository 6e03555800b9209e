"""The wording check of a version: what is kept of it, and who may let something pass."""

import pytest
from library_desk import (
    ADMIN,
    LAWYER,
    OFFICER,
    WRITER,
    LibraryDesk,
)
from sqlalchemy import select, update

from assets import wording
from assets.actor import Actor
from assets.findings import check_version, sentence_around, waive
from core.clock import FixedClock
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from storage.records import Records
from storage.records.library import AssetVersion, TextLayer, WordingFinding

CLAIM = "我们的净化器行业领先。"


@pytest.fixture
def desk(records: Records, clock: FixedClock) -> LibraryDesk:
    return LibraryDesk(records, clock)


def _waive(desk: LibraryDesk, finding_id: int, actor: Actor, reason: str = "已核对报告") -> None:
    with desk.records.write() as session:
        waive(session, finding_id, actor, reason, desk.clock)


def _check(desk: LibraryDesk, version_id: str | None) -> None:
    with desk.records.write() as session:
        check_version(session, str(version_id), desk.clock)


def test_every_place_of_a_version_is_checked(desk: LibraryDesk) -> None:
    asset = desk.add("国家级海报", description="顶级的画面", text="独一无二的夏天")
    found = {finding.place: finding.matched for finding in desk.findings(asset.id)}
    assert found == {"title": "国家级", "description": "顶级", "page-1": "独一无二"}


def test_a_finding_says_where_why_and_what_to_write(desk: LibraryDesk) -> None:
    asset = desk.add(text="新品上市。这是国家级的享受！欢迎。")
    (finding,) = desk.findings(asset.id)
    assert finding.sentence == "这是国家级的享受！"
    text = "新品上市。这是国家级的享受！欢迎。"
    assert text[finding.start : finding.end] == finding.matched == "国家级"
    assert all((finding.why, finding.statute, finding.suggestion, finding.category))
    assert finding.rules_version == str(wording.load_rules().version)
    assert finding.found_at == desk.clock.now()


def test_a_message_is_checked_in_its_places_and_not_in_what_it_forbids(desk: LibraryDesk) -> None:
    body = {
        "statement": "您好，我们已联系您。",
        "variants": [{"channel": "weibo", "text": "国家级的服务"}],
        "do_not_say": ["行业第一品牌", "国家级"],
    }
    asset = desk.add(kind="message", upload=None, body=body, text=None)
    assert [finding.place for finding in desk.findings(asset.id)] == ["variant-1"]


def test_checking_again_changes_nothing_and_keeps_the_rows(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    before = [finding.id for finding in desk.findings(asset.id)]
    _check(desk, asset.current_version_id)
    assert [finding.id for finding in desk.findings(asset.id)] == before


def test_a_waiver_stays_with_the_same_words_in_the_same_sentence(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    (finding,) = desk.findings(asset.id)
    _waive(desk, finding.id, LAWYER)
    _rewrite(desk, asset.current_version_id, "前言。" + CLAIM)
    (moved,) = desk.findings(asset.id)
    assert moved.start == finding.start + 3
    assert (moved.waived_by, moved.waived_by_id) == (LAWYER.name, LAWYER.id)
    assert moved.waiver_reason == "已核对报告"


def test_a_waiver_does_not_pass_to_another_sentence(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    _waive(desk, desk.findings(asset.id)[0].id, LAWYER)
    _rewrite(desk, asset.current_version_id, "我们的售后行业领先。")
    (finding,) = desk.findings(asset.id)
    assert finding.waived_by is None


def test_a_waiver_falls_when_the_rules_turn_strict(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = desk.add(text=CLAIM)
    _waive(desk, desk.findings(asset.id)[0].id, LAWYER)
    rules = wording.load_rules()
    stricter = tuple(rule.model_copy(update={"severity": "block"}) for rule in rules.rules)
    monkeypatch.setattr(wording, "load_rules", lambda: wording.RuleSet(99, stricter, rules.denials))
    _check(desk, asset.current_version_id)
    (finding,) = desk.findings(asset.id)
    assert (finding.severity, finding.waived_by, finding.rules_version) == ("block", None, "99")


def _rewrite(desk: LibraryDesk, version_id: str | None, text: str) -> None:
    with desk.records.write() as session:
        session.execute(update(TextLayer).values(text=text))
        check_version(session, str(version_id), desk.clock)


@pytest.mark.parametrize("actor", [LAWYER, OFFICER])
def test_legal_and_compliance_let_a_claim_pass_by_name(desk: LibraryDesk, actor: Actor) -> None:
    asset = desk.add(text=CLAIM)
    (finding,) = desk.findings(asset.id)
    _waive(desk, finding.id, actor)
    (waived,) = desk.detail(asset.id).findings
    assert waived.waiver is not None
    assert (waived.waiver.by, waived.waiver.at) == (actor.name, desk.clock.now())
    assert desk.detail(asset.id).history[0].sentence == f"{actor.name} 放行“行业领先”：已核对报告"
    with pytest.raises(Conflict, match=f"{actor.name} 已经放行"):
        _waive(desk, finding.id, LAWYER)


@pytest.mark.parametrize("actor", [WRITER, ADMIN, Actor(None, "脚本", "legal")])
def test_nobody_else_lets_anything_pass(desk: LibraryDesk, actor: Actor) -> None:
    (finding,) = desk.findings(desk.add(text=CLAIM).id)
    with pytest.raises(NotPermitted, match="只有法务或合规"):
        _waive(desk, finding.id, actor)


def test_nobody_lets_a_forbidden_word_pass(desk: LibraryDesk) -> None:
    (finding,) = desk.findings(desk.add(text="国家级的享受").id)
    for actor in (LAWYER, OFFICER):
        with pytest.raises(InvalidInput, match="任何人都不能放行"):
            _waive(desk, finding.id, actor)


def test_an_author_does_not_let_the_own_words_pass(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    with desk.records.write() as session:
        session.execute(update(AssetVersion).values(created_by=LAWYER.id))
    with pytest.raises(NotPermitted, match="自己写的"):
        _waive(desk, desk.findings(asset.id)[0].id, LAWYER)


def test_a_waiver_needs_a_reason_and_something_to_waive(desk: LibraryDesk) -> None:
    (finding,) = desk.findings(desk.add(text=CLAIM).id)
    with pytest.raises(InvalidInput, match="放行的理由"):
        _waive(desk, finding.id, LAWYER, "  ")
    with pytest.raises(NotFound, match="已经更新"):
        _waive(desk, finding.id + 1000, LAWYER)


def test_nothing_is_checked_that_is_not_there(desk: LibraryDesk) -> None:
    with pytest.raises(NotFound):
        _check(desk, "version_none")


def test_a_file_full_of_superlatives_is_a_bounded_list(desk: LibraryDesk) -> None:
    asset = desk.add(text="最温柔的。" * 3000 + "国家级。")
    with desk.records.read() as session:
        severities = session.scalars(
            select(WordingFinding.severity).where(
                WordingFinding.version_id == asset.current_version_id
            )
        ).all()
    assert severities.count("caution") == 200
    assert "block" in severities


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("第一句。第二句好！第三句", "好", "第二句好！"),
        ("只有一句", "一句", "只有一句"),
        ("甲\n乙好\n丙", "好", "乙好"),
        ("一" * 500 + "好" + "二" * 500, "好", "一" * 120 + "好" + "二" * 120),
    ],
)
def test_a_sentence_is_cut_at_its_ends_and_to_a_readable_length(
    text: str, words: str, sentence: str
) -> None:
    start = text.index(words)
    assert sentence_around(text, start, start + len(words)) == sentence

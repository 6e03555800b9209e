"""The double review: two people, one content, and everything that is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from library_desk import (
    ADMIN,
    EDITOR,
    LAWYER,
    OFFICER,
    OWN_BRAND,
    SECOND_LAWYER,
    WRITER,
    LibraryDesk,
)
from record_databases import on_both_engines
from sqlalchemy import delete, select, update

from assets import reviewing, wording
from assets.actor import Actor
from assets.certificate import approvals_of, certificate
from assets.digest import content_digest
from assets.reviewing import DigestChanged, WordingBlocked
from assets.rows import review_list
from core.clock import FixedClock
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from storage.records import Records
from storage.records.accounts import User
from storage.records.library import Asset, AssetVersion, Decision, Review, TextLayer

FORBIDDEN = "我们是国家级品牌。"
CLAIM = "我们的净化器行业领先。"


@pytest.fixture
def desk(records: Records, clock: FixedClock) -> LibraryDesk:
    return LibraryDesk(records, clock)


def _state(desk: LibraryDesk, review: Review) -> tuple[str, str, str]:
    asset = desk.asset(review.asset_id)
    return desk.review(review.id).state, desk.version(review.version_id).state, asset.state


def test_both_sides_publish_together(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id, note="夏季活动用")
    assert _state(desk, review) == ("open", "in_review", "in_review")
    desk.decide(review.id, LAWYER)
    assert _state(desk, review) == ("open", "in_review", "in_review")
    desk.clock.advance(timedelta(hours=1))
    desk.decide(review.id, OFFICER, comment="可以")
    assert _state(desk, review) == ("approved", "published", "published")
    asset = desk.asset(review.asset_id)
    assert asset.published_version_id == review.version_id
    assert asset.published_at == desk.clock.now()
    assert desk.told(review.id) == ["review.requested", "review.approved", "review.published"]


def test_the_order_of_the_sides_does_not_matter(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, OFFICER)
    desk.decide(review.id, LAWYER)
    assert _state(desk, review)[0] == "approved"


def test_a_new_version_takes_the_place_of_the_published_one(desk: LibraryDesk) -> None:
    first = desk.published()
    second = desk.publish(desk.add_version(first.id).id)
    assert desk.version(first.published_version_id).state == "superseded"
    assert second.published_version_id == second.current_version_id
    assert desk.row(first.id).version == 2


def test_a_rejection_tells_why_and_ends_the_review(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, OFFICER)
    with pytest.raises(InvalidInput, match="写明哪里要改"):
        desk.decide(review.id, LAWYER, "reject", "  ")
    desk.decide(review.id, LAWYER, "reject", "肖像授权不清")
    assert _state(desk, review) == ("rejected", "rejected", "rejected")
    assert desk.detail(review.asset_id).reviews[0].decision("legal").comment == "肖像授权不清"  # type: ignore[union-attr]
    with pytest.raises(InvalidInput, match="已被退回"):
        desk.decide(review.id, OFFICER)


def test_a_rejected_newer_version_leaves_the_published_one_in_use(desk: LibraryDesk) -> None:
    asset = desk.published()
    desk.add_version(asset.id)
    review = desk.request(asset.id)
    assert desk.asset(asset.id).state == "published"
    desk.decide(review.id, LAWYER, "reject", "不行")
    assert _state(desk, review) == ("rejected", "rejected", "published")
    assert desk.row(asset.id).available


def test_the_same_content_is_sent_again_only_with_a_reason(desk: LibraryDesk) -> None:
    asset = desk.add()
    desk.decide(desk.request(asset.id).id, LAWYER, "reject", "不行")
    with pytest.raises(InvalidInput, match="和被退回时一样"):
        desk.request(asset.id)
    desk.edit(asset.id, title="改过的海报")
    review = desk.request(asset.id)
    desk.decide(review.id, LAWYER, "reject", "还不行")
    assert desk.request(asset.id, note="法务电话里同意了").state == "open"


# --- Who may not decide -------------------------------------------------------------------


@pytest.mark.parametrize("actor", [WRITER, EDITOR, ADMIN])
def test_nobody_decides_without_the_role_of_a_side(desk: LibraryDesk, actor: Actor) -> None:
    review = desk.request(desk.add().id)
    for side in ("legal", "compliance"):
        with pytest.raises(NotPermitted, match=r"只有.+的同事可以"):
            desk.decide(review.id, actor, side=side)
    with pytest.raises(InvalidInput, match="只能是 legal"):
        desk.decide(review.id, actor)


def test_nobody_decides_for_the_other_side(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    with pytest.raises(NotPermitted, match="只有合规的同事"):
        desk.decide(review.id, LAWYER, side="compliance")


def test_a_role_that_is_only_claimed_decides_nothing(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    claimed = Actor(EDITOR.id, EDITOR.name, "legal")
    with pytest.raises(NotPermitted, match="只有法务的同事"):
        desk.decide(review.id, claimed)


def test_a_program_decides_nothing(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    with pytest.raises(NotPermitted, match="令牌不能代替"):
        desk.decide(review.id, Actor(None, "脚本", "legal"))


def test_a_disabled_account_decides_nothing(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    with desk.records.write() as session:
        session.execute(
            update(User).where(User.id == LAWYER.id).values(disabled_at=desk.clock.now())
        )
    with pytest.raises(NotPermitted, match="已停用"):
        desk.decide(review.id, LAWYER)
    with pytest.raises(NotPermitted, match="已停用"):
        desk.decide(review.id, Actor("user_none", "无名", "legal"))


def test_the_author_does_not_judge_the_own_work(desk: LibraryDesk) -> None:
    """Somebody wrote it as a brand manager and has moved to legal since."""
    review = desk.request(desk.add(actor=WRITER).id, actor=EDITOR)
    _become(desk, WRITER, "legal")
    with pytest.raises(NotPermitted, match="自己写的"):
        desk.decide(review.id, Actor(WRITER.id, WRITER.name, "legal"))


def test_the_requester_does_not_judge_what_he_sent(desk: LibraryDesk) -> None:
    review = desk.request(desk.add(actor=WRITER).id, actor=EDITOR)
    _become(desk, EDITOR, "compliance")
    with pytest.raises(NotPermitted, match="自己送审的"):
        desk.decide(review.id, Actor(EDITOR.id, EDITOR.name, "compliance"))


def test_the_owner_who_wrote_an_earlier_version_does_not_judge(desk: LibraryDesk) -> None:
    asset = desk.add(actor=WRITER)
    desk.add_version(asset.id, actor=EDITOR)
    review = desk.request(asset.id, actor=EDITOR)
    _become(desk, WRITER, "legal")
    with pytest.raises(NotPermitted, match="自己写的"):
        desk.decide(review.id, Actor(WRITER.id, WRITER.name, "legal"))


def test_one_person_is_not_both_sides_even_with_both_roles_in_turn(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    _become(desk, LAWYER, "compliance")
    with pytest.raises(NotPermitted, match="不同的人"):
        desk.decide(review.id, Actor(LAWYER.id, LAWYER.name, "compliance"))
    assert _state(desk, review)[0] == "open"


def test_a_side_decides_once(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    with pytest.raises(InvalidInput, match="罗正 已经代表法务决定过"):
        desk.decide(review.id, SECOND_LAWYER)
    with pytest.raises(NotPermitted, match="你已经"):
        desk.decide(review.id, LAWYER)


def _become(desk: LibraryDesk, person: Actor, role: str) -> None:
    with desk.records.write() as session:
        session.execute(update(User).where(User.id == person.id).values(role=role))


# --- What was read is what is decided -----------------------------------------------------

CHANGES: dict[str, Callable[[LibraryDesk, str], Any]] = {
    "title": lambda desk, asset: desk.edit(asset, title="别的标题"),
    "description": lambda desk, asset: desk.edit(asset, description="别的说明"),
    "tags": lambda desk, asset: desk.edit(asset, tags=["别的"]),
    "brand": lambda desk, asset: desk.edit(asset, brand_id=OWN_BRAND),
    "right": lambda desk, asset: desk.add_right(asset),
    "evidence": lambda desk, asset: desk.add_evidence(asset),
    "file": lambda desk, asset: desk.add_version(asset),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_voids_the_review_with_its_decisions(desk: LibraryDesk, change: str) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    CHANGES[change](desk, review.asset_id)
    state, version, asset = _state(desk, review)
    assert (state, asset) == ("void", "draft")
    assert version == ("superseded" if change == "file" else "draft")
    assert desk.told(review.id)[-1] == "review.voided"
    sentences = [event.sentence for event in desk.detail(review.asset_id).history]
    assert any("审核及已有决定作废" in sentence for sentence in sentences)
    with pytest.raises(InvalidInput, match="已作废"):
        desk.decide(review.id, OFFICER)
    desk.clock.advance(timedelta(minutes=1))
    again = desk.request(review.asset_id)
    assert not desk.detail(review.asset_id).reviews[0].decisions
    assert _state(desk, again) == ("open", "in_review", "in_review")


def test_a_new_owner_changes_nothing_that_was_read(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.edit(review.asset_id, owner_id=EDITOR.id)
    assert _state(desk, review)[0] == "open"


def test_the_digest_is_computed_anew_when_deciding(desk: LibraryDesk) -> None:
    """Whatever way the content changed: what is approved is what was sent."""
    review = desk.request(desk.add().id)
    with desk.records.write() as session:
        session.execute(update(Asset).values(title="从别处改的"))
    with pytest.raises(DigestChanged, match="重新送审"):
        desk.decide(review.id, LAWYER)
    with desk.records.write() as session:
        assert reviewing.void_stale(session, review.id, actor=LAWYER, clock=desk.clock)
    assert _state(desk, review) == ("void", "draft", "draft")
    with desk.records.write() as session:
        assert not reviewing.void_stale(session, review.id, actor=LAWYER, clock=desk.clock)


def test_each_decision_names_the_digest(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    desk.decide(review.id, OFFICER)
    with desk.records.read() as session:
        digests = set(session.scalars(select(Decision.digest)))
    assert digests == {review.digest}


def test_the_digest_is_of_everything_said_in_no_order(desk: LibraryDesk) -> None:
    asset = desk.add(tags=["甲", "乙"])
    before = _digest(desk, asset)
    first = desk.add_right(asset.id, subject="图片", channels=["weibo", "zhihu"])
    one = _digest(desk, asset)
    desk.add_right(asset.id, subject="字体")
    both = _digest(desk, asset)
    assert len({before, one, both}) == 3
    desk.edit(asset.id, tags=["乙", "甲"])
    assert _digest(desk, asset) == both
    assert first


def _digest(desk: LibraryDesk, asset: Asset) -> str:
    with desk.records.read() as session:
        version = session.get_one(AssetVersion, asset.current_version_id)
        return content_digest(session, version)


def test_a_stale_decision_is_refused_and_says_who_was_quicker(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER, version=1)
    with pytest.raises(Conflict, match="罗正 以法务身份通过第 1 版"):
        desk.decide(review.id, OFFICER, version=1)
    assert desk.decide(review.id, OFFICER, version=2).state == "approved"


@on_both_engines
def test_two_who_approve_at_once_publish_exactly_once(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    results = _at_once(
        lambda: desk.decide(review.id, OFFICER, version=2),
        lambda: desk.decide(review.id, OFFICER, version=2),
    )
    assert sorted(results) == ["Conflict", "approved"]
    assert desk.told(review.id).count("review.published") == 1


@on_both_engines
def test_both_sides_at_once_do_not_overlook_each_other(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    results = _at_once(
        lambda: desk.decide(review.id, LAWYER, version=1),
        lambda: desk.decide(review.id, OFFICER, version=1),
    )
    assert sorted(results) == ["Conflict", "open"]
    with desk.records.read() as session:
        (decision,) = session.scalars(select(Decision)).all()
    desk.decide(review.id, OFFICER if decision.side == "legal" else LAWYER)
    assert _state(desk, review) == ("approved", "published", "published")


def _at_once(*acts: Callable[[], Review]) -> list[str]:
    barrier, results = Barrier(len(acts)), []

    def run(act: Callable[[], Review]) -> None:
        barrier.wait()
        try:
            results.append(act().state)
        except Conflict as error:
            results.append(type(error).__name__)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# --- What cannot be sent ------------------------------------------------------------------


def test_a_file_is_read_before_it_is_reviewed(desk: LibraryDesk) -> None:
    asset = desk.add(text=None)
    with pytest.raises(InvalidInput, match="还在读取"):
        desk.request(asset.id)
    with desk.records.write() as session:
        session.execute(update(AssetVersion).values(processing="failed", fault="文件有密码"))
    with pytest.raises(InvalidInput, match="文件有密码"):
        desk.request(asset.id)


def test_what_is_open_or_published_or_put_away_is_not_sent(desk: LibraryDesk) -> None:
    asset = desk.add()
    review = desk.request(asset.id)
    with pytest.raises(InvalidInput, match="已经在审核"):
        desk.request(asset.id)
    desk.decide(review.id, LAWYER)
    desk.decide(review.id, OFFICER)
    with pytest.raises(InvalidInput, match="先添加新版本"):
        desk.request(asset.id)
    desk.act("recall", asset.id, reason="错")
    with pytest.raises(InvalidInput, match="恢复"):
        desk.request(asset.id)
    desk.act("archive", asset.id)
    with pytest.raises(InvalidInput, match="已归档"):
        desk.request(asset.id)
    with pytest.raises(NotFound):
        desk.request("asset_none")
    with pytest.raises(NotFound):
        desk.decide("review_none", LAWYER, version=1)


def test_a_recalled_asset_comes_back_by_a_new_version(desk: LibraryDesk) -> None:
    asset = desk.published()
    desk.act("recall", asset.id, reason="有错字")
    desk.add_version(asset.id)
    review = desk.request(asset.id)
    assert desk.asset(asset.id).state == "recalled"
    desk.decide(review.id, LAWYER)
    desk.decide(review.id, OFFICER)
    assert desk.asset(asset.id).recall_reason is None
    assert desk.row(asset.id).available


def test_a_forbidden_word_stops_the_request_and_is_explained(desk: LibraryDesk) -> None:
    asset = desk.add(text=f"欢迎。{FORBIDDEN}再来。")
    with pytest.raises(WordingBlocked) as caught:
        desk.request(asset.id)
    (finding,) = caught.value.findings
    assert (finding.place, finding.matched, finding.sentence) == ("page-1", "国家级", FORBIDDEN)
    assert all((finding.why, finding.statute, finding.suggestion))
    assert "国家级" in str(caught.value)
    assert finding.suggestion in str(caught.value)
    assert desk.asset(asset.id).state == "draft"


def test_a_claim_needs_evidence_that_is_valid_today(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    with pytest.raises(WordingBlocked, match="添加今天有效的证据"):
        desk.request(asset.id)
    desk.add_evidence(asset.id, valid_until=desk.today - timedelta(days=1))
    with pytest.raises(WordingBlocked):
        desk.request(asset.id)
    desk.add_evidence(asset.id, valid_until=desk.today)
    assert desk.request(asset.id).state == "open"


def test_a_claim_passes_when_a_reviewer_answers_for_it(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    for finding in desk.findings(asset.id):
        with desk.records.write() as session:
            reviewing.waive(session, finding.id, LAWYER, "行业报告已核对", desk.clock)
    assert desk.request(asset.id).state == "open"


def test_a_caution_is_shown_and_stops_nothing(desk: LibraryDesk) -> None:
    asset = desk.add(text="这是我们最温柔的一次设计。")
    assert {finding.severity for finding in desk.findings(asset.id)} == {"caution"}
    assert desk.request(asset.id).state == "open"


def test_the_wording_is_checked_again_before_publication(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = desk.request(desk.add(text="清凉一夏，欢迎到店。").id)
    desk.decide(review.id, LAWYER)
    rule = wording.load_rules().rules[0].model_copy(update={"phrases": ("清凉一夏",), "needs": ()})
    stricter = wording.RuleSet(99, (rule,))
    monkeypatch.setattr(wording, "load_rules", lambda: stricter)
    with pytest.raises(WordingBlocked, match="清凉一夏"):
        desk.decide(review.id, OFFICER)
    assert _state(desk, review) == ("open", "in_review", "in_review")


def test_evidence_that_ran_out_meanwhile_stops_the_publication(desk: LibraryDesk) -> None:
    asset = desk.add(text=CLAIM)
    desk.add_evidence(asset.id, valid_until=desk.today)
    review = desk.request(asset.id)
    desk.decide(review.id, LAWYER)
    desk.clock.advance(timedelta(days=1))
    with pytest.raises(WordingBlocked, match="行业领先"):
        desk.decide(review.id, OFFICER)


def test_text_that_came_later_is_checked_too(desk: LibraryDesk) -> None:
    """What counts is what the file says when it is published."""
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    with desk.records.write() as session:
        session.execute(delete(TextLayer))
        session.add(TextLayer(version_id=review.version_id, page=1, source="ocr", text=FORBIDDEN))
    with pytest.raises(WordingBlocked):
        desk.decide(review.id, OFFICER)


# --- What follows -------------------------------------------------------------------------


def test_a_request_is_taken_back(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    desk.decide(review.id, LAWYER)
    with desk.records.write() as session:
        reviewing.withdraw(session, review.id, 2, actor=EDITOR, clock=desk.clock)
    assert _state(desk, review) == ("withdrawn", "draft", "draft")
    with pytest.raises(InvalidInput, match="已被撤回"):
        desk.decide(review.id, OFFICER)
    with desk.records.write() as session, pytest.raises(Conflict, match="周航 撤回"):
        reviewing.withdraw(session, review.id, 2, actor=WRITER, clock=desk.clock)


def test_a_verdict_is_yes_or_no(desk: LibraryDesk) -> None:
    review = desk.request(desk.add().id)
    with pytest.raises(InvalidInput, match="approve（通过）"):
        desk.decide(review.id, LAWYER, "maybe")
    with pytest.raises(InvalidInput, match="最多 2000"):
        desk.decide(review.id, LAWYER, "reject", "长" * 2001)


def test_the_queue_of_a_side_holds_what_it_has_to_decide(desk: LibraryDesk) -> None:
    first = desk.request(desk.add("甲 100%").id)
    desk.clock.advance(timedelta(minutes=1))
    second = desk.request(desk.add("乙").id)
    desk.decide(first.id, LAWYER)
    with desk.records.read() as session:
        legal = review_list(session, waiting_for="legal")
        compliance = review_list(session, waiting_for="compliance", limit=1)
        rest = review_list(
            session, waiting_for="compliance", limit=1, cursor=compliance.next_cursor
        )
        found = review_list(session, q="100%")
        assert review_list(session, states=["approved"]).total == 0
        for wrong in ({"states": ["lost"]}, {"cursor": "x"}, {"cursor": "9" * 5000 + ".a"}):
            with pytest.raises(InvalidInput):
                review_list(session, **wrong)  # type: ignore[arg-type]
    assert [each.id for each in legal.items] == [second.id]
    assert [each.id for each in compliance.items] == [second.id]
    assert (compliance.total, rest.next_cursor) == (2, None)
    assert [each.id for each in rest.items] == [first.id]
    assert [each.id for each in found.items] == [first.id]


def test_a_certificate_names_who_approved_what(desk: LibraryDesk) -> None:
    asset = desk.published(content="poster")
    with desk.records.read() as session:
        told = certificate(session, asset.id)
        with pytest.raises(NotFound, match="没有通过审核"):
            certificate(session, asset.id, 2)
    version = desk.version(asset.published_version_id)
    assert (told.content_hash, told.number, told.standing) == (version.sha256, 1, "published")
    assert [(each.side, each.reviewer) for each in told.review.decisions] == [
        ("legal", "罗正"),
        ("compliance", "何规"),
    ]
    assert told.unchanged
    assert told.rules_version == str(wording.load_rules().version)
    desk.edit(asset.id, description="后来写的")
    with desk.records.read() as session:
        assert not certificate(session, asset.id).unchanged


def test_a_copy_is_known_also_when_it_is_recalled_or_superseded(desk: LibraryDesk) -> None:
    asset = desk.published(content="poster")
    sha256 = desk.version(asset.published_version_id).sha256 or ""
    desk.add("只是草稿", content="draft")

    def standing() -> list[str]:
        with desk.records.read() as session:
            return [each.standing for each in approvals_of(session, sha256.upper())]

    assert standing() == ["published"]
    desk.act("recall", asset.id, reason="错")
    assert standing() == ["recalled"]
    desk.act("restore", asset.id)
    desk.publish(desk.add_version(asset.id).id)
    assert standing() == ["superseded"]
    draft = desk.upload("draft")
    with desk.records.read() as session:
        assert approvals_of(session, draft.sha256) == []


def test_evidence_of_a_published_claim_is_not_taken_away(desk: LibraryDesk) -> None:
    from assets.rights import remove_evidence

    asset = desk.add(text=CLAIM)
    first = desk.add_evidence(asset.id, valid_until=date(2027, 1, 1))
    desk.publish(asset.id)

    def remove(evidence_id: str) -> None:
        with desk.records.write() as session:
            seen = desk.seen(session, asset.id)
            remove_evidence(session, asset.id, seen, evidence_id, actor=WRITER, clock=desk.clock)

    with pytest.raises(InvalidInput, match="只靠这份证据"):
        remove(first)
    desk.add_evidence(asset.id)
    remove(first)
    with pytest.raises(NotFound):
        remove(first)

"""Reviews by REST: the queue, decisions in person, and the words in the way."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from httpx import Client
from library_desk import EDITOR, LAWYER, OFFICER, WRITER, LibraryDesk
from shared_values import AsRole, MakeClient
from sqlalchemy import select, update

from api.doors import COOKIE, CSRF_HEADER
from api.wiring import Service
from assets import wording
from assets.actor import Actor
from core.clock import FixedClock
from core.ids import secret_hash
from storage.records.accounts import User, WebSession
from storage.records.library import Asset, WordingFinding

CLAIM = "我们的净化器行业领先。"


@pytest.fixture
def desk(service: Service, clock: FixedClock) -> LibraryDesk:
    return LibraryDesk(service.records, clock, service.ids)


@pytest.fixture
def people(desk: LibraryDesk, make_client: MakeClient) -> dict[str, Client]:
    """The people of the desk, signed in, by their ids."""
    now, clients = desk.clock.now(), {}
    for person in (WRITER, EDITOR, LAWYER, OFFICER):
        with desk.records.write() as session:
            session.add(
                WebSession(
                    token_hash=secret_hash(str(person.id)),
                    user_id=str(person.id),
                    csrf_token="csrf",
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
        made = make_client(**{CSRF_HEADER: "csrf"})
        made.cookies.set(COOKIE, str(person.id))
        clients[str(person.id)] = made
    return clients


def _of(people: dict[str, Client], person: Actor) -> Client:
    return people[str(person.id)]


def _request(people: dict[str, Client], asset: Asset) -> dict[str, Any]:
    body = {"locked_version": asset.version, "note": "夏季用"}
    answer = _of(people, WRITER).post(f"/api/v1/assets/{asset.id}/request-review", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_review_runs_from_request_to_publication(
    desk: LibraryDesk, people: dict[str, Client]
) -> None:
    asset = desk.add()
    form = _request(people, asset)
    assert form["state"] == "in_review"
    path = f"/api/v1/reviews/{form['review_id']}"
    legal, officer = _of(people, LAWYER), _of(people, OFFICER)
    shown = legal.get(path).json()
    assert (shown["state"], shown["note"], shown["version"]) == ("open", "夏季用", 1)
    assert shown["asset"]["id"] == asset.id
    assert shown["disclaimer"]
    waiting = "/api/v1/reviews?waiting_for=legal"
    assert legal.get(waiting).json()["total"] == 1
    first = legal.post(f"{path}/decide", json={"version": 1, "verdict": "approve"}).json()
    assert [each["side"] for each in first["decisions"]] == ["legal"]
    assert legal.get(waiting).json()["items"] == []
    stale = officer.post(f"{path}/decide", json={"version": 1, "verdict": "approve"})
    assert stale.status_code == 409
    assert "罗正 以法务身份通过" in stale.json()["detail"]
    last = officer.post(f"{path}/decide", json={"version": 2, "verdict": "approve"}).json()
    assert last["state"] == "approved"
    assert legal.get(f"/api/v1/assets/{asset.id}").json()["available"]


def test_a_token_with_the_role_decides_nothing(desk: LibraryDesk, with_token: AsRole) -> None:
    review = desk.request(desk.add().id)
    body = {"version": 1, "verdict": "approve"}
    for role in ("legal", "compliance"):
        answer = with_token(role).post(f"/api/v1/reviews/{review.id}/decide", json=body)
        assert answer.status_code == 403
        assert "令牌不能代替" in answer.json()["detail"]


def test_the_words_in_the_way_are_listed(desk: LibraryDesk, people: dict[str, Client]) -> None:
    asset = desk.add(text="国家级的享受。顶级的画面。")
    answer = _of(people, WRITER).post(
        f"/api/v1/assets/{asset.id}/request-review", json={"locked_version": asset.version}
    )
    assert answer.status_code == 422
    told = answer.json()
    assert [each["matched"] for each in told["findings"]] == ["国家级", "顶级"]
    keys = {"place", "sentence", "severity", "why", "statute", "suggestion", "start", "end"}
    assert all(each.keys() >= keys for each in told["findings"])
    assert "国家级" in told["detail"]


def test_a_claim_is_waived_by_a_reviewer_and_then_sent(
    desk: LibraryDesk, people: dict[str, Client]
) -> None:
    asset = desk.add(text=CLAIM)
    (finding,) = desk.findings(asset.id)
    path = f"/api/v1/findings/{finding.id}/waive"
    for person in (WRITER, EDITOR):
        assert _of(people, person).post(path, json={"reason": "行"}).status_code == 403
    legal = _of(people, LAWYER)
    assert legal.post(path, json={"reason": " "}).status_code == 422
    assert legal.post(path, json={"reason": "已核对"}).json()["waived"]
    assert legal.post(path, json={"reason": "再来"}).status_code == 409
    assert _request(people, asset)["state"] == "in_review"


def test_a_review_is_withdrawn_by_the_team(desk: LibraryDesk, people: dict[str, Client]) -> None:
    review_id = _request(people, desk.add())["review_id"]
    path = f"/api/v1/reviews/{review_id}/withdraw"
    assert _of(people, LAWYER).post(path, json={"version": 1}).status_code == 403
    assert _of(people, EDITOR).post(path, json={"version": 1}).json()["state"] == "withdrawn"


def test_a_changed_content_ends_the_review_though_the_decision_is_refused(
    desk: LibraryDesk, people: dict[str, Client]
) -> None:
    review_id = _request(people, desk.add())["review_id"]
    with desk.records.write() as session:
        session.execute(update(Asset).values(description="从别处改的"))
    body = {"version": 1, "verdict": "approve"}
    answer = _of(people, LAWYER).post(f"/api/v1/reviews/{review_id}/decide", json=body)
    assert answer.status_code == 409
    assert "重新送审" in answer.json()["detail"]
    assert desk.review(review_id).state == "void"


def test_what_stricter_rules_find_is_shown_after_the_refusal(
    desk: LibraryDesk, people: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    review_id = _request(people, desk.add(text="清凉一夏，欢迎到店。"))["review_id"]
    decide = f"/api/v1/reviews/{review_id}/decide"
    _of(people, LAWYER).post(decide, json={"version": 1, "verdict": "approve"})
    rule = wording.load_rules().rules[0].model_copy(update={"phrases": ("清凉一夏",), "needs": ()})
    monkeypatch.setattr(wording, "load_rules", lambda: wording.RuleSet(99, (rule,)))
    answer = _of(people, OFFICER).post(decide, json={"version": 2, "verdict": "approve"})
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["matched"] == "清凉一夏"
    with desk.records.read() as session:
        assert session.scalars(select(WordingFinding.matched)).all() == ["清凉一夏"]
    shown = _of(people, OFFICER).get(f"/api/v1/reviews/{review_id}").json()
    assert shown["findings"][0]["rules_version"] == "99"


def test_a_long_text_is_checked_while_others_write(
    desk: LibraryDesk,
    service: Service,
    people: dict[str, Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asset, check, seen = desk.add(text="清凉一夏。"), wording.check, []

    def checked_while_others_write(text: str, *given: Any) -> list[wording.Finding]:
        if "清凉" in text:
            seen.append(text)
            with closing(sqlite3.connect(service.workspace.records, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
        return check(text, *given)

    monkeypatch.setattr(wording, "check", checked_while_others_write)
    path = f"/api/v1/reviews/{_request(people, asset)['review_id']}/decide"
    for version, person in enumerate((LAWYER, OFFICER), 1):
        answer = _of(people, person).post(path, json={"version": version, "verdict": "approve"})
        assert answer.status_code == 200
    assert len(seen) == 3
    seen.clear()
    desk.edit(asset.id, title="冬季海报")
    assert seen == []


def test_a_disabled_reviewer_is_out_at_once(desk: LibraryDesk, people: dict[str, Client]) -> None:
    review_id = _request(people, desk.add())["review_id"]
    with desk.records.write() as session:
        session.execute(
            update(User).where(User.id == LAWYER.id).values(disabled_at=desk.clock.now())
        )
    body = {"version": 1, "verdict": "approve"}
    answer = _of(people, LAWYER).post(f"/api/v1/reviews/{review_id}/decide", json=body)
    assert answer.status_code in {401, 403}
    assert desk.review(review_id).version == 1


def test_wrong_questions_are_problems(people: dict[str, Client]) -> None:
    legal = _of(people, LAWYER)
    for path in (
        "/api/v1/reviews?state=lost",
        "/api/v1/reviews?cursor=x",
        "/api/v1/reviews?limit=0",
        "/api/v1/reviews?waiting_for=admin",
    ):
        assert legal.get(path).status_code == 422, path
    assert legal.get("/api/v1/reviews/review_none").status_code == 404
    for finding_id in ("x", str(2**63), "-1"):
        path = f"/api/v1/findings/{finding_id}/waive"
        assert legal.post(path, json={"reason": "a"}).status_code == 422

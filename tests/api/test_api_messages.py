"""Messages and the answers to a case by REST."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from approved_messages import SMELL_BODY, approve, approved_message, write_message
from httpx import Client
from shared_values import AsRole

from alerts.opening import consider
from alerts.policy import ensure_policy
from api.wiring import Service
from storage.mentions import Engagement, Mention, MentionBrand
from storage.records.library import Asset, MessageUse

SMELL = "刚买的星澜净化器，开机就一股刺鼻的味道，换了新滤网也没用。"


@pytest.fixture
def editor(with_token: AsRole) -> Client:
    return with_token("brand_manager")


@pytest.fixture
def message(service: Service) -> Asset:
    return approved_message(service.records, service.clock)


@pytest.fixture
def case_id(service: Service, watch: Callable[..., Any]) -> str:
    """An open case about a smell."""
    brand = watch("星澜科技", aliases=["星澜"])
    now = service.clock.now()
    mention = Mention(
        id="m1",
        url=None,
        platform="weibo",
        kind="post",
        title="",
        text=SMELL,
        author=None,
        published_at=now - timedelta(minutes=5),
        detected_at=now,
        engagement=Engagement(likes=900),
        brands=(MentionBrand(brand.id, "星澜科技", "own", (), "negative", 0.9, 0.05, 0.05),),
        label="negative",
        p_negative=0.9,
        p_neutral=0.05,
        p_positive=0.05,
        contributions=(),
        activity=None,
        story_id="s",
        source_id=None,
        scorer="test",
        batch_id="b",
        trace_id="t",
    )
    with service.records.write() as session:
        ensure_policy(session, service.ids, service.clock, recipients=["pr@example.cn"])
        changes = consider(session, mention, trusted=False, clock=service.clock, ids=service.ids)
    return changes[0].case_id


def given(**changes: Any) -> dict[str, Any]:
    return {"title": "滤网气味", "scenario": "quality", "body": SMELL_BODY, **changes}


def test_a_message_is_written_with_its_findings_and_read_again(editor: Client) -> None:
    body = {**SMELL_BODY, "statement": "这是全国最好的滤网。"}
    made = editor.post("/api/v1/messages", json=given(body=body, tags=["滤网"]))
    assert made.status_code == 201
    told = made.json()
    assert (told["kind"], told["state"], told["version"]) == ("message", "draft", 1)
    assert [(each["place"], each["severity"]) for each in told["findings"]] == [
        ("statement", "block")
    ]
    assert editor.get(f"/api/v1/messages/{told['id']}").json() == told
    assert told["body"]["variants"][0]["channel"] == "weibo"
    assert told["uses"] == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scenario": "weather"}, "scenario"),
        ({"scenario": ""}, "scenario"),
        ({"title": " "}, "title"),
        ({"body": {}}, "statement"),
        ({"body": {**SMELL_BODY, "variants": [{"channel": "fax", "text": "x"}]}}, "variants"),
        ({"brand_id": "none"}, "brand_id"),
    ],
)
def test_a_wrong_message_names_its_field(editor: Client, wrong: dict[str, Any], field: str) -> None:
    answer = editor.post("/api/v1/messages", json=given(**wrong))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_half_a_character_is_refused(editor: Client) -> None:
    text = '{"title": "\\ud800", "scenario": "quality", "body": {"statement": "x"}}'
    headers = {"content-type": "application/json"}
    assert editor.post("/api/v1/messages", content=text, headers=headers).status_code == 422


def test_a_newer_version_is_a_draft_beside_the_published_one(
    editor: Client, message: Asset
) -> None:
    path = f"/api/v1/messages/{message.id}"
    locked = editor.get(path).json()["locked_version"]
    newer = {"locked_version": locked, "body": {**SMELL_BODY, "statement": "新的说法。"}}
    made = editor.post(f"{path}/versions", json=newer)
    assert (made.status_code, made.json()["version"]) == (201, 2)
    assert made.json()["body"]["statement"] == "新的说法。"
    read = editor.get(path).json()
    assert (read["version"], read["newest_version"]) == (1, 2)
    assert read["body"]["statement"] == SMELL_BODY["statement"]
    assert editor.post(f"{path}/versions", json=newer).status_code == 409


def test_drafts_are_hidden_from_those_who_may_not_read_them(
    service: Service, with_token: AsRole
) -> None:
    draft = write_message(service.records, service.clock)
    path = f"/api/v1/messages/{draft.id}"
    assert with_token("legal").get(path).status_code == 200
    for role in ("researcher", "agency"):
        assert with_token(role).get(path).status_code == 404
    approve(service.records, service.clock, draft.id)
    told = with_token("agency").get(path).json()
    assert "findings" not in told
    assert told["uses"] is None


def test_other_assets_are_no_messages(service: Service, editor: Client, message: Asset) -> None:
    with service.records.write() as session:
        session.get_one(Asset, message.id).kind = "report"
    assert editor.get(f"/api/v1/messages/{message.id}").status_code == 404


def test_the_answers_of_a_case_say_why_and_what_to_copy(
    editor: Client, message: Asset, case_id: str
) -> None:
    told = editor.get(f"/api/v1/cases/{case_id}/answers").json()
    (item,) = told["items"]
    assert (item["asset_id"], item["number"]) == (message.id, 1)
    assert item["why"][0].startswith("场景：产品质量")
    assert item["do_not_say"] == ["正常现象", "别家也这样"]
    assert told["reason"] is None


def test_without_a_fitting_one_the_reason_is_told(editor: Client, case_id: str) -> None:
    told = editor.get(f"/api/v1/cases/{case_id}/answers").json()
    assert (told["items"], told["scenario"]) == ([], "quality")
    assert "口径" in told["reason"]


def test_a_use_is_recorded_once_and_stands_on_the_timeline(
    service: Service, editor: Client, message: Asset, case_id: str
) -> None:
    body = {
        "asset_id": message.id,
        "version_id": message.published_version_id,
        "variant": "weibo",
        "place": "https://weibo.example.cn/1",
    }
    made = editor.post(f"/api/v1/cases/{case_id}/uses", json=body)
    assert made.status_code == 201
    assert made.json()["text"] == SMELL_BODY["variants"][0]["text"]
    assert editor.post(f"/api/v1/cases/{case_id}/uses", json=body).json() == made.json()
    with service.records.read() as session:
        assert session.query(MessageUse).count() == 1
    case = editor.get(f"/api/v1/cases/{case_id}").json()
    assert case["state"] == "open"
    assert "使用了口径《新滤网气味说明》第 1 版（微博版）" in case["timeline"][0]["sentence"]
    assert editor.get(f"/api/v1/messages/{message.id}").json()["uses"] == 1
    answers = editor.get(f"/api/v1/cases/{case_id}/answers").json()
    assert [each["id"] for each in answers["uses"]] == [made.json()["id"]]


def test_a_draft_cannot_be_used(service: Service, editor: Client, case_id: str) -> None:
    draft = write_message(service.records, service.clock)
    body = {"asset_id": draft.id, "version_id": draft.current_version_id}
    answer = editor.post(f"/api/v1/cases/{case_id}/uses", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "asset_id")

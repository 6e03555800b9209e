"""Corrections of sentiment by REST: labels, history, checks, accuracy, calibrations."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import Client
from shared_values import AsRole

from api.wiring import Service
from storage.mentions import Contribution, Engagement, Mention, MentionBrand
from storage.records.marks import CalibrationFit
from storage.records.watch import Brand


@pytest.fixture
def own(watch: Callable[..., Brand]) -> Brand:
    return watch("星澜")


@pytest.fixture
def mention(service: Service, own: Brand) -> Mention:
    at = service.clock.now()
    made = Mention(
        id="m1",
        url=None,
        platform="weibo",
        kind="post",
        title="",
        text="星澜净化器用了三天",
        author=None,
        published_at=at,
        detected_at=at,
        engagement=Engagement(likes=900),
        brands=(MentionBrand(own.id, "星澜", "own", (), "neutral", 0.2, 0.7, 0.1),),
        label="neutral",
        p_negative=0.2,
        p_neutral=0.7,
        p_positive=0.1,
        contributions=(),
        activity=None,
        story_id="",
        source_id=None,
        scorer="words-1",
        batch_id="batch",
        trace_id="trace",
    )
    service.index.create_many([made])
    return made


@pytest.fixture
def researcher(with_token: AsRole) -> Client:
    return with_token("researcher")


def test_a_label_holds_in_every_answer(researcher: Client, mention: Mention, own: Brand) -> None:
    answer = researcher.post("/api/v1/mentions/m1/label", json={"label": "positive"})
    assert answer.status_code == 200
    given = answer.json()
    assert (given["label"], given["brands"][0]["label"]) == ("positive", "positive")
    assert given["opened_case_ids"] == []
    assert [(each["brand"], each["by"]) for each in given["marks"]] == [
        (None, "researcher"),
        (own.id, "researcher"),
    ]
    found = researcher.get("/api/v1/mentions", params={"label": "positive"}).json()
    assert [each["id"] for each in found["items"]] == ["m1"]
    assert researcher.get("/api/v1/mentions/m1").json()["p_positive"] == 1.0

    undone = researcher.delete("/api/v1/mentions/m1/label").json()
    assert (undone["label"], undone["p_negative"]) == ("neutral", 0.2)
    history = researcher.get("/api/v1/mentions/m1/marks").json()["items"]
    assert [each["label"] for each in history] == ["positive", "positive", None, None]
    assert {each["engine_label"] for each in history} == {"neutral"}


def test_an_explanation_is_the_engines_and_says_whose_label_stands(
    researcher: Client, service: Service, mention: Mention
) -> None:
    parts = (Contribution(0, 2, 0.25), Contribution(2, 9, -1.1234567))
    told = replace(mention, id="m2", contributions=parts, words=(Contribution(5, 7, -0.75),))
    service.index.create_many([told])
    found = researcher.get("/api/v1/mentions/m2/explanation").json()
    assert found == {
        "mention_id": "m2",
        "label": "neutral",
        "engine_label": "neutral",
        "marked_by": None,
        "engine": "words-1",
        "clauses": [
            {"text": "星澜", "start": 0, "end": 2, "weight": 0.25},
            {"text": "净化器用了三天", "start": 2, "end": 9, "weight": -1.123457},
        ],
        "words": [{"text": "用了", "start": 5, "end": 7, "weight": -0.75}],
    }
    researcher.post("/api/v1/mentions/m2/label", json={"label": "negative"})
    marked = researcher.get("/api/v1/mentions/m2/explanation").json()
    assert marked == found | {"label": "negative", "marked_by": "researcher"}
    researcher.delete("/api/v1/mentions/m2/label")
    assert researcher.get("/api/v1/mentions/m2/explanation").json() == found
    assert researcher.get("/api/v1/mentions/none/explanation").status_code == 404


def test_bad_news_opens_a_case(with_token: AsRole, mention: Mention) -> None:
    client = with_token("brand_manager")
    given = client.post("/api/v1/mentions/m1/label", json={"label": "negative"}).json()
    (case_id,) = given["opened_case_ids"]
    case = client.get(f"/api/v1/cases/{case_id}").json()
    assert case["evidence"][0]["mention_id"] == "m1"
    client.post("/api/v1/mentions/m1/label", json={"label": "neutral"})
    case = client.get(f"/api/v1/cases/{case_id}").json()
    assert (case["state"], case["evidence"][0]["label"]) == ("open", "neutral")
    assert case["evidence"][0]["marked_by"] == "brand_manager"
    assert case["timeline"][0]["sentence"] == "brand_manager 把一条提及改判为中性"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"label": "bad"}, 422),
        ({"label": "neutral", "brand": "none"}, 404),
        ({"label": "neutral", "check": True}, 422),
        ({"label": "neutral", "why": "x"}, 422),
    ],
)
def test_a_wrong_body_is_refused(
    researcher: Client, mention: Mention, body: dict[str, object], status: int
) -> None:
    assert researcher.post("/api/v1/mentions/m1/label", json=body).status_code == status
    assert researcher.get("/api/v1/mentions/m1/marks").json()["items"] == []


def test_accuracy_tells_counts_and_no_rate_without_a_draw(
    researcher: Client, mention: Mention, own: Brand
) -> None:
    researcher.post("/api/v1/mentions/m1/label", json={"label": "positive"})
    given = researcher.get("/api/v1/accuracy").json()
    assert given["all"] == {
        "checked": 0,
        "right": 0,
        "rate": None,
        "low": None,
        "high": None,
        "corrected": 1,
        "confirmed": 0,
    }
    assert [(each["id"], each["name"]) for each in given["brands"]] == [(own.id, "星澜")]
    assert [each["source_type"] for each in given["source_types"]] == [None]
    assert researcher.get("/api/v1/accuracy", params={"after": "2026-07-01"}).status_code == 422


def test_checks_are_drawn_and_counted(
    service: Service, researcher: Client, mention: Mention, own: Brand
) -> None:
    service.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    (check,) = researcher.get("/api/v1/checks").json()["items"]
    assert (check["mention_id"], check["brand"], check["marked"]) == ("m1", own.id, False)
    body = {"label": "neutral", "brand": own.id, "check": True}
    assert researcher.post("/api/v1/mentions/m1/label", json=body).status_code == 200
    whole = researcher.get("/api/v1/accuracy").json()["all"]
    assert (whole["checked"], whole["right"], whole["rate"]) == (1, 1, 1.0)
    assert researcher.get("/api/v1/checks").json()["items"][0]["marked"]


def test_calibrations_tell_what_they_are_made_of(
    service: Service, researcher: Client, own: Brand
) -> None:
    with service.records.write() as session:
        session.add(
            CalibrationFit(
                scope="brand",
                key=own.id,
                engine="words-1",
                parameters={"temperature": 1.2, "biases": [0.1, 0.0, -0.1]},
                figures={"accuracy_before": 0.7, "accuracy_after": 0.8},
                marks=60,
                last_mark_id=60,
                in_use=True,
                reason="better",
                at=service.clock.now(),
            )
        )
    (fit,) = researcher.get("/api/v1/calibrations").json()["items"]
    assert (fit["key"], fit["marks"], fit["in_use"], fit["temperature"]) == (own.id, 60, True, 1.2)
    assert (fit["accuracy_before"], fit["accuracy_after"]) == (0.7, 0.8)

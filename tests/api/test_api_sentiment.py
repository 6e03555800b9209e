"""The sentiment of any text by REST."""

import math
from typing import Any

import pytest
from httpx import Client
from word_scorer import WordScorer

from api.wiring import Service

TEXT = "外观真好，\n但是质量太差，漏水"
ADDRESS = "/api/v1/sentiment"


@pytest.fixture(autouse=True)
def _words(service: Service) -> None:
    service.__dict__["scorer"] = WordScorer()


def ask(client: Client, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post(ADDRESS, json=body).raise_for_status().json()
    return found


def test_a_text_is_scored_and_nothing_else_unless_asked(admin: Client) -> None:
    found = ask(admin, text=TEXT)
    assert set(found) == {"label", "p_negative", "p_neutral", "p_positive"}
    assert found["label"] == "negative"


def test_a_target_is_scored_by_itself(admin: Client) -> None:
    found = ask(admin, text=TEXT, start=0, end=2, source_type="weibo")
    assert set(found["target"]) == {"label", "p_negative", "p_neutral", "p_positive"}


def test_reasons_sum_to_the_score_and_stand_where_they_say(admin: Client) -> None:
    found = ask(admin, text=TEXT, explain=True)
    odds = math.log(found["p_positive"] / found["p_negative"])
    assert sum(clause["weight"] for clause in found["clauses"]) == pytest.approx(odds, abs=0.001)
    weights = sum((end - start) * weight for start, end, weight in found["characters"])
    assert weights == pytest.approx(odds, abs=0.001)
    for part in (*found["clauses"], *found["words"]):
        assert TEXT[part["start"] : part["end"]] == part["text"]
    assert [(word["text"], word["weight"]) for word in found["words"]] == [
        ("好", 2),
        ("差", -2),
        ("漏水", -2),
    ]
    assert found["characters"] == [[3, 4, 2], [11, 12, -2], [13, 14, -2]]


def test_the_default_engine_explains_too(admin: Client, service: Service) -> None:
    del service.__dict__["scorer"]
    found = ask(admin, text=TEXT, source_type="review", explain=True)
    odds = math.log(found["p_positive"] / found["p_negative"])
    weights = sum((end - start) * weight for start, end, weight in found["characters"])
    assert weights == pytest.approx(odds, abs=0.001)


def test_a_text_may_be_empty(admin: Client) -> None:
    found = ask(admin, text="", explain=True)
    assert found["label"] == "neutral"
    assert (found["clauses"], found["words"], found["characters"]) == ([], [], [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 7},
        {"text": "差" * 20_001},
        {"text": TEXT, "start": 3},
        {"text": TEXT, "start": 3, "end": 3},
        {"text": TEXT, "start": 0, "end": 99},
        {"text": TEXT, "start": True, "end": 2},
        {"text": TEXT, "start": "0", "end": 2},
        {"text": TEXT, "source_type": "w" * 101},
        {"text": TEXT, "colour": "red"},
    ],
)
def test_what_cannot_be_scored_is_refused(admin: Client, body: dict[str, Any]) -> None:
    answer = admin.post(ADDRESS, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_longest_text_is_explained(admin: Client, service: Service) -> None:
    del service.__dict__["scorer"]
    found = ask(admin, text="差，" * 10_000, explain=True)
    assert len(found["clauses"]) == 10_000
    assert found["characters"][-1][1] == 20_000

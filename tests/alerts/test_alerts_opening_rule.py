"""When does a mention become a case?"""

from typing import Any

import pytest
from alerts_desk import bad_mention, towards

from alerts.candidate import assess
from alerts.policy import PolicyRules

FIRE = "星澜净化器半夜起火了，窗帘都烧着了，太可怕了。"


def rules_fired(mention: Any = None, brand: Any = None, **options: Any) -> tuple[str, list[str]]:
    given = {"trusted": False, "similar": 1, **options}
    found = assess(mention or bad_mention(likes=0), brand or towards(), PolicyRules(), **given)
    return (found.severity, [reason.rule for reason in found.reasons]) if found else ("", [])


@pytest.mark.parametrize(
    ("options", "severity", "fired"),
    [
        ({}, "", []),
        ({"mention": bad_mention(likes=99)}, "", []),
        ({"mention": bad_mention(likes=100)}, "normal", ["reach"]),
        ({"mention": bad_mention(likes=5_000)}, "severe", ["reach"]),
        ({"trusted": True}, "normal", ["trusted"]),
        ({"mention": bad_mention(text=FIRE, likes=0)}, "severe", ["severe_word"]),
        ({"similar": 2}, "", []),
        ({"similar": 3}, "normal", ["similar"]),
        ({"brand": towards(0.49), "trusted": True}, "", []),
        ({"brand": towards(0.5), "trusted": True}, "normal", ["trusted"]),
        ({"brand": towards(role="competitor"), "trusted": True}, "", []),
        ({"brand": towards(role="industry"), "trusted": True}, "", []),
        (
            {"mention": bad_mention(likes=300), "trusted": True, "similar": 5},
            "normal",
            ["reach", "trusted", "similar"],
        ),
    ],
)
def test_a_case_needs_the_threshold_and_one_more_reason(
    options: dict[str, Any], severity: str, fired: list[str]
) -> None:
    assert rules_fired(**options) == (severity, fired)


def test_the_reason_keeps_the_figures_that_people_are_shown() -> None:
    found = assess(bad_mention(text=FIRE), towards(), PolicyRules(), trusted=False, similar=1)
    assert found is not None
    assert found.to_json() == {
        "v": 1,
        "mention_id": "m1",
        "p_negative": 0.93,
        "threshold": 0.5,
        "rules": [
            {"rule": "severe_word", "words": ["起火"]},
            {"rule": "reach", "reach": 1204, "minimum": 100},
        ],
    }

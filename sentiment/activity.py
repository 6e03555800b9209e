"""What a competitor is doing: a linear model over character n-grams and the evidence of rules.

The rules are data, activity_rules.json; the weights are learned from labelled lines (see
``sentiment/training/activity``, where each type is defined) and described by their model card.
"""

from collections.abc import Sequence
from typing import Final

from core.translation import to_translate
from sentiment.activity_rules import (
    ActivityName,
    ActivityRules,
    ActivityType,
    Evidence,
    activity_rules,
    finder,
)

__all__ = [
    "ACTIVITIES",
    "OTHER",
    "ActivityName",
    "ActivityRules",
    "ActivityType",
    "Evidence",
    "activity_rules",
    "classify",
    "classify_all",
    "explain_activity",
]

OTHER: Final = to_translate("其他")
# Once more, marked for the catalogue: a Literal cannot hold a call.
ACTIVITIES: Final[tuple[str, ...]] = (
    to_translate("产品迭代"),
    to_translate("营销动作"),
    to_translate("用户评价"),
    to_translate("价格"),
    to_translate("渠道"),
    to_translate("人事"),
    to_translate("资本"),
    to_translate("政策"),
    OTHER,
)


def classify(text: str) -> str:
    """Return one of ``ACTIVITIES``: the likeliest type, 其他 when none is likely enough."""
    return classify_all([text])[0]


def classify_all(texts: Sequence[str]) -> list[str]:
    """Return the activity of each text; quicker than one by one."""
    from sentiment.activity_model import shipped

    return shipped().choose(texts)


def explain_activity(text: str) -> list[Evidence]:
    """Return what the rules find for any type, in the order of the text.

    It is part of what ``classify`` weighs; the other part is the wording as a whole.
    """
    return finder().find(text)

"""The opening rule: is this mention bad enough, and seen by enough people, to be a case?"""

from dataclasses import dataclass
from typing import Any, Literal

from alerts.policy import PolicyRules
from alerts.states import Severity
from sentiment.severity import severe_words
from storage.mentions import Mention, MentionBrand

Rule = Literal["reach", "trusted", "severe_word", "similar"]


@dataclass(frozen=True)
class Reason:
    """One rule that fired and the figures that made it, shown to people."""

    rule: Rule
    detail: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the form kept in ``Case.reason["rules"]``."""
        return {"rule": self.rule, **self.detail}


@dataclass(frozen=True)
class Candidate:
    """A mention that may open a case, and why. *p_negative* is the brand's, not the text's."""

    mention_id: str
    severity: Severity
    p_negative: float
    threshold: float
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the form kept as ``Case.reason``."""
        return {
            "v": 1,
            "mention_id": self.mention_id,
            "p_negative": self.p_negative,
            "threshold": self.threshold,
            "rules": [reason.to_json() for reason in self.reasons],
        }


def assess(
    mention: Mention, brand: MentionBrand, rules: PolicyRules, *, trusted: bool, similar: int
) -> Candidate | None:
    """Return a candidate when *brand*'s p_negative passes the threshold and a rule fires.

    *similar* is how many mentions of the story, this one included, lie in the rules' window.
    """
    if brand.role != "own" or brand.p_negative < rules.negative_threshold:
        return None
    words = severe_words(mention.full_text)
    reach = mention.engagement.reach
    reasons = []
    if words:
        reasons.append(Reason("severe_word", {"words": list(dict.fromkeys(words))}))
    if reach >= rules.min_reach:
        reasons.append(Reason("reach", {"reach": reach, "minimum": rules.min_reach}))
    if trusted:
        reasons.append(Reason("trusted", {}))
    if similar >= rules.similar_count:
        window = {"count": similar, "window_h": rules.similar_window_h}
        reasons.append(Reason("similar", window))
    if not reasons:
        return None
    severe = bool(words) or reach >= rules.severe_reach
    return Candidate(
        mention.id,
        "severe" if severe else "normal",
        brand.p_negative,
        rules.negative_threshold,
        tuple(reasons),
    )

"""Which texts say the same in the same words, so that a person's word on one holds for the other.

A story is wider: it holds excerpts and quotes with a comment, which may feel otherwise. So a copy
must have nearly all the words of the other and hardly any besides.
"""

from typing import Final

from sentiment.stories import containment, normal_form

# An editor's light hand and another signature stay above; a sentence of its own falls below.
SAME_WORDS: Final = 0.95
LONGEST_ADDITION: Final = 1.1
# 质量好 and 质量不好 differ in one character of a long text: these must be as many in both.
_NEGATIONS: Final = "不没无未别非莫勿"


def is_copy(text: str, other: str) -> bool:
    """Say whether two texts of a story are the same or nearly so.

    Their normal forms (``sentiment.stories``) are equal; or of 30 characters on, the shorter has
    95 % of its bigrams in the longer, which is at most a tenth longer and negates as often.
    """
    shorter, longer = sorted((normal_form(text), normal_form(other)), key=len)
    if shorter == longer:
        return bool(shorter) or text.strip() == other.strip()
    if len(longer) > LONGEST_ADDITION * len(shorter) or _negations(shorter) != _negations(longer):
        return False
    return containment(text, other) >= SAME_WORDS


def _negations(form: str) -> int:
    return sum(form.count(word) for word in _NEGATIONS)

"""The wording check: what a text claims that advertising law forbids or wants proved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from assets.wording.folding import fold_words
from assets.wording.matching import Hit
from assets.wording.rule import Category, Rule, Severity
from assets.wording.rules import RuleSet
from core.translation import to_translate
from storage.mentions import Span

DISCLAIMER: Final = to_translate("辅助审核，不构成法律意见")
_RANK: Final[dict[Severity, int]] = {"block": 0, "needs_evidence": 1, "caution": 2}

Verdict = Literal["block", "needs_evidence", "caution", "clear"]


@dataclass(frozen=True)
class Finding:
    """A rule that applies at *start* to *end* (half-open, code points of the text given)."""

    rule_id: str
    category: Category
    severity: Severity
    start: int
    end: int
    matched: str
    statute: str
    suggestion: str
    why: str


def check(text: str, rules: RuleSet, today: date | None = None) -> list[Finding]:
    """Return what *rules* find in *text*, in its order; findings do not overlap.

    Where rules overlap the graver wins, then the longer. Rules out of force on *today* are left
    out; without *today* all apply. Linear in the length of *text*.
    """
    folded = fold_words(text)
    hits = [hit for hit in rules.matcher.hits(folded) if rules.rules[hit.rule].holds_on(today)]
    return [
        _finding(text, rules.rules[hit.rule], *folded.original(hit.start, hit.end))
        for hit in _gravest(hits, rules.rules)
    ]


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the gravest severity of *findings*, ``clear`` without any."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in _RANK if severity in found), "clear")


def highlight_spans(findings: Iterable[Finding]) -> list[Span]:
    """Return where to mark the text, in order; what touches or overlaps becomes one span."""
    spans: list[Span] = []
    for start, end in sorted((finding.start, finding.end) for finding in findings):
        if spans and start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
        else:
            spans.append(Span(start, end))
    return spans


def _finding(text: str, rule: Rule, start: int, end: int) -> Finding:
    return Finding(
        rule_id=rule.id,
        category=rule.category,
        severity=rule.severity,
        start=start,
        end=end,
        matched=text[start:end],
        statute=rule.statute,
        suggestion=rule.suggestion,
        why=rule.why,
    )


def _gravest(hits: Sequence[Hit], rules: Sequence[Rule]) -> list[Hit]:
    taken = bytearray(max((hit.end for hit in hits), default=0))
    kept = []
    ranks = [_RANK[rule.severity] for rule in rules]
    for hit in sorted(hits, key=lambda hit: (ranks[hit.rule], hit.start - hit.end, hit)):
        # Looking at the whole range is bounded work: no rule matches more than some dozen words.
        if 1 not in taken[hit.start : hit.end]:
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
            kept.append(hit)
    return sorted(kept)

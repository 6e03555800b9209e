"""Waivers: a named person answers for a finding, with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from assets.wording.checking import Finding
from assets.wording.folding import fold_phrase
from core.errors import InvalidInput


@dataclass(frozen=True)
class Waiver:
    """*owner* lets the wording *matched* pass rule *rule_id* for *reason*.

    It holds for other spellings of the same words, and for nothing longer or shorter. Raises
    ``InvalidInput`` when a field says nothing.
    """

    owner: str
    reason: str
    rule_id: str
    matched: str

    def __post_init__(self) -> None:
        for field in ("owner", "reason", "rule_id", "matched"):
            if not str(getattr(self, field)).strip():
                raise InvalidInput(f"A waiver needs its {field}.", field)


class Waived(NamedTuple):
    """Findings that still stand, and those that a waiver covers, each with that waiver."""

    standing: list[Finding]
    waived: list[tuple[Finding, Waiver]]


def apply_waivers(findings: Iterable[Finding], waivers: Iterable[Waiver]) -> Waived:
    """Part *findings* by *waivers*; the first waiver that covers one is named beside it."""
    result = Waived([], [])
    known: dict[tuple[str, str], Waiver] = {}
    for waiver in waivers:
        known.setdefault((waiver.rule_id, fold_phrase(waiver.matched)), waiver)
    for finding in findings:
        waiver_of_it = known.get((finding.rule_id, fold_phrase(finding.matched)))
        if waiver_of_it is None:
            result.standing.append(finding)
        else:
            result.waived.append((finding, waiver_of_it))
    return result

"""What the wording check found, as the pages box it: the sentence, why, and what to write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.pages.asset_places import place_name
from api.pages.i18n import _, translate
from api.pages.marked_text import Piece, sentence_pieces
from api.pages.parts import Chip, Tone
from assets.row_shapes import FindingRow, WaiverRow

_TONES: Final[Mapping[str, Tone]] = {"block": "bad", "needs_evidence": "soon", "caution": ""}
_RANK: Final = ("block", "needs_evidence", "caution")


@dataclass(frozen=True)
class FindingBox:
    """One finding. *may_waive* says that reviewers can let it pass; a forbidden word never."""

    id: int
    severity: str
    chip: Chip
    category: str
    place: str
    sentence: tuple[Piece, ...]
    why: str
    statute: str
    suggestion: str
    waiver: WaiverRow | None
    may_waive: bool


def finding_boxes(findings: Iterable[FindingRow]) -> tuple[FindingBox, ...]:
    """Return *findings* with the gravest that stand first and what was let pass last."""
    ordered = sorted(findings, key=lambda one: (one.waiver is not None, _RANK.index(one.severity)))
    return tuple(
        FindingBox(
            id=one.id,
            severity=one.severity,
            chip=severity_chip(one.severity) if one.waiver is None else Chip(_("已放行")),
            category=translate(one.category),
            place=place_name(one.place),
            sentence=sentence_pieces(one.sentence, one.matched, one.severity),
            why=one.why,
            statute=one.statute,
            suggestion=one.suggestion,
            waiver=one.waiver,
            may_waive=one.waiver is None and one.severity != "block",
        )
        for one in ordered
    )


def severity_chip(severity: str) -> Chip:
    """Return what a severity asks for."""
    names = {"block": _("禁用"), "needs_evidence": _("要证据"), "caution": _("留意")}
    return Chip(names.get(severity, severity), _TONES.get(severity, ""))


def findings_say(findings: Iterable[FindingRow]) -> str:
    """Return how many stand, by severity, in a few words; empty when none does."""
    standing = [one.severity for one in findings if one.waiver is None]
    told = (
        ("block", _("禁用 %(n)s 处")),
        ("needs_evidence", _("要证据 %(n)s 处")),
        ("caution", _("留意 %(n)s 处")),
    )
    return " · ".join(
        words % {"n": standing.count(code)} for code, words in told if code in standing
    )

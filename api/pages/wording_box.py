"""A box in which a wording can be tried; nothing of it is kept."""

from dataclasses import dataclass
from datetime import date

from api.pages.finding_view import FindingBox, severity_chip
from api.pages.i18n import _, translate
from api.pages.marked_text import Piece
from api.pages.parts import Chip
from assets import wording
from assets.wording import DISCLAIMER


@dataclass(frozen=True)
class WordingBox:
    """What was written, the same with marks, and what was found; *error* says what is wrong."""

    text: str = ""
    error: str = ""
    checked: bool = False
    marked: tuple[Piece, ...] = ()
    findings: tuple[FindingBox, ...] = ()
    verdict: Chip | None = None
    rules_version: str = ""
    disclaimer: str = DISCLAIMER


def wording_box(text: str, today: date) -> WordingBox:
    """Check *text* by the rules of *today*."""
    rules = wording.load_rules()
    found = wording.check(text, rules, today)
    return WordingBox(
        text=text,
        checked=True,
        marked=_marked(text, found),
        findings=tuple(_box(number, one) for number, one in enumerate(found, 1)),
        verdict=_verdict(wording.verdict(found)),
        rules_version=str(rules.version),
        disclaimer=translate(DISCLAIMER),
    )


def _verdict(verdict: str) -> Chip:
    names = {
        "block": _("有禁用语，不能发布"),
        "needs_evidence": _("要有证据才能发布"),
        "caution": _("可以发布，有几处要留意"),
        "clear": _("没有发现限制用语"),
    }
    tone = "good" if verdict == "clear" else severity_chip(verdict).tone
    return Chip(names[verdict], tone)


def _marked(text: str, found: list[wording.Finding]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for one in found:
        pieces.append(Piece(text[at : one.start]))
        pieces.append(Piece(text[one.start : one.end], one.severity))
        at = one.end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)


def _box(number: int, one: wording.Finding) -> FindingBox:
    return FindingBox(
        id=number,
        severity=one.severity,
        chip=severity_chip(one.severity),
        category=translate(one.category),
        place="",
        sentence=(Piece(one.matched, one.severity),),
        why=one.why,
        statute=one.statute,
        suggestion=one.suggestion,
        waiver=None,
        may_waive=False,
    )

"""What the wording check lets into use: no block, and proof or a waiver for every claim."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.findings import standing
from core.errors import InvalidInput
from storage.records.library import Asset, AssetVersion, Evidence, WordingFinding

_TOLD: Final = 5  # findings that the sentence names; the error holds all


@dataclass(frozen=True)
class BlockingFinding:
    """Words that stand in the way: which, where, why, by what law, and what to write instead."""

    id: int | None
    place: str
    start: int
    end: int
    matched: str
    sentence: str
    severity: str
    why: str
    statute: str
    suggestion: str


class WordingBlocked(InvalidInput):
    """The wording check stands in the way; *findings* are all the words that must change."""

    def __init__(self, message: str, findings: tuple[BlockingFinding, ...]) -> None:
        super().__init__(message, "wording")
        self.findings = findings


def demand_fit(
    session: Session,
    asset_id: str,
    findings: Sequence[WordingFinding],
    *,
    today: date,
) -> None:
    """Raise ``WordingBlocked`` while *findings* forbid to publish what they were found in."""
    blocked = [each for each in findings if each.severity == "block"]
    if blocked:
        raise _refusal("有禁用语，改写之后才能继续", blocked)
    claims = standing(findings, "needs_evidence")
    if claims and not proofs_valid_on(session, asset_id, today):
        hint = "有要证明的说法：请添加今天有效的证据，或请法务、合规放行"
        raise _refusal(hint, claims)


def demand_fit_to_show(
    session: Session, asset: Asset, today: date, places: Collection[str] = ()
) -> None:
    """Raise ``WordingBlocked`` when *asset* is published and its texts are not fit to be.

    With *places* only these texts count: what somebody changes now.
    """
    if asset.state != "published" or asset.published_version_id is None:
        return
    version = session.get_one(AssetVersion, asset.published_version_id)
    rows = session.scalars(select(WordingFinding).where(WordingFinding.version_id == version.id))
    found = [each for each in rows if not places or each.place in places]
    demand_fit(session, asset.id, found, today=today)


def proofs_valid_on(session: Session, asset_id: str, today: date) -> list[Evidence]:
    """Return the evidence of an asset that holds on *today*."""
    rows = session.scalars(select(Evidence).where(Evidence.asset_id == asset_id))
    return [each for each in rows if each.valid_until is None or each.valid_until >= today]


def _refusal(what: str, findings: Sequence[WordingFinding]) -> WordingBlocked:
    told = "；".join(
        f"“{each.matched}”（{each.why}建议：{each.suggestion}）" for each in findings[:_TOLD]
    )
    rest = f"；另有 {len(findings) - _TOLD} 处" if len(findings) > _TOLD else ""
    return WordingBlocked(f"{what}：{told}{rest}。", tuple(map(_blocking, findings)))


def _blocking(finding: WordingFinding) -> BlockingFinding:
    return BlockingFinding(
        id=finding.id,
        place=finding.place,
        start=finding.start,
        end=finding.end,
        matched=finding.matched,
        sentence=finding.sentence,
        severity=finding.severity,
        why=finding.why,
        statute=finding.statute,
        suggestion=finding.suggestion,
    )

"""Reads everything that the page of one asset shows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.review_rows import reviews_of
from assets.row_listing import asset_rows
from assets.row_shapes import (
    AssetDetail,
    EvidenceRow,
    FindingRow,
    HistoryRow,
    RightRow,
    UseRow,
    VersionRow,
    WaiverRow,
)
from assets.sentences import history_sentence
from assets.trail import trail_of
from core.errors import NotFound
from storage.records.library import (
    Asset,
    AssetVersion,
    Evidence,
    MessageUse,
    Rendition,
    TextLayer,
    UsageRight,
    WordingFinding,
)


def asset_detail(session: Session, asset_id: str, *, today: date) -> AssetDetail:
    """Return an asset with its whole history; raises ``NotFound``."""
    rows = asset_rows(session, [asset_id], today=today)
    if asset_id not in rows:
        raise NotFound("没有这个资产，请回到资产列表。")
    row = rows[asset_id]
    versions = version_rows(session, asset_id)
    return AssetDetail(
        row=row,
        versions=versions,
        layers=versions[0].layers,
        findings=finding_rows(session, row.newest_id),
        reviews=reviews_of(session, asset_id),
        rights=_rights(session, asset_id),
        evidence=_evidence(session, asset_id),
        uses=_uses(session, asset_id),
        history=_history(session, asset_id),
    )


def version_rows(session: Session, asset_id: str) -> tuple[VersionRow, ...]:
    """Return the versions of an asset, newest first."""
    versions = session.scalars(
        select(AssetVersion)
        .where(AssetVersion.asset_id == asset_id)
        .order_by(AssetVersion.number.desc())
    ).all()
    ids = [version.id for version in versions]
    counts = session.execute(
        select(TextLayer.version_id, func.count())
        .where(TextLayer.version_id.in_(ids), TextLayer.text != "")
        .group_by(TextLayer.version_id)
    )
    layers = Counter({row[0]: row[1] for row in counts})
    pictures: defaultdict[str, list[str]] = defaultdict(list)
    for rendition in session.scalars(select(Rendition).where(Rendition.version_id.in_(ids))):
        pictures[rendition.version_id].append(rendition.name)
    return tuple(_version(each, layers[each.id], pictures[each.id]) for each in versions)


def finding_rows(session: Session, version_id: str) -> tuple[FindingRow, ...]:
    """Return what the wording check found in a version, in the order of its texts."""
    found = session.scalars(
        select(WordingFinding).where(WordingFinding.version_id == version_id)
    ).all()
    return tuple(_finding(each) for each in sorted(found, key=_place))


def _version(version: AssetVersion, layers: int, pictures: list[str]) -> VersionRow:
    return VersionRow(
        id=version.id,
        number=version.number,
        state=version.state,
        sha256=version.sha256,
        filename=version.filename,
        media_type=version.media_type,
        size=version.size,
        body=version.body,
        facts=version.facts,
        note=version.note,
        author=version.author,
        author_id=version.created_by,
        created_at=version.created_at,
        processing=version.processing,
        fault=version.fault,
        layers=layers,
        pictures=tuple(sorted(pictures, key=_numbered)),
    )


def _numbered(name: str) -> tuple[str, int]:
    """page-10 stands after page-9; statement before variant-1."""
    word, _, number = name.rpartition("-")
    return (word, int(number)) if number.isdecimal() else (name, 0)


def _place(finding: WordingFinding) -> tuple[int, str, int, int]:
    first = ("title", "description", "question", "statement")
    rank = first.index(finding.place) if finding.place in first else len(first)
    return rank, *_numbered(finding.place), finding.start


def _finding(finding: WordingFinding) -> FindingRow:
    waiver = None
    if finding.waived_by and finding.waived_at:
        waiver = WaiverRow(finding.waived_by, finding.waiver_reason or "", finding.waived_at)
    return FindingRow(
        id=finding.id,
        place=finding.place,
        start=finding.start,
        end=finding.end,
        rule_id=finding.rule_id,
        category=finding.category,
        severity=finding.severity,
        matched=finding.matched,
        sentence=finding.sentence,
        statute=finding.statute,
        suggestion=finding.suggestion,
        why=finding.why,
        rules_version=finding.rules_version,
        waiver=waiver,
    )


def _rights(session: Session, asset_id: str) -> tuple[RightRow, ...]:
    rights = session.scalars(
        select(UsageRight)
        .where(UsageRight.asset_id == asset_id)
        .order_by(UsageRight.created_at, UsageRight.id)
    )
    return tuple(right_row(right) for right in rights)


def right_row(right: UsageRight) -> RightRow:
    """Return a licence as a plain value."""
    return RightRow(
        id=right.id,
        subject=right.subject,
        licensor=right.licensor,
        contract=right.contract,
        territories=tuple(right.territories),
        channels=tuple(right.channels),
        valid_from=right.valid_from,
        valid_until=right.valid_until,
        note=right.note,
    )


def _evidence(session: Session, asset_id: str) -> tuple[EvidenceRow, ...]:
    found = session.scalars(
        select(Evidence)
        .where(Evidence.asset_id == asset_id)
        .order_by(Evidence.created_at, Evidence.id)
    ).all()
    return evidence_rows(session, found)


def evidence_rows(session: Session, found: Sequence[Evidence]) -> tuple[EvidenceRow, ...]:
    """Return evidence as plain values, each with the title of its document."""
    wanted = {each.file_asset_id for each in found} - {None}
    rows = session.execute(select(Asset.id, Asset.title).where(Asset.id.in_(wanted)))
    files = {row.id: (row.id, row.title) for row in rows}
    return tuple(
        EvidenceRow(
            id=each.id,
            claim=each.claim,
            issuer=each.issuer,
            method=each.method,
            scope=each.scope,
            period=each.period,
            valid_until=each.valid_until,
            file=files.get(each.file_asset_id or ""),
        )
        for each in found
    )


def _uses(session: Session, asset_id: str) -> tuple[UseRow, ...]:
    uses = session.scalars(
        select(MessageUse)
        .where(MessageUse.asset_id == asset_id)
        .order_by(MessageUse.at.desc(), MessageUse.id)
        .limit(100)
    )
    return tuple(
        UseRow(
            each.id,
            each.case_id,
            each.version_number,
            each.variant,
            each.place,
            each.user_name,
            each.at,
        )
        for each in uses
    )


def _history(session: Session, asset_id: str) -> tuple[HistoryRow, ...]:
    return tuple(
        HistoryRow(
            event.at,
            event.actor,
            event.action,
            event.detail,
            history_sentence(event.action, event.detail, event.actor),
        )
        for event in trail_of(session, asset_id)
    )

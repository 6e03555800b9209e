"""What a case mail shows, gathered from the records; the templates only lay it out."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.evidence import Evidence, read_evidence
from alerts.excerpt import Piece, excerpt, plain, short_title
from alerts.moments import local_moment
from alerts.spread import Spread, last_day
from alerts.states import ACTIVE
from alerts.words import CLOCKS, STATES, mail_kind, platform_name, reason_sentence, span_words
from core.translation import Translate, to_translate
from storage.mentions import Contribution
from storage.records.cases import Case, CaseMention, OutboxMessage
from storage.records.watch import Brand, Source

_COUNTS = (
    ("likes", to_translate("赞 {count:,}")),
    ("comments", to_translate("评 {count:,}")),
    ("shares", to_translate("转 {count:,}")),
    ("views", to_translate("看 {count:,}")),
)
_SHOWN_PLATFORMS = 4
# Amber from here on: half of the time is gone.
_SOON_SHARE = 0.5


@dataclass(frozen=True)
class Deadline:
    """A clock that runs: its name, when it ends in local time, what is left or overdrawn of it."""

    name: str
    at: str
    left: str
    late: bool
    soon: bool


@dataclass(frozen=True)
class Quote:
    """The mention that is shown: the passage that hurts, and where it stands."""

    pieces: tuple[Piece, ...]
    where: tuple[str, ...]
    url: str | None


@dataclass(frozen=True)
class CaseMailView:
    """Everything the templates need, in words of the workspace's language and zone."""

    brand: str
    kind: str
    kind_is_late: bool
    title: str
    severe: bool
    state: str
    p_negative: str
    deadlines: tuple[Deadline, ...]
    platforms: tuple[str, ...]
    quote: Quote | None
    reasons: tuple[str, ...]
    spread: Spread | None
    mention_count: int
    can_acknowledge: bool


@dataclass(frozen=True)
class _Reader:
    """For whom it is said: their moment, zone and language."""

    now: datetime
    zone: ZoneInfo
    translate: Translate

    def moment(self, at: datetime) -> str:
        return local_moment(at, self.now, self.zone, self.translate)


def case_mail_view(
    session: Session, row: OutboxMessage, now: datetime, zone: ZoneInfo, translate: Translate
) -> CaseMailView:
    """Gather the mail of *row* as the case stands at *now* (UTC).

    Raises ``sqlalchemy.exc.NoResultFound`` when its case or brand is gone.
    """
    case = session.get_one(Case, row.case_id)
    counts = _platform_counts(session, case.id)
    names = _platform_names(session, list(counts), translate)
    active = case.state in ACTIVE
    reader = _Reader(now, zone, translate)
    shown = _shown(session, row, case)
    return CaseMailView(
        brand=plain(session.get_one(Brand, case.brand_id).name),
        kind=mail_kind(row.kind, row.payload, translate),
        kind_is_late=row.kind == "breach",
        title=plain(case.title),
        severe=case.severity == "severe",
        state=translate(STATES[case.state]),
        p_negative=f"{case.p_negative:.2f}",
        deadlines=_deadlines(case, reader) if active else (),
        platforms=_platforms_told(counts, names, translate),
        quote=_quote(shown, names, case.title, reader) if shown else None,
        reasons=tuple(reason_sentence(rule, translate) for rule in case.reason["rules"]),
        spread=last_day(session, case.id, now, zone),
        mention_count=case.mention_count,
        can_acknowledge=active and case.acknowledged_at is None,
    )


def _shown(session: Session, row: OutboxMessage, case: Case) -> Evidence | None:
    """The mention that the mail is about, else the one that opened the case."""
    wanted = row.payload.get("mention_id"), case.reason["mention_id"]
    found = session.scalars(
        select(CaseMention).where(
            CaseMention.mention_id.in_([name for name in wanted if name]),
            CaseMention.case_id == case.id,
        )
    )
    by_id = {entry.mention_id: entry for entry in found}
    return next((read_evidence(by_id[name]) for name in wanted if name in by_id), None)


def _deadlines(case: Case, reader: _Reader) -> tuple[Deadline, ...]:
    ends = {"response": case.response_due_at, "resolution": case.resolution_due_at}
    if case.acknowledged_at is not None:
        del ends["response"]
    return tuple(
        Deadline(
            name=reader.translate(CLOCKS[name]),
            at=reader.moment(end),
            left=span_words(abs(end - reader.now), reader.translate),
            late=end <= reader.now,
            soon=end - reader.now <= (end - case.detected_at) * _SOON_SHARE,
        )
        for name, end in ends.items()
    )


def _quote(entry: Evidence, names: dict[str, str], headline: str, reader: _Reader) -> Quote:
    where = [names[entry.platform], plain(entry.author or "")]
    where.append(reader.moment(entry.published_at))
    counts = [
        reader.translate(form).format(count=count)
        for name, form in _COUNTS
        if (count := getattr(entry.engagement, name)) is not None
    ]
    where.append(" ".join(counts))
    return Quote(
        _passage(entry, headline),
        tuple(part for part in where if part),
        entry.url if _is_web(entry.url) else None,
    )


def _passage(entry: Evidence, headline: str) -> tuple[Piece, ...]:
    """The words that hurt, without the title where that is the mail's headline already."""
    text, parts = entry.full_text, entry.contributions
    skip = len(text) - len(entry.text)
    if skip and short_title(entry.title, text, parts) == headline:
        moved = [
            Contribution(part.start - skip, part.end - skip, part.weight)
            for part in parts
            if part.start >= skip
        ]
        return excerpt(entry.text, moved)
    return excerpt(text, parts)


def _platform_counts(session: Session, case_id: str) -> dict[str, int]:
    """Count the case's mentions by platform, the most first, then as they came."""
    platform = CaseMention.evidence["platform"].as_string()
    count = func.count()
    rows = session.execute(
        select(platform, count)
        .where(CaseMention.case_id == case_id)
        .group_by(platform)
        .order_by(count.desc(), func.min(CaseMention.joined_at), func.min(CaseMention.mention_id))
    )
    return {str(name): int(number) for name, number in rows}


def _platforms_told(
    counts: dict[str, int], names: dict[str, str], translate: Translate
) -> tuple[str, ...]:
    # Two codes may have one name.
    by_name: Counter[str] = Counter()
    for platform, count in counts.items():
        by_name[names[platform]] += count
    counted = by_name.most_common()
    told = [f"{name} {count}" for name, count in counted[:_SHOWN_PLATFORMS]]
    rest = sum(count for _, count in counted[_SHOWN_PLATFORMS:])
    if rest:
        told.append(translate(to_translate("其他 {count}")).format(count=rest))
    return tuple(told)


def _platform_names(session: Session, platforms: list[str], translate: Translate) -> dict[str, str]:
    """Name each platform; one that only this workspace knows is called as its source is."""
    found = session.execute(
        select(Source.platform, Source.name)
        .where(Source.platform.in_(platforms))
        .order_by(Source.created_at.desc())
    )
    sources = {entry.platform: entry.name for entry in found}
    named = {name: platform_name(name, translate) for name in platforms}
    return {
        name: plain(sources.get(name, words) if words == name else words)
        for name, words in named.items()
    }


def _is_web(url: str | None) -> bool:
    """Whether a link may be followed from a mail: never javascript: and the like."""
    if url is None:
        return False
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False

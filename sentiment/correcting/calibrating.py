"""Recalibrates from the marks of people: when enough new ones came, and never for long."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import Clock
from sentiment.correcting.accuracy import standing
from sentiment.correcting.applying import log_probabilities, parameters_of
from sentiment.correcting.fitting import FEWEST_MARKS, Verdict, judge_fit
from sentiment.correcting.marks import WHOLE, one_a_mention
from sentiment.engines.ngram_model import Calibration
from storage.mentions import Label
from storage.records import Records
from storage.records.marks import CalibrationFit, MentionMark

Scope = Literal["brand", "source_type"]

# New marks after which a calibration is looked at again.
STEP: Final = 10
# A fit takes the newest of them: it stays below a second, and what people say may change.
_MOST_MARKS: Final = 2_000
_PLACE: Final[Mapping[str, int]] = {label: place for place, label in enumerate(get_args(Label))}


@dataclass(frozen=True)
class Group:
    """The marks from which one calibration is made, the oldest first."""

    scope: Scope
    key: str
    marks: tuple[MentionMark, ...]


class Recalibrator:
    """Looks at the marks whenever new ones came. For one thread."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock
        self._seen: tuple[str, int] | None = None

    def step(self, engine: str) -> bool:
        """Fit what is due for *engine* (``Scorer.name``); say whether anything was."""
        with self._records.read() as session:
            newest = session.scalar(select(func.max(MentionMark.id))) or 0
        if self._seen == (engine, newest):
            return False
        done = recalibrate(self._records, engine, self._clock)
        self._seen = engine, newest
        return bool(done)


def recalibrate(records: Records, engine: str, clock: Clock) -> list[CalibrationFit]:
    """Fit what has enough new marks of *engine* (``Scorer.name``); return the new records."""
    with records.read() as session:
        groups = list(_due(session, engine))
        shaping = _shaping(session, groups)
        newest = session.scalar(select(func.max(MentionMark.id))) or 0
    # Outside any transaction: others need not wait for arithmetic.
    fitted = [(group, _judged(group, shaping)) for group in groups]
    if not fitted:
        return []
    rows = [_row(group, verdict, engine, newest, clock) for group, verdict in fitted]
    with records.write() as session:
        session.add_all(rows)
    return rows


def latest_fits(session: Session) -> list[CalibrationFit]:
    """Return the last fit of every brand and source type, the newest first."""
    newest = select(func.max(CalibrationFit.id)).group_by(CalibrationFit.scope, CalibrationFit.key)
    return list(
        session.scalars(
            select(CalibrationFit)
            .where(CalibrationFit.id.in_(newest))
            .order_by(CalibrationFit.id.desc())
        )
    )


def _due(session: Session, engine: str) -> Iterator[Group]:
    known = {(fit.scope, fit.key): fit for fit in _latest_of(session, engine)}
    marks = [mark for mark in standing(session) if mark.engine == engine]
    for group in _groups(marks):
        if len(group.marks) < FEWEST_MARKS:
            continue
        last = known.get((group.scope, group.key))
        if last is None or _new_words(session, group, last.last_mark_id) >= STEP:
            yield group


def _latest_of(session: Session, engine: str) -> Sequence[CalibrationFit]:
    newest = (
        select(func.max(CalibrationFit.id))
        .where(CalibrationFit.engine == engine)
        .group_by(CalibrationFit.scope, CalibrationFit.key)
    )
    return session.scalars(select(CalibrationFit).where(CalibrationFit.id.in_(newest))).all()


def _groups(marks: Sequence[MentionMark]) -> Iterator[Group]:
    for brand in sorted({mark.subject for mark in marks} - {WHOLE}):
        yield _group("brand", brand, [mark for mark in marks if mark.subject == brand])
    once = one_a_mention(marks)
    for source_type in sorted({mark.source_type for mark in once if mark.source_type}):
        chosen = [mark for mark in once if mark.source_type == source_type]
        yield _group("source_type", source_type, chosen)


def _group(scope: Scope, key: str, marks: Sequence[MentionMark]) -> Group:
    return Group(scope, key, tuple(sorted(marks, key=lambda mark: mark.id)[-_MOST_MARKS:]))


def _new_words(session: Session, group: Group, since: int) -> int:
    """Count mentions marked, or taken back, since; each once, however many subjects it has."""
    where = (
        MentionMark.subject == group.key
        if group.scope == "brand"
        else MentionMark.source_type == group.key
    )
    found = session.scalar(
        select(func.count(MentionMark.mention_id.distinct())).where(
            MentionMark.id > since, MentionMark.taken_from.is_(None), where
        )
    )
    return found or 0


def _shaping(session: Session, groups: Sequence[Group]) -> Mapping[int, Calibration]:
    """Our own calibrations that had shaped what the engine said when it was marked."""
    ids = {mark.calibration_id for group in groups for mark in group.marks} - {None}
    rows = session.scalars(select(CalibrationFit).where(CalibrationFit.id.in_(ids)))
    return {row.id: parameters_of(row) for row in rows}


def _judged(group: Group, shaping: Mapping[int, Calibration]) -> Verdict:
    logits = [
        log_probabilities(
            (mark.p_negative, mark.p_neutral, mark.p_positive),
            shaping.get(mark.calibration_id or 0),
        )
        for mark in group.marks
    ]
    labels = [_PLACE[mark.label] for mark in group.marks]
    return judge_fit(np.array(logits), np.array(labels))


def _row(group: Group, verdict: Verdict, engine: str, newest: int, clock: Clock) -> CalibrationFit:
    found = verdict.calibration
    return CalibrationFit(
        scope=group.scope,
        key=group.key,
        engine=engine,
        parameters={"temperature": found.temperature, "biases": list(found.biases)},
        figures=asdict(verdict.figures) if verdict.figures else {},
        marks=len(group.marks),
        last_mark_id=newest,
        in_use=verdict.kept,
        reason=verdict.reason,
        at=clock.now(),
    )

"""Copies take over what people said of a mention with the same text: rows beside people's marks.

Everything here runs in the caller's write transaction and repeats harmlessly. A person's own word
on a copy wins over what it would take over; one that was taken back wins over older marks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.copies import is_copy
from sentiment.correcting.marks import TAKEN_BACK, WHOLE, last_words, with_marks
from storage.mentions import Mention, MentionBrand
from storage.records.counters import raise_counter
from storage.records.marks import MarkReach, MentionMark

COPY: Final = "copy"
# More than this many people's marks in one story contradict or repeat each other.
_MOST_SOURCES: Final = 50
_CHUNK: Final = 500

Words = Mapping[str, MentionMark]


@dataclass(frozen=True)
class Taken:
    """A copy before and after it took something over, and the rows that say so."""

    before: Mention
    after: Mention
    marks: tuple[MentionMark, ...]


def set_out(session: Session, mention: Mention, newest: int) -> None:
    """Let mark *newest* of *mention* begin its way to the copies that the worker then goes."""
    if not mention.story_id:
        return
    reach = session.get(MarkReach, mention.id)
    if reach is None:
        reach = MarkReach(mention_id=mention.id, story_id=mention.story_id)
        session.add(reach)
    reach.mark_id, reach.reached = newest, ""


def sources_of(session: Session, story_ids: Iterable[str]) -> list[str]:
    """Return the ids of the mentions in these stories that people marked, 50 newest a story."""
    ids = list(dict.fromkeys(story_ids))
    found: list[str] = []
    place = func.row_number().over(
        partition_by=MarkReach.story_id, order_by=MarkReach.mark_id.desc()
    )
    for at in range(0, len(ids), _CHUNK):
        newest = (
            select(MarkReach.mention_id, place.label("place"))
            .where(MarkReach.story_id.in_(ids[at : at + _CHUNK]))
            .subquery()
        )
        found += session.scalars(select(newest.c.mention_id).where(newest.c.place <= _MOST_SOURCES))
    return found


def take_over(
    session: Session, copies: Sequence[Mention], sources: Sequence[Mention], now: datetime
) -> list[Taken]:
    """Write what *copies* take over from the marks on *sources*; return those that changed.

    Both are as the index holds them, or as the engine judged them just now.
    """
    said = last_words(session, [source.id for source in sources])
    known = last_words(session, [copy.id for copy in copies])
    due: list[tuple[Mention, list[MentionMark]]] = []
    for copy in copies:
        words = known.get(copy.id, {})
        from_them = [
            said[source.id]
            for source in sources
            if source.id in said
            and source.id != copy.id
            and source.story_id == copy.story_id
            and is_copy(source.full_text, copy.full_text)
        ]
        rows = [
            _row(copy, subject, words.get(subject), mark, now)
            for subject, mark in _due(copy, words, from_them)
        ]
        if rows:
            due.append((copy, rows))
    _store(session, due)
    return [_taken(copy, known.get(copy.id, {}), rows) for copy, rows in due]


def _store(session: Session, due: Sequence[tuple[Mention, Sequence[MentionMark]]]) -> None:
    newest = session.scalar(select(func.max(MentionMark.id))) or 0
    for copy, rows in due:
        session.add_all(rows)
        if copy.marked > newest:
            # Records restored from an older copy: the index would take the rows for late ones.
            session.flush()
            newest = _raise_ids(session, rows, copy.marked)
    session.flush()


def _raise_ids(session: Session, rows: Sequence[MentionMark], marked: int) -> int:
    """Give *rows* ids above *marked* and all others; return the largest."""
    newest = max(marked, session.scalar(select(func.max(MentionMark.id))) or 0)
    for at, row in enumerate(rows, newest + 1):
        row.id = at
    session.flush()
    raise_counter(session, MentionMark, newest + len(rows))
    return newest + len(rows)


def _taken(copy: Mention, words: Words, rows: Sequence[MentionMark]) -> Taken:
    after = with_marks(copy, {**words, **{row.subject: row for row in rows}})
    return Taken(with_marks(copy, words), after, tuple(rows))


def _due(copy: Mention, words: Words, from_them: Sequence[Words]) -> list[tuple[str, MentionMark]]:
    """Return (subject, mark to be taken over), and where a mark was taken back that one."""
    due = []
    for subject in (WHOLE, *dict.fromkeys(brand.id for brand in copy.brands)):
        theirs = [said[subject] for said in from_them if subject in said]
        theirs = [mark for mark in theirs if mark.taken_from is None]
        standing = [mark for mark in theirs if mark.said != TAKEN_BACK]
        wanted = max(standing or theirs, key=lambda mark: mark.id, default=None)
        if wanted is not None and _changes(words.get(subject), wanted):
            due.append((subject, wanted))
    return due


def _changes(last: MentionMark | None, wanted: MentionMark) -> bool:
    if last is None:
        return wanted.said != TAKEN_BACK
    if last.taken_from is None:
        return last.said == TAKEN_BACK and wanted.said != TAKEN_BACK and wanted.id > last.id
    if wanted.said == TAKEN_BACK:
        return last.taken_label != TAKEN_BACK
    return last.taken_from != wanted.id


def _row(
    copy: Mention,
    subject: str,
    last: MentionMark | None,
    mark: MentionMark,
    now: datetime,
) -> MentionMark:
    judged: Mention | MentionBrand = next(
        (brand for brand in copy.brands if brand.id == subject), copy
    )
    # The index may hold what was taken over before; the engine's own word is then in that row.
    return MentionMark(
        mention_id=copy.id,
        subject=subject,
        said=TAKEN_BACK,
        taken_label=mark.said,
        taken_from=mark.id,
        engine_label=last.engine_label if last else judged.label,
        p_negative=(last or judged).p_negative,
        p_neutral=(last or judged).p_neutral,
        p_positive=(last or judged).p_positive,
        engine=last.engine if last else copy.scorer,
        calibration_id=last.calibration_id if last else judged.calibration,
        source_type=None,
        origin=COPY,
        # Nobody's, so that the same person may still say the same of the copy itself.
        actor_id="",
        actor_name=mark.actor_name,
        at=now,
    )

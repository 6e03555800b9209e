"""People's marks: written, read, and laid over what the engine found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final, Literal, TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from storage.mentions import Label, Mention, MentionBrand
from storage.records.counters import raise_counter
from storage.records.marks import MentionMark
from storage.records.watch import Source

# The subject of a mark on the whole text; every other subject is a brand's id.
WHOLE: Final = ""
TAKEN_BACK: Final = ""

Origin = Literal["found", "sample"]
_CHUNK: Final = 500
_ENGINES_WORD: Final = (
    "engine_label",
    "p_negative",
    "p_neutral",
    "p_positive",
    "engine",
    "calibration_id",
)
_Judged = TypeVar("_Judged", Mention, MentionBrand)


@dataclass(frozen=True)
class Marker:
    """Who marks. *id* is a user's, or None for a program's token."""

    id: str | None
    name: str


def subjects_of(mention: Mention, brand_id: str | None) -> tuple[str, ...]:
    """Return what a mark is for: the brand, or the whole text without one.

    A mention of one brand is about it, so a word on either holds for both. Raises ``NotFound`` for
    a brand that the mention does not name.
    """
    known = list(dict.fromkeys(brand.id for brand in mention.brands))
    if brand_id is not None and brand_id not in known:
        raise NotFound("这条提及没有提到这个品牌。")
    if len(known) == 1:
        return WHOLE, known[0]
    return (WHOLE if brand_id is None else brand_id,)


def add_marks(
    session: Session,
    mention: Mention,
    subjects: Sequence[str],
    label: Label | None,
    marker: Marker,
    now: datetime,
    origin: Origin = "found",
) -> list[MentionMark]:
    """Write that *marker* says *label* of each subject, or with None takes back what stands.

    *mention* is as the index holds it. Run in a write transaction. Returns the rows that were
    added: none for a subject of which the same person has just said the same, and none where there
    is nothing to take back.
    """
    told = {mark.subject: mark for mark in history(session, mention.id)}
    source = session.get(Source, mention.source_id) if mention.source_id else None
    added = []
    for subject in subjects:
        last = told.get(subject)
        if not _says_something(last, label, marker):
            continue
        mark = MentionMark(
            mention_id=mention.id,
            subject=subject,
            label=label or TAKEN_BACK,
            **_found_by_engine(mention, subject, last),
            source_type=source.source_type if source else None,
            origin=origin,
            actor_id=marker.id,
            actor_name=marker.name,
            at=now,
        )
        if (session.scalar(select(func.max(MentionMark.id))) or 0) < mention.marked:
            # Records restored from an older copy: the index would take the mark for a late one.
            raise_counter(session, MentionMark, mention.marked)
        session.add(mark)
        session.flush()
        added.append(mark)
    return added


def history(session: Session, mention_id: str) -> list[MentionMark]:
    """Return everything that was said of a mention, the oldest first."""
    return list(
        session.scalars(
            select(MentionMark).where(MentionMark.mention_id == mention_id).order_by(MentionMark.id)
        )
    )


def last_words(session: Session, mention_ids: Iterable[str]) -> dict[str, dict[str, MentionMark]]:
    """Return mention id → subject → its last mark, those that take back included."""
    ids = list(dict.fromkeys(mention_ids))
    found: dict[str, dict[str, MentionMark]] = {}
    for at in range(0, len(ids), _CHUNK):
        newest = (
            select(func.max(MentionMark.id))
            .where(MentionMark.mention_id.in_(ids[at : at + _CHUNK]))
            .group_by(MentionMark.mention_id, MentionMark.subject)
        )
        for mark in session.scalars(select(MentionMark).where(MentionMark.id.in_(newest))):
            found.setdefault(mark.mention_id, {})[mark.subject] = mark
    return found


def with_marks(mention: Mention, words: Mapping[str, MentionMark]) -> Mention:
    """Return *mention* with what people say of it; *words* are the last ones, by subject.

    A person's label has the probability 1; where a mark was taken back the engine's stand again.
    """
    if not words:
        return mention
    whole = _judged(mention, words.get(WHOLE))
    return replace(
        whole,
        brands=tuple(_judged(brand, words.get(brand.id)) for brand in mention.brands),
        marked=max(mark.id for mark in words.values()),
    )


def all_with_marks(session: Session, mentions: Sequence[Mention]) -> list[Mention]:
    """Return *mentions* with what people say of them."""
    words = last_words(session, [mention.id for mention in mentions])
    return [with_marks(mention, words.get(mention.id, {})) for mention in mentions]


def newest_by_mention(session: Session) -> list[tuple[str, int]]:
    """Return (mention id, id of its newest mark) for every mention that was ever marked."""
    rows = session.execute(
        select(MentionMark.mention_id, func.max(MentionMark.id))
        .group_by(MentionMark.mention_id)
        .order_by(MentionMark.mention_id)
    )
    return [(mention_id, newest) for mention_id, newest in rows]


def one_a_mention(marks: Iterable[MentionMark]) -> list[MentionMark]:
    """Return for each mention its mark on the whole text, or else on one of its brands.

    A mention of one brand carries the same word twice; it counts once.
    """
    ordered = sorted(marks, key=lambda mark: (mark.mention_id, mark.subject))
    return [next(group) for _, group in groupby(ordered, key=lambda mark: mark.mention_id)]


def _says_something(last: MentionMark | None, label: Label | None, marker: Marker) -> bool:
    if last is None or last.label == TAKEN_BACK:
        return label is not None
    same_person = (last.actor_id, last.actor_name) == (marker.id, marker.name)
    return not (last.label == label and same_person)


def _found_by_engine(
    mention: Mention, subject: str, last: MentionMark | None
) -> dict[str, str | float | int | None]:
    """From the index only for the first mark: later the index may hold a person's word."""
    if last is not None:
        return {name: getattr(last, name) for name in _ENGINES_WORD}
    judged: Mention | MentionBrand = next(
        (brand for brand in mention.brands if brand.id == subject), mention
    )
    return {
        "engine_label": judged.label,
        "p_negative": judged.p_negative,
        "p_neutral": judged.p_neutral,
        "p_positive": judged.p_positive,
        "engine": mention.scorer,
        "calibration_id": judged.calibration,
    }


def _judged(found: _Judged, mark: MentionMark | None) -> _Judged:
    if mark is None:
        return found
    if mark.label == TAKEN_BACK:
        return replace(
            found,
            label=cast(Label, mark.engine_label),
            p_negative=mark.p_negative,
            p_neutral=mark.p_neutral,
            p_positive=mark.p_positive,
        )
    return replace(
        found,
        label=cast(Label, mark.label),
        p_negative=float(mark.label == "negative"),
        p_neutral=float(mark.label == "neutral"),
        p_positive=float(mark.label == "positive"),
    )

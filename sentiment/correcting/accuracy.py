"""How often the engine was right, by what people said of its labels.

People mark what strikes them, mostly errors: a share of those says nothing about all mentions. So
only mentions that were drawn by chance for checking make the rate; the others are counted beside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sentiment.correcting.marks import TAKEN_BACK, WHOLE, one_a_mention
from storage.records.marks import MentionMark

_Z: Final = 1.959964  # the normal distribution's 97.5 % point


@dataclass(frozen=True)
class Accuracy:
    """Marks that stand, counted. *checked* were drawn by chance, *right* of them confirmed.

    *corrected* and *confirmed* are those that people came upon.
    """

    checked: int = 0
    right: int = 0
    corrected: int = 0
    confirmed: int = 0

    @property
    def rate(self) -> float | None:
        """The share of checked mentions whose label was right; None without any."""
        return self.right / self.checked if self.checked else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the rate lies with 95 % confidence; None without any."""
        return wilson(self.right, self.checked) if self.checked else None

    @property
    def marks(self) -> int:
        """All of them."""
        return self.checked + self.corrected + self.confirmed


@dataclass(frozen=True)
class Accuracies:
    """By brand id, by source type (empty: none is known), and over all mentions."""

    whole: Accuracy
    by_brand: Mapping[str, Accuracy]
    by_type: Mapping[str, Accuracy]


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); *count* is at least 1."""
    share, square = right / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    spread = share * (1 - share) / count + square / (4 * count * count)
    half = _Z * spread**0.5 / (1 + square / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def accuracies(
    session: Session,
    after: datetime | None = None,
    before: datetime | None = None,
) -> Accuracies:
    """Count the marks that stand, made from *after* until *before* (aware).

    By brand counts what was said towards it; by type and over all, each mention counts once.
    """
    marks = standing(session, after, before)
    once = one_a_mention(marks)
    brands = {mark.subject for mark in marks} - {WHOLE}
    types = {mark.source_type or "" for mark in once}
    return Accuracies(
        whole=counted(once),
        by_brand={
            each: counted(mark for mark in marks if mark.subject == each) for each in sorted(brands)
        },
        by_type={
            each: counted(mark for mark in once if (mark.source_type or "") == each)
            for each in sorted(types)
        },
    )


def standing(
    session: Session, after: datetime | None = None, before: datetime | None = None
) -> list[MentionMark]:
    """Return the marks that hold now and were made in the span."""
    newest = select(func.max(MentionMark.id)).group_by(MentionMark.mention_id, MentionMark.subject)
    query = select(MentionMark).where(MentionMark.id.in_(newest), MentionMark.label != TAKEN_BACK)
    if after is not None:
        query = query.where(MentionMark.at >= after)
    if before is not None:
        query = query.where(MentionMark.at < before)
    return list(session.scalars(query.order_by(MentionMark.id)))


def counted(marks: Iterable[MentionMark]) -> Accuracy:
    """Count *marks* by where they came from and whether the engine was right."""
    counts = {("sample", True): 0, ("sample", False): 0, ("found", True): 0, ("found", False): 0}
    for mark in marks:
        counts[mark.origin, mark.label == mark.engine_label] += 1
    right = counts["sample", True]
    return Accuracy(
        checked=right + counts["sample", False],
        right=right,
        corrected=counts["found", False],
        confirmed=counts["found", True],
    )

"""What people say of sentiment: their marks on mentions, and the calibrations made from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SQLColumnExpression
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class MentionMark(Base):
    """A person's word on the sentiment of a mention. Rows are only ever added: ids tell the order.

    *subject* is the brand it is meant for, or empty for the whole text; of one mention and subject
    the last row holds. *said* is what a person said of this very mention, empty where the mark was
    taken back. What the engine found is kept beside it: *engine_label*, its three probabilities,
    the *engine*'s name, and in *calibration_id* which of our own calibrations had shaped them. A
    mark with the engine's own label confirms it. *origin* is sample for a mention that was drawn
    by chance for checking, else found, or copy: then nobody spoke of this mention, but of another
    with the same text. *taken_from* is that mark's id, *taken_label* its label (empty: that mark
    was taken back), *actor_name* who gave it; *actor_id* and *said* are empty.
    """

    __tablename__ = "mention_marks"
    __table_args__ = (
        Index("ix_mention_marks_mention", "mention_id", "subject"),
        Index("ix_mention_marks_at", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[str]
    subject: Mapped[str]
    said: Mapped[str] = mapped_column("label")
    taken_label: Mapped[str] = mapped_column(default="", server_default="")
    taken_from: Mapped[int | None]
    engine_label: Mapped[str]
    p_negative: Mapped[float]
    p_neutral: Mapped[float]
    p_positive: Mapped[float]
    engine: Mapped[str]
    calibration_id: Mapped[int | None] = mapped_column(ForeignKey("calibrations.id"))
    source_type: Mapped[str | None] = mapped_column(index=True)
    origin: Mapped[str]
    actor_id: Mapped[str | None]
    actor_name: Mapped[str]
    at: Mapped[datetime]

    @hybrid_property
    def label(self) -> str:
        """What holds by this row, said or taken over; empty: the engine's label.

        In a query it is only what was said, so that whoever counts marks counts no copies.
        """
        return self.said or self.taken_label or ""

    @label.inplace.setter
    def _set_label(self, label: str) -> None:
        self.said = label

    @label.inplace.expression
    @classmethod
    def _said_label(cls) -> SQLColumnExpression[str]:
        return cls.said


class MarkReach(Base):
    """How far the marks of a mention have come among the copies of its text: one row a mention.

    *mark_id* is its newest mark. Its story's mentions are gone through in the order of their ids;
    *reached* is the last one, empty before the first and None when all are done. The row stays,
    for the copies to come.
    """

    __tablename__ = "mark_reaches"
    __table_args__ = (
        Index("ix_mark_reaches_story", "story_id"),
        Index("ix_mark_reaches_reached", "reached"),
    )

    mention_id: Mapped[str] = mapped_column(primary_key=True)
    story_id: Mapped[str]
    mark_id: Mapped[int]
    reached: Mapped[str | None]


class CalibrationFit(Base):
    """Four parameters fitted to marks for one brand or source type, kept or refused.

    *scope* is brand or source_type, *key* its id or code. Of one scope, key and *engine* the last
    row holds. *parameters* are temperature and three biases (negative, neutral, positive),
    *figures* what the check on held-back marks gave; *reason* says why it is *in_use* or not.
    *last_mark_id* is the newest mark that was known.
    """

    __tablename__ = "calibrations"
    __table_args__ = (Index("ix_calibrations_of", "scope", "key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]
    key: Mapped[str]
    engine: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    marks: Mapped[int]
    last_mark_id: Mapped[int]
    in_use: Mapped[bool]
    reason: Mapped[str]
    at: Mapped[datetime]

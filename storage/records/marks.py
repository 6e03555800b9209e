"""What people say of sentiment: their marks on mentions, and the calibrations made from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class MentionMark(Base):
    """A person's word on the sentiment of a mention. Rows are only ever added: ids tell the order.

    *subject* is the brand it is meant for, or empty for the whole text; of one mention and subject
    the last row holds. *label* is empty where the person took the mark back. What the engine found
    is kept beside it: *engine_label*, its three probabilities, the *engine*'s name, and in
    *calibration_id* which of our own calibrations had shaped them. A mark with the engine's own
    label confirms it. *origin* is sample for a mention that was drawn by chance for checking, else
    found.
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
    label: Mapped[str]
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

"""Cases (舆情事件): the story, its clock, its evidence, its events, and the mails they cause."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class Policy(Base):
    """Who is told, how soon and with which warnings. Cases keep a copy of what applied to them."""

    __tablename__ = "policies"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    rules: Mapped[dict[str, Any]]
    recipients: Mapped[list[str]]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Case(Base):
    """One negative story about one own brand.

    *normal_length* counts the characters of *text* in its normal form, in which texts are compared.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_brand_state", "brand_id", "state"),
        Index("ix_cases_due", "next_due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    brand_id: Mapped[str] = mapped_column(ForeignKey("brands.id"))
    story_id: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    state: Mapped[str]
    severity: Mapped[str]
    reason: Mapped[dict[str, Any]]
    signature: Mapped[bytes]
    normal_length: Mapped[int]
    text: Mapped[str]
    policy: Mapped[dict[str, Any]]
    recipients: Mapped[list[str]]

    opened_at: Mapped[datetime]
    detected_at: Mapped[datetime]
    first_published_at: Mapped[datetime]
    response_due_at: Mapped[datetime]
    resolution_due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)

    mention_count: Mapped[int]
    heat: Mapped[int]
    p_negative: Mapped[float]
    trace_id: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    next_due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_fence: Mapped[int] = mapped_column(default=0)


class CaseMention(Base):
    """A mention that is part of a case, with the evidence copied at the time it joined.

    The unique (mention, brand) key is what makes a replay harmless.
    """

    __tablename__ = "case_mentions"

    mention_id: Mapped[str] = mapped_column(primary_key=True)
    brand_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    joined_at: Mapped[datetime]
    published_at: Mapped[datetime]
    heat: Mapped[int]
    p_negative: Mapped[float]
    evidence: Mapped[dict[str, Any]]


class CaseEvent(Base):
    """One step of a case's timeline. *dedupe* makes an event that may be replayed unique."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case_id", "dedupe"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[str | None]
    actor_name: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    dedupe: Mapped[str]


class OutboxMessage(Base):
    """A notification that must reach someone: committed with the event that causes it.

    *attempts* and *first_attempt_at* are of the present series; a person's retry begins a new one.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        Index("ix_outbox_messages_due", "state", "next_due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    channel: Mapped[str]
    recipient: Mapped[str]
    payload: Mapped[dict[str, Any]]
    dedupe: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    next_due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    location: Mapped[str | None]
    last_error: Mapped[str | None]
    trace_id: Mapped[str]

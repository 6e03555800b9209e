"""What is watched and where: brands, sources, and what became of each spooled batch."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column, validates

from storage.records.base import Base


class Brand(Base):
    """A watched subject; *role* is own, competitor or industry."""

    __tablename__ = "brands"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(default=list)
    products: Mapped[list[str]] = mapped_column(default=list)
    people: Mapped[list[str]] = mapped_column(default=list)
    exclude: Mapped[list[str]] = mapped_column(default=list)
    context: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    # Counted up by every case that opens or joins: locks the brand's row on any database.
    case_counter: Mapped[int] = mapped_column(default=0)


class Source(Base):
    """A place to collect from, its schedule, its lease and its health.

    *host* follows from *url*: sources of one host take turns. *gaps* holds for each UTC day (ISO)
    that brought something new the longest wait for it in seconds, of the newest 60 such days.
    """

    __tablename__ = "sources"
    __table_args__ = (Index("ix_sources_due", "enabled", "next_due_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    url: Mapped[str]
    platform: Mapped[str]
    source_type: Mapped[str | None]
    identity: Mapped[str]
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    interval_s: Mapped[int]
    delay_s: Mapped[float]
    obey_robots: Mapped[bool] = mapped_column(default=True)
    max_pages: Mapped[int] = mapped_column(default=200)
    trusted: Mapped[bool] = mapped_column(default=False)
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    next_due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_fence: Mapped[int] = mapped_column(default=0)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]

    failures: Mapped[int] = mapped_column(default=0)
    last_started_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_hint: Mapped[str | None]
    items_total: Mapped[int] = mapped_column(default=0)
    new_total: Mapped[int] = mapped_column(default=0)
    host: Mapped[str | None] = mapped_column(index=True)
    gaps: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @validates("url")
    def _tell_host(self, _name: str, url: str) -> str:
        self.host = host_of(url)
        return url


class BatchReceipt(Base):
    """What became of a spooled batch: written once, when it is durable, before it is deleted."""

    __tablename__ = "batch_receipts"

    batch_id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str | None] = mapped_column(index=True)
    trace_id: Mapped[str]
    read: Mapped[int]
    new: Mapped[int]
    duplicate: Mapped[int]
    dropped: Mapped[int]
    invalid: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(index=True)


def host_of(url: str) -> str | None:
    """Return the host of *url* in lower case, None for what has none (a folder)."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None

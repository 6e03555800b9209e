"""What crawls leave in the records: each visit, the pages known of a source, and when a host rests.

A host is crawled by one source at a time: the lease on that source is the lease on its host.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base

RunStatus = Literal["running", "ok", "not_modified", "error", "lost"]


class CrawlRun(Base):
    """One visit to a source. *new*, *duplicates* and *dropped* grow while its batches are ingested.

    *status* is a ``RunStatus``; ``lost`` is a crawl that went with its worker. *latencies* are the
    seconds from published to detected of its new mentions.
    """

    __tablename__ = "crawl_runs"
    # With the count, so that the columns of two weeks are summed from the index alone.
    __table_args__ = (Index("ix_crawl_runs_source", "source_id", "started_at", "new"),)

    trace_id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="running")
    items: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    dropped: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    failed_pages: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    hint: Mapped[str | None]
    latencies: Mapped[list[int]] = mapped_column(JSON, default=list)


class CrawlHost(Base):
    """A host that was crawled: no source of it is visited before *next_allowed_at*."""

    __tablename__ = "crawl_hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    next_allowed_at: Mapped[datetime] = mapped_column(index=True)


class SourcePage(Base):
    """A page that a source's crawls have read; visited again from *next_due_at* on, if ever."""

    __tablename__ = "source_pages"
    __table_args__ = (Index("ix_source_pages_last", "source_id", "last_at"),)

    source_id: Mapped[str] = mapped_column(primary_key=True)
    page_key: Mapped[str] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None]
    visits: Mapped[int] = mapped_column(default=1)

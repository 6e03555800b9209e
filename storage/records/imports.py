"""Imports of files: what was asked for, how far it came, and what became of the rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class ImportRecord(Base):
    """One import of one or more files.

    *state* is reading (rows still become batches), storing (all are in the spool), done or failed.
    *key* names the files' contents and the options: an import that was cut off is found again by
    it. *files* hold name, path, size, sha256, format and rows of each; *options* are those of
    ``crawlers.importing.options``. Batch number n of the import has an id made of *id* and n, so
    that a batch that is written twice counts once; *batches* is how many there are so far.
    *notes* are remarks that concern no single row, and counts of remarks by their sentence.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_key", "key", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    trace_id: Mapped[str]
    source_name: Mapped[str]
    state: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    batches: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    dropped: Mapped[int] = mapped_column(default=0)
    invalid: Mapped[int] = mapped_column(default=0)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    error: Mapped[str | None]
    started_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

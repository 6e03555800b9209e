"""Throws away what senders left behind: parts, uploads, and files that nobody made use of."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import Clock
from storage.objects import ObjectStore, blob_key
from storage.records import Records
from storage.records.library import AssetVersion, Blob, Upload

# An upload lives for 24 hours, and a part may still come for an hour after its URL was made.
KEPT: Final = timedelta(hours=26)
_EVERY: Final = timedelta(hours=1)
_AT_ONCE: Final = 100


def sweep(records: Records, files: ObjectStore, clock: Clock) -> int:
    """Remove expired uploads, what they left and content no version uses; return how many."""
    removed = files.sweep(KEPT)
    while True:
        with records.write() as session:
            expired = session.scalars(
                select(Upload).where(Upload.expires_at <= clock.now()).limit(_AT_ONCE)
            ).all()
            for upload in expired:
                session.delete(upload)
            session.flush()
            for sha256 in {upload.sha256 for upload in expired if upload.state == "complete"}:
                _drop_unused(session, files, str(sha256))
        removed += len(expired)
        if len(expired) < _AT_ONCE:
            return removed


class Sweeper:
    """Sweeps once an hour."""

    def __init__(self, records: Records, files: ObjectStore, clock: Clock) -> None:
        self._records, self._files, self._clock = records, files, clock
        self._due: datetime | None = None

    def step(self) -> bool:
        """Sweep when an hour has passed; the worker calls this often."""
        now = self._clock.now()
        if self._due is None or now >= self._due:
            sweep(self._records, self._files, self._clock)
            self._due = now + _EVERY
        return False


def _drop_unused(session: Session, files: ObjectStore, sha256: str) -> None:
    """Delete content without a version; before the commit, so that a kill leaves it to be redone.

    Whoever brings the same content at this moment looks for it in a transaction after this one.
    """
    used = select(AssetVersion.id).where(AssetVersion.sha256 == sha256).limit(1)
    coming = select(Upload.id).where(Upload.sha256 == sha256, Upload.state == "complete").limit(1)
    blob = session.get(Blob, sha256)
    if blob is None or session.scalar(used) is not None or session.scalar(coming) is not None:
        return
    session.delete(blob)
    session.flush()
    files.delete(blob_key(sha256))

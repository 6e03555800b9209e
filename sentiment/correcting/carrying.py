"""Brings the index of mentions along with people's marks, which the records hold.

A note is committed with the mark and taken away when the index has it durably, so a process may be
killed between the two; carrying twice changes nothing, and who comes late changes nothing either.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.faults import fault_point
from sentiment.correcting.marks import last_words, newest_by_mention, with_marks
from storage.records import Records
from storage.records.library import IndexOutbox
from storage.search import MentionIndex

RECORD_TYPE: Final = "mention"
_BATCH: Final = 200
# Due whatever the clock says.
_AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)


def note(session: Session, mention_id: str, newest: int) -> None:
    """Note in the caller's write transaction that the index must learn of mark *newest*."""
    known = session.get(IndexOutbox, _note_id(mention_id))
    if known is not None:
        known.revision = newest
        return
    session.add(
        IndexOutbox(
            id=_note_id(mention_id),
            record_type=RECORD_TYPE,
            record_id=mention_id,
            revision=newest,
            next_due_at=_AT_ONCE,
        )
    )


def carry_due(
    records: Records, index: MentionIndex, *, only: Sequence[str] = (), limit: int = _BATCH
) -> int:
    """Carry up to *limit* noted mentions, or *only* these, into the index; return how many.

    Raises ``StorageError`` when the index cannot be written; the notes then stay.
    """
    with records.read() as session:
        due = select(IndexOutbox.record_id, IndexOutbox.revision).where(
            IndexOutbox.record_type == RECORD_TYPE
        )
        if only:
            due = due.where(IndexOutbox.record_id.in_(only))
        noted = {row.record_id: row.revision for row in session.execute(due.limit(limit))}
    if not noted:
        return 0
    fault_point("marks.before-index")
    carry(records, index, list(noted))
    fault_point("marks.after-index")
    with records.write() as session:
        _settle(session, noted)
    return len(noted)


def carry(records: Records, index: MentionIndex, mention_ids: Sequence[str]) -> int:
    """Let the index hold durably what people say of these mentions; return how many changed."""
    held = index.get_many(mention_ids)
    with records.read() as session:
        words = last_words(session, held)
    changed = index.relabel_many([with_marks(held[key], words[key]) for key in words])
    index.sync()
    return changed


def heal(records: Records, index: MentionIndex) -> int:
    """Carry every mark that the index lacks, and return how many mentions that changed.

    So an index that was restored from an older copy mends itself. Run before the worker's loops.
    """
    with records.read() as session:
        newest = dict(newest_by_mention(session))
    ids, changed = list(newest), 0
    for at in range(0, len(ids), _BATCH):
        held = index.get_many(ids[at : at + _BATCH])
        stale = [key for key, mention in held.items() if mention.marked < newest[key]]
        if stale:
            changed += carry(records, index, stale)
    return changed


def _settle(session: Session, noted: Mapping[str, int]) -> None:
    """Take the notes away, but not those of mentions that were marked again meanwhile."""
    for mention_id, revision in noted.items():
        session.execute(
            delete(IndexOutbox).where(
                IndexOutbox.id == _note_id(mention_id), IndexOutbox.revision == revision
            )
        )


def _note_id(mention_id: str) -> str:
    return f"{RECORD_TYPE}:{mention_id}"

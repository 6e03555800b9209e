"""Takes mentions that nobody keeps any longer out of the records, and receipts of old batches.

What people decided stays: cases with their evidence, which is a copy, and marks. A story stays
while one of its mentions or a case tells it; then it goes with its signature, so that records do
not grow for ever.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.records.cases import Case
from storage.records.marks import MarkReach
from storage.records.stories import Story, StoryBand, StoryMember
from storage.records.watch import BatchReceipt

# Some hundredths of a second under the write lock.
_RECEIPTS_A_STEP: Final = 500


def forget_mentions(session: Session, mention_ids: Sequence[str]) -> int:
    """Forget which stories these up to 500 mentions are in, and stories that end with them.

    Returns how many stories went.
    """
    members = StoryMember.mention_id.in_(mention_ids)
    touched = set(session.scalars(select(StoryMember.story_id).where(members)))
    session.execute(delete(StoryMember).where(members))
    session.execute(delete(MarkReach).where(MarkReach.mention_id.in_(mention_ids)))
    told = select(StoryMember.story_id).where(StoryMember.story_id.in_(touched))
    kept = select(Case.story_id).where(Case.story_id.in_(touched))
    ended = touched - set(session.scalars(told)) - set(session.scalars(kept))
    session.execute(delete(MarkReach).where(MarkReach.story_id.in_(ended)))
    numbers = select(Story.number).where(Story.id.in_(ended))
    session.execute(delete(StoryBand).where(StoryBand.story_number.in_(numbers)))
    session.execute(delete(Story).where(Story.id.in_(ended)))
    return len(ended)


def forget_receipts(session: Session, before: datetime) -> int:
    """Delete up to 500 receipts from before a moment; return how many."""
    old = session.scalars(
        select(BatchReceipt.batch_id).where(BatchReceipt.at < before).limit(_RECEIPTS_A_STEP)
    ).all()
    session.execute(delete(BatchReceipt).where(BatchReceipt.batch_id.in_(old)))
    return len(old)

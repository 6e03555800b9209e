"""Brings what people said of a mention to the copies of its text: to those stored, and to new ones.

The marks are the truth and a row says how far each has come among its copies. The worker goes on
from there, a batch a step: what copies take over, their cases, a note for the index each, and the
place reached are one transaction, so a process may be killed anywhere. It runs where new mentions
are taken in, in the same thread: none can slip in between the copies that a step sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from alerts.correcting import FRESH
from alerts.opening import consider
from alerts.outbox import MESSAGE_HOST
from alerts.relabelled import tell_copies
from alerts.taking_over import Taken, sources_of, take_over
from core.clock import Clock
from core.ids import Ids
from sentiment.correcting.carrying import carry_due, note
from storage.mentions import Mention
from storage.records import Records
from storage.records.marks import MarkReach
from storage.records.stories import StoryMember
from storage.records.watch import Source
from storage.search import MentionIndex

# Copies looked at in one step: it stays well below a second.
BATCH: Final = 200


@dataclass(frozen=True)
class Copying:
    """Lets the copies of one workspace follow their marked ones. For the worker's one thread."""

    records: Records
    index: MentionIndex
    clock: Clock
    ids: Ids
    message_host: str = MESSAGE_HOST

    def step(self) -> bool:
        """Bring one mark to its next copies; say whether there was any under way.

        Raises ``StorageError`` when the index cannot be read or written; the records then know
        what is left to do.
        """
        with self.records.read() as session:
            reach = _under_way(session)
            if reach is None:
                return False
            ids = _next_members(session, reach)
            marked = sources_of(session, [reach.story_id])
        held = self.index.get_many(list(dict.fromkeys([*marked, *ids])))
        sources = [held[each] for each in marked if each in held]
        copies = [held[each] for each in ids if each in held]
        with self.records.write() as session:
            taken = take_over(session, copies, sources, self.clock.now())
            for each in taken:
                note(session, each.after.id, each.after.marked)
            tell_copies(session, taken, self.clock.now())
            self._open_cases(session, taken)
            _go_on(session, reach, ids[-1] if len(ids) == BATCH else None)
        if taken:
            carry_due(self.records, self.index, only=[each.after.id for each in taken])
        return True

    def arrived(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Let *mentions*, judged and with their stories but not yet stored, take over at once.

        Those that the records know already are given with what people say of them.
        """
        stories = {mention.story_id for mention in mentions}
        with self.records.read() as session:
            marked = sources_of(session, stories)
        if not marked:
            return list(mentions)
        sources = list(self.index.get_many(marked).values())
        with self.records.write() as session:
            taken = take_over(session, mentions, sources, self.clock.now())
        after = {each.after.id: each.after for each in taken}
        return [after.get(mention.id, mention) for mention in mentions]

    def _open_cases(self, session: Session, taken: Sequence[Taken]) -> None:
        """Let copies that became bad news open or join a case, as the marked one does."""
        now, after = self.clock.now(), [each.after for each in taken]
        for each in taken:
            if not _became_worse(each) or now - each.after.published_at > FRESH:
                continue
            consider(
                session,
                each.after,
                trusted=_is_trusted(session, each.after),
                siblings=[other for other in after if other.id != each.after.id],
                seen_at=now,
                said=True,
                clock=self.clock,
                ids=self.ids,
                message_host=self.message_host,
            )


def _became_worse(taken: Taken) -> bool:
    was = {brand.id: brand.label for brand in taken.before.brands}
    return any(
        brand.role == "own" and brand.label == "negative" != was[brand.id]
        for brand in taken.after.brands
    )


def _is_trusted(session: Session, mention: Mention) -> bool:
    source = session.get(Source, mention.source_id) if mention.source_id else None
    return source is not None and source.trusted


def _under_way(session: Session) -> MarkReach | None:
    """Return the oldest mark that has not come to all copies."""
    return session.scalars(
        select(MarkReach)
        .where(MarkReach.reached.is_not(None))
        .order_by(MarkReach.mark_id, MarkReach.mention_id)
        .limit(1)
    ).first()


def _next_members(session: Session, reach: MarkReach) -> list[str]:
    return list(
        session.scalars(
            select(StoryMember.mention_id)
            .where(
                StoryMember.story_id == reach.story_id,
                StoryMember.mention_id > (reach.reached or ""),
            )
            .order_by(StoryMember.mention_id)
            .limit(BATCH)
        )
    )


def _go_on(session: Session, reach: MarkReach, reached: str | None) -> None:
    """Keep the place reached, unless a newer mark has begun its way meanwhile."""
    session.execute(
        update(MarkReach)
        .where(MarkReach.mention_id == reach.mention_id, MarkReach.mark_id == reach.mark_id)
        .values(reached=reached)
        .execution_options(synchronize_session=False)
    )

"""A person corrects the sentiment of a mention: the mark, its cases and the index follow.

Mark, note for the index, cases and audit are one transaction of the records; the index is brought
along at once, and by the worker when that fails or the process ends between the two. The copies of
its text follow by the worker: see ``alerts.copying``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from alerts.actions import Actor
from alerts.opening import CaseChange, consider
from alerts.outbox import MESSAGE_HOST
from alerts.relabelled import tell_cases
from alerts.taking_over import set_out
from core.clock import Clock
from core.errors import NotFound, StorageError
from core.ids import Ids
from core.log import logger
from sentiment.correcting.carrying import carry_due, note
from sentiment.correcting.marks import (
    Marker,
    Origin,
    add_marks,
    last_words,
    subjects_of,
    with_marks,
)
from storage.mentions import Label, Mention
from storage.records import Records
from storage.records.audit import audit
from storage.records.marks import MentionMark
from storage.records.watch import Source
from storage.search import Filters, MentionIndex, SearchRequest

# Whoever tidies up older labels must not call people at night.
FRESH: Final = timedelta(days=7)
_MOST_SIBLINGS: Final = 200


@dataclass(frozen=True)
class Correction:
    """The mention as it stands now, the marks that were added, the cases that opened or grew."""

    mention: Mention
    marks: tuple[MentionMark, ...]
    cases: tuple[CaseChange, ...]


@dataclass(frozen=True)
class Corrector:
    """Corrects mentions of one workspace. Thread-safe."""

    records: Records
    index: MentionIndex
    clock: Clock
    ids: Ids
    message_host: str = MESSAGE_HOST

    def mark(
        self,
        mention_id: str,
        label: Label,
        actor: Actor,
        brand_id: str | None = None,
        origin: Origin = "found",
    ) -> Correction:
        """Let *actor* say that the whole text, or the mention towards *brand_id*, is *label*.

        The engine's own label confirms it. The last word holds, all are kept; saying the same again
        changes nothing. What becomes negative towards an own brand and is less than a week old
        opens or joins a case by the ordinary rule, its clock starting now. What no longer is stays
        in its case, on whose timeline that is told. Raises ``NotFound``.
        """
        return self._say(mention_id, label, actor, brand_id, origin)

    def take_back(self, mention_id: str, actor: Actor, brand_id: str | None = None) -> Correction:
        """Let the engine's label hold again; without a mark nothing changes.

        Raises ``NotFound``.
        """
        return self._say(mention_id, None, actor, brand_id, "found")

    def _say(
        self,
        mention_id: str,
        label: Label | None,
        actor: Actor,
        brand_id: str | None,
        origin: Origin,
    ) -> Correction:
        held = self.index.get(mention_id)
        if held is None:
            raise NotFound("没有这条提及。")
        subjects = subjects_of(held, brand_id)
        siblings = self._siblings(held) if label == "negative" else []
        now = self.clock.now()
        with self.records.write() as session:
            before = _standing(session, held)
            marker = Marker(actor.id, actor.name)
            marks = add_marks(session, held, subjects, label, marker, now, origin)
            if not marks:
                return Correction(before, (), ())
            after = _standing(session, held)
            note(session, mention_id, after.marked)
            set_out(session, after, max(mark.id for mark in marks))
            said = {"label": label, "subjects": [mark.subject for mark in marks]}
            audit(session, now, actor.name, "label", "mention", mention_id, **said)
            tell_cases(session, before, after, marks, actor, now)
            cases = self._open(session, before, after, siblings, now)
        self._carry(mention_id)
        return Correction(after, tuple(marks), tuple(cases))

    def _open(
        self,
        session: Session,
        before: Mention,
        after: Mention,
        siblings: Sequence[Mention],
        now: datetime,
    ) -> list[CaseChange]:
        """Let what became bad news open or join a case."""
        was = {brand.id: brand.label for brand in before.brands}
        worse = any(
            brand.role == "own" and brand.label == "negative" != was[brand.id]
            for brand in after.brands
        )
        if not worse or now - after.published_at > FRESH:
            return []
        source = session.get(Source, after.source_id) if after.source_id else None
        return consider(
            session,
            after,
            trusted=source is not None and source.trusted,
            siblings=siblings,
            said=True,
            # Before this nobody could have known.
            seen_at=now,
            clock=self.clock,
            ids=self.ids,
            message_host=self.message_host,
        )

    def _siblings(self, mention: Mention) -> list[Mention]:
        if not mention.story_id:
            return []
        page = self.index.search(
            SearchRequest(filters=Filters(story_ids=(mention.story_id,)), limit=_MOST_SIBLINGS)
        )
        return [hit.mention for hit in page.hits if hit.mention.id != mention.id]

    def _carry(self, mention_id: str) -> None:
        try:
            carry_due(self.records, self.index, only=[mention_id])
        except StorageError as error:
            # The mark is safe; the worker carries it when the index is back.
            logger("marks").error("index not brought along", mention=mention_id, error=str(error))


def _standing(session: Session, held: Mention) -> Mention:
    """The mention by the records, which may be ahead of the index."""
    return with_marks(held, last_words(session, [held.id]).get(held.id, {}))

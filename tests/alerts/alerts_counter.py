"""A counter where people correct mentions: a desk with the index and what follows a mark."""

from dataclasses import replace
from typing import Any

from alerts_desk import Desk
from sqlalchemy import select

from alerts.actions import Actor
from alerts.copying import Copying
from alerts.correcting import Corrector
from sentiment.clusters import assign_stories
from sentiment.correcting.marks import all_with_marks, history
from storage.mentions import Mention
from storage.records.marks import MentionMark
from storage.search import EmbeddedMentionIndex

LIN, ZHOU = Actor("user_lin", "林岚"), Actor("user_zhou", "周航")


class Counter:
    """A desk with an index, where people correct and copies follow."""

    def __init__(self, desk: Desk, index: EmbeddedMentionIndex) -> None:
        self.desk, self.index = desk, index
        self.corrector = Corrector(desk.records, index, desk.clock, desk.ids)
        self.copying = Copying(desk.records, index, desk.clock, desk.ids)

    def put(self, *mentions: Mention) -> None:
        self.index.create_many(mentions)

    def arrive(self, *mentions: Mention) -> None:
        """Take mentions in as ingest does: with the stories of their texts, then indexed."""
        texts = [(mention.id, mention.full_text) for mention in mentions]
        with self.desk.records.read() as session:
            given = all_with_marks(session, mentions)
        stories = assign_stories(self.desk.records, texts, self.desk.clock.now(), self.desk.ids)
        self.put(
            *self.copying.arrived([replace(each, story_id=stories[each.id]) for each in given])
        )

    def spread(self) -> int:
        """Let every mark come to all its copies; return in how many steps."""
        steps = 0
        while self.copying.step():
            steps += 1
        return steps

    def labels(self, *mention_ids: str) -> list[str]:
        return [self.get(each).label for each in mention_ids]

    def get(self, mention_id: str = "m1") -> Mention:
        found = self.index.get(mention_id)
        assert found is not None
        return found

    def history(self, mention_id: str = "m1") -> list[MentionMark]:
        with self.desk.records.read() as session:
            return history(session, mention_id)

    def said(self, mention_id: str = "m1") -> list[tuple[str, str, str]]:
        return [(mark.subject, mark.label, mark.actor_name) for mark in self.history(mention_id)]

    def all_of(self, table: type[Any]) -> list[Any]:
        with self.desk.records.read() as session:
            return list(session.scalars(select(table)))

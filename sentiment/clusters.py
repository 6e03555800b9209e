"""Keeps stories: puts each mention into its near-duplicate cluster once and for all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple, TypeVar, cast

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from core.ids import Ids
from sentiment.stories import band_keys, same_story, signature
from storage.records import Records
from storage.records.stories import Story, StoryBand, StoryMember

# A text is compared with the stories that share most bands with it; what shares fewer than the
# tenth is boilerplate, not a copy.
_MAX_CANDIDATES: Final = 10
# PostgreSQL takes 65,535 values in one statement, SQLite 32,766.
_VALUES_A_QUERY: Final = 10_000
# A text takes about a millisecond under the write lock: 32 band keys are looked up and stored.
_TEXTS_A_TRANSACTION: Final = 25

# Tables and not their classes: rows that nobody holds as objects go in at half the work.
_STORIES, _BANDS, _MEMBERS = (
    cast(Table, each.__table__) for each in (Story, StoryBand, StoryMember)
)

T = TypeVar("T")


@dataclass(frozen=True)
class _Marked:
    """A text with its signature and band keys."""

    text: str
    signature: bytes
    keys: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_Marked":
        mark = signature(text)
        return cls(text, mark, tuple(dict.fromkeys(band_keys(mark))))


class _Told(NamedTuple):
    """The id of a story, its first text and that text's signature."""

    story: str
    text: str
    signature: bytes


class _Founded(NamedTuple):
    """A story that a batch founds: its number and its first mention."""

    number: int
    mention_id: str


@dataclass
class _Stories:
    """The stories that a batch may join: those in the database and those it founds itself."""

    by_key: dict[int, list[int]] = field(default_factory=dict)
    told: dict[int, _Told] = field(default_factory=dict)

    def nearest(self, marked: _Marked) -> list[int]:
        """Return the numbers of the stories that share most bands, the nearest first."""
        shared = Counter(story for key in marked.keys for story in self.by_key.get(key, ()))
        return [story for story, _ in shared.most_common(_MAX_CANDIDATES)]

    def find(self, marked: _Marked) -> str | None:
        """Return the story that *marked* tells, if there is one."""
        for number in self.nearest(marked):
            told = self.told[number]
            if same_story(marked.text, marked.signature, told.text, told.signature):
                return told.story
        return None

    def add(self, number: int, told: _Told, keys: Iterable[int]) -> None:
        """Let story *number* be found by *keys*."""
        self.told[number] = told
        for key in keys:
            self.by_key.setdefault(key, []).append(number)


def assign_stories(
    records: Records, texts: Sequence[tuple[str, str]], now: datetime, ids: Ids
) -> dict[str, str]:
    """Return mention id → story id for (mention id, text) pairs; new stories are made as needed.

    Some texts at a time are one write transaction, so two workers cannot found the same story and
    nobody waits long for the write lock. A mention that has a story keeps it, which makes a replay
    of any part harmless.
    """
    decided: dict[str, str] = {}
    for some in _chunks(dict(texts).items(), _TEXTS_A_TRANSACTION):
        marked = {key: _Marked.of(text) for key, text in some}
        with records.load() as session:
            decided |= _assign(session, marked, now, ids)
    return decided


def _assign(
    session: Session, texts: Mapping[str, _Marked], now: datetime, ids: Ids
) -> dict[str, str]:
    decided = _decided(session, list(texts))
    marked = {key: text for key, text in texts.items() if key not in decided}
    stories = _known(session, list(marked.values()))
    founded: dict[str, _Founded] = {}
    number = _last_number(session)
    for mention_id, text in marked.items():
        story = stories.find(text)
        if story is None:
            story, number = ids.new("story"), number + 1
            stories.add(number, _Told(story, text.text, text.signature), text.keys)
            founded[story] = _Founded(number, mention_id)
        decided[mention_id] = story
    if marked:
        _store(session, {key: decided[key] for key in marked}, founded, marked, now)
    return decided


def story_sizes(session: Session, story_ids: Iterable[str]) -> dict[str, int]:
    """Return story id → number of its mentions."""
    sizes: dict[str, int] = {}
    for some in _chunks(story_ids):
        rows = session.execute(select(Story.id, Story.mention_count).where(Story.id.in_(some)))
        sizes |= {row.id: row.mention_count for row in rows}
    return sizes


def _decided(session: Session, mention_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _chunks(mention_ids):
        rows = session.execute(
            select(StoryMember.mention_id, StoryMember.story_id).where(
                StoryMember.mention_id.in_(some)
            )
        )
        found |= {row.mention_id: row.story_id for row in rows}
    return found


def _last_number(session: Session) -> int:
    """Return the highest number of a story; under the write lock nobody else takes the next."""
    return session.scalar(select(func.max(Story.number))) or 0


def _known(session: Session, texts: Sequence[_Marked]) -> _Stories:
    """Read the stored stories that share a band with any of *texts*."""
    stories = _Stories()
    for some in _chunks({key for marked in texts for key in marked.keys}):
        rows = session.execute(
            select(StoryBand.key, StoryBand.story_number)
            .where(StoryBand.key.in_(some))
            .order_by(StoryBand.key, StoryBand.story_number)
        )
        for row in rows:
            stories.by_key.setdefault(row.key, []).append(row.story_number)
    for near in _chunks({story for marked in texts for story in stories.nearest(marked)}):
        rows = session.execute(
            select(Story.number, Story.id, Story.text, Story.signature).where(
                Story.number.in_(near)
            )
        )
        stories.told |= {row.number: _Told(row.id, row.text, row.signature) for row in rows}
    return stories


def _store(
    session: Session,
    joined: dict[str, str],
    founded: dict[str, _Founded],
    marked: dict[str, _Marked],
    now: datetime,
) -> None:
    sizes = Counter(joined.values())
    if founded:
        session.execute(
            insert(_STORIES),
            [
                {
                    "id": story,
                    "number": first.number,
                    "first_mention_id": first.mention_id,
                    "first_at": now,
                    "text": marked[first.mention_id].text,
                    "signature": marked[first.mention_id].signature,
                    "mention_count": sizes.pop(story),
                }
                for story, first in founded.items()
            ],
        )
        session.execute(
            insert(_BANDS),
            [
                {"key": key, "story_number": first.number}
                for first in founded.values()
                for key in marked[first.mention_id].keys
            ],
        )
    for story, more in sizes.items():
        session.execute(
            update(Story)
            .where(Story.id == story)
            .values(mention_count=Story.mention_count + more)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        insert(_MEMBERS),
        [{"mention_id": key, "story_id": story, "at": now} for key, story in joined.items()],
    )


def _chunks(values: Iterable[T], size: int = _VALUES_A_QUERY) -> Iterator[list[T]]:
    left = iter(values)
    while some := list(islice(left, size)):
        yield some

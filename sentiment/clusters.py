"""Keeps stories: puts each mention into its near-duplicate cluster once and for all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ids import Ids
from sentiment.stories import band_keys, same_story, signature
from storage.records.stories import Story, StoryBand, StoryMember

# A text that shares bands with more stories than this is boilerplate; the newest are looked at.
_MAX_CANDIDATES: Final = 50


def assign_stories(
    session: Session, texts: Sequence[tuple[str, str]], now: datetime, ids: Ids
) -> dict[str, str]:
    """Return mention id → story id for (mention id, text) pairs; new stories are made as needed.

    Runs in the caller's write transaction, so two workers cannot found the same story. A mention
    that has a story keeps it, which makes a replay harmless.
    """
    decided = _decided(session, [mention_id for mention_id, _ in texts])
    for mention_id, text in texts:
        if mention_id in decided:
            continue
        mark = signature(text)
        keys = band_keys(mark)
        story = _find(session, text, mark, keys)
        if story is None:
            story = _found(session, mention_id, text, mark, keys, now, ids)
        story.mention_count += 1
        session.add(StoryMember(mention_id=mention_id, story_id=story.id, at=now))
        decided[mention_id] = story.id
    return decided


def story_sizes(session: Session, story_ids: Iterable[str]) -> dict[str, int]:
    """Return story id → number of its mentions."""
    rows = session.execute(
        select(Story.id, Story.mention_count).where(Story.id.in_(list(story_ids)))
    )
    return {row.id: row.mention_count for row in rows}


def _decided(session: Session, mention_ids: list[str]) -> dict[str, str]:
    rows = session.execute(
        select(StoryMember.mention_id, StoryMember.story_id).where(
            StoryMember.mention_id.in_(mention_ids)
        )
    )
    return {row.mention_id: row.story_id for row in rows}


def _find(session: Session, text: str, mark: bytes, keys: list[int]) -> Story | None:
    candidates = session.scalars(
        select(Story)
        .where(
            Story.id.in_(select(StoryBand.story_id).where(StoryBand.key.in_(keys))),
        )
        .order_by(Story.first_at.desc(), Story.id)
        .limit(_MAX_CANDIDATES)
    )
    for story in candidates:
        if same_story(text, mark, story.text, story.signature):
            return story
    return None


def _found(
    session: Session,
    mention_id: str,
    text: str,
    mark: bytes,
    keys: list[int],
    now: datetime,
    ids: Ids,
) -> Story:
    story = Story(
        id=ids.new("story"),
        first_mention_id=mention_id,
        first_at=now,
        text=text,
        signature=mark,
        mention_count=0,
    )
    session.add(story)
    session.flush()
    session.add_all(StoryBand(key=key, story_id=story.id) for key in sorted(set(keys)))
    session.flush()
    return story

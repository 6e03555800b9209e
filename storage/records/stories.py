"""Near-duplicate clusters of mentions, and what finds them again."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class Story(Base):
    """A cluster of mentions that tell the same; text and signature are its first mention's.

    *number* counts stories up, for bands to name them in a few bytes.
    """

    __tablename__ = "stories"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(index=True, server_default="0")
    first_mention_id: Mapped[str]
    first_at: Mapped[datetime]
    text: Mapped[str]
    signature: Mapped[bytes]
    mention_count: Mapped[int]


class StoryBand(Base):
    """One MinHash band of the story with that number: 32 rows a story, so they are kept small."""

    __tablename__ = "story_bands"
    __table_args__ = (
        Index("ix_story_bands_story", "story_number"),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    story_number: Mapped[int] = mapped_column(primary_key=True)


class StoryMember(Base):
    """The story a mention was put into: decided once, read again by a replay."""

    __tablename__ = "story_members"

    mention_id: Mapped[str] = mapped_column(primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)

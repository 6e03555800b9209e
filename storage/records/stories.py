"""Near-duplicate clusters: signatures and band keys, so that any worker can find a story."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.records.base import Base


class Story(Base):
    """A cluster of mentions that tell the same; text and signature are its first mention's."""

    __tablename__ = "stories"

    id: Mapped[str] = mapped_column(primary_key=True)
    first_mention_id: Mapped[str]
    first_at: Mapped[datetime]
    text: Mapped[str]
    signature: Mapped[bytes]
    mention_count: Mapped[int]


class StoryBand(Base):
    """One MinHash band of a story."""

    __tablename__ = "story_bands"
    __table_args__ = (Index("ix_story_bands_story", "story_id"),)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    story_id: Mapped[str] = mapped_column(
        ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True
    )


class StoryMember(Base):
    """The story a mention was put into: decided once, read again by a replay."""

    __tablename__ = "story_members"

    mention_id: Mapped[str] = mapped_column(primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)

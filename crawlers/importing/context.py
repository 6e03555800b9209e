"""What every row of an import is read with, and what becomes of a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from crawlers.raw import RawMention, SourceType

Mask = Callable[[str], str | None]


@dataclass(frozen=True)
class Context:
    """*now* (aware) is when the import began: it bounds all times. A time without an offset is
    taken in *zone*; *mask* turns an author's name into a pseudonym.
    """

    now: datetime
    zone: tzinfo
    mask: Mask


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that became a mention, or *reason*, why it did not; *ignored* rows count as none.

    *remarks* are sentences about a row that was taken nevertheless.
    """

    row: int
    sheet: str = ""
    mention: RawMention | None = None
    source_type: SourceType | None = None
    reason: str = ""
    ignored: bool = False
    remarks: tuple[str, ...] = ()

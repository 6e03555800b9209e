"""What a source gave, before anybody judged it, and the batches it travels in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.mentions import Engagement, Kind

SCHEMA_VERSION = 1
Identity = Literal["native_id", "url", "content"]
SourceType = Literal["weibo", "news", "finance", "forum", "review"]


@dataclass(frozen=True)
class RawMention:
    """One entry as a source gave it. *author* is already a pseudonym; times are aware UTC.

    *row* counts from 1 in the file that the entry was imported from.
    """

    platform: str
    text: str
    detected_at: datetime
    native_id: str | None = None
    url: str | None = None
    kind: Kind = "post"
    title: str = ""
    author: str | None = None
    published_at: datetime | None = None
    engagement: Engagement = field(default_factory=Engagement)
    row: int | None = None


@dataclass(frozen=True)
class BatchHead:
    """First line of a spool file: where the batch comes from and what to store once it is safe.

    *identity* says what a mention's id is made of. *etag* and *last_modified* are the source's
    validators, stored only after the batch is durable and only while the source still has
    *source_version*: an edited source must be read anew. *open_cases* is false for history.
    *visited* are the keys (``crawlers.page_key``) of the pages that were read since the batch
    before; whatever they gave is in this batch or an earlier one of the same crawl. *file* names
    the file that the rows were imported from, when an import has several.
    """

    id: str
    trace_id: str
    fetched_at: datetime
    identity: Identity = "native_id"
    source_id: str | None = None
    source_name: str = ""
    source_type: SourceType | None = None
    trusted: bool = False
    open_cases: bool = True
    etag: str | None = None
    last_modified: str | None = None
    source_version: int | None = None
    invalid: tuple[tuple[int, str], ...] = ()
    visited: tuple[str, ...] = ()
    file: str = ""
    schema: int = SCHEMA_VERSION


@dataclass(frozen=True)
class Batch:
    """A spool file's content."""

    head: BatchHead
    mentions: tuple[RawMention, ...]

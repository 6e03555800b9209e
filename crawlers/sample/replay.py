"""Replays the sample's past: every batch through the real ingest, at the time it was fetched.

The clock is moved from moment to moment, and between two moments whatever falls due happens: the
warnings and breaches of the cases, and their mails.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import func, select

from alerts.channels.channel import Channel
from alerts.clock import run_due
from alerts.outbox import Render, deliver_due
from core.clock import FixedClock
from core.errors import NotFound
from core.ids import Ids
from crawlers.identity import mention_id
from crawlers.ingest import Ingest
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.sample.entry import Entry
from crawlers.sample.history import PastMention, past
from crawlers.sample.load import SampleSource, Site
from crawlers.spool import Spool
from storage.mentions import Engagement
from storage.records import Records
from storage.records.cases import Case, CaseMention

# The shop's reviews came in as a file, so no source stands for them.
SHOP_NAME: Final = "商城评价（导入）"
SHOP_PLATFORM: Final = "商城评价"
_PLATFORMS: Final[Mapping[Site, str]] = {
    "news": "sample-news",
    "forum": "sample-forum",
    "feed": "sample-weiyan",
}
# Posts that opened no case were fetched together with those of the same day.
_TOGETHER: Final = timedelta(hours=24)
_SLOWEST_MIN: Final = 9


@dataclass(frozen=True)
class Moment:
    """Something that happens at *at* (aware)."""

    at: datetime
    happens: Callable[[], None]


@dataclass(frozen=True)
class Stage:
    """What a replay plays on. *clock* is moved; *mask* makes an author a pseudonym."""

    records: Records
    spool: Spool
    ingest: Ingest
    clock: FixedClock
    ids: Ids
    channel: Channel
    render: Render
    mask: Callable[[str], str | None]
    message_host: str


def play(stage: Stage, moments: Iterable[Moment], until: datetime) -> None:
    """Let *moments* happen in the order of time, and what they make due, up to *until*."""
    for moment in sorted(moments, key=lambda one: one.at):
        _pass_time(stage, moment.at)
        moment.happens()
        _deliver(stage)
    _pass_time(stage, until)


def past_batches(
    stage: Stage,
    sources: Mapping[str, tuple[str, SampleSource]],
    started_at: datetime,
    base_url: str,
) -> Iterator[Moment]:
    """Yield the moments at which the posts of the past were fetched.

    *sources* is keyed by platform and holds each source's id and what it is.
    """
    for platform, posts in _by_platform(past()).items():
        source = sources.get(platform)
        for group in _groups(posts, started_at):
            raws = tuple(_raw(stage, one, platform, started_at, base_url) for one in group)
            fetched_at = max(raw.detected_at for raw in raws)
            batch = Batch(_head(stage.ids, source, fetched_at), raws)
            yield Moment(fetched_at, lambda batch=batch: _ingest(stage, batch))  # type: ignore[misc]


def first_of(story: str) -> PastMention:
    """Return the first post of *story*. Raises ``NotFound``."""
    for one in past():
        if one.told.story == story:
            return one
    raise NotFound(f"history.json tells no story {story!r}")


def case_of(records: Records, story: str) -> Case:
    """Return the case that the first post of *story* opened. Raises ``NotFound``."""
    told = first_of(story).told
    key = _mention_id(told.site, told.id)
    with records.read() as session:
        case = session.scalars(
            select(Case)
            .join(CaseMention, CaseMention.case_id == Case.id)
            .where(CaseMention.mention_id == key)
        ).first()
    if case is None:
        raise NotFound(f"the story {story!r} opened no case")
    return case


def detected(one: PastMention, started_at: datetime) -> datetime:
    """Return when the crawl saw a post of the past: a few minutes after it was published."""
    minutes = 2 + zlib.crc32(one.told.id.encode()) % (_SLOWEST_MIN - 1)
    return one.published(started_at) + timedelta(minutes=minutes)


def _pass_time(stage: Stage, until: datetime) -> None:
    """Move the clock to *until*, stopping wherever a case has something due."""
    while (due := _next_due(stage.records)) is not None and due <= until:
        stage.clock.at = max(due, stage.clock.at)
        run_due(stage.records, stage.clock, stage.ids, message_host=stage.message_host)
        _deliver(stage)
    stage.clock.at = max(until, stage.clock.at)


def _next_due(records: Records) -> datetime | None:
    with records.read() as session:
        return session.scalar(select(func.min(Case.next_due_at)))


def _deliver(stage: Stage) -> None:
    deliver_due(stage.records, stage.channel, stage.clock, stage.render)


def _ingest(stage: Stage, batch: Batch) -> None:
    stage.spool.put(batch)
    while stage.ingest.next_batch():
        pass


def _by_platform(posts: Iterable[PastMention]) -> dict[str, list[PastMention]]:
    found: dict[str, list[PastMention]] = {}
    for one in posts:
        found.setdefault(_platform(one.told.site), []).append(one)
    return found


def _groups(posts: list[PastMention], started_at: datetime) -> Iterator[list[PastMention]]:
    """Yield what one fetch brought: a story's post alone, others with those of a day."""

    def when(one: PastMention) -> tuple[int, str]:
        span = int(detected(one, started_at).timestamp() // _TOGETHER.total_seconds())
        return span, one.told.id if one.told.story else ""

    ordered = sorted(posts, key=when)
    for _, group in groupby(ordered, key=when):
        yield list(group)


def _raw(
    stage: Stage, one: PastMention, platform: str, started_at: datetime, base_url: str
) -> RawMention:
    told, published = one.told, one.published(started_at)
    return RawMention(
        platform=platform,
        text=told.text,
        detected_at=detected(one, started_at),
        native_id=told.id,
        url=Entry(told, published, base_url).url,
        title=told.title,
        author=stage.mask(told.author),
        published_at=published,
        engagement=Engagement(told.likes, told.comments, told.shares, told.views),
    )


def _head(ids: Ids, source: tuple[str, SampleSource] | None, fetched_at: datetime) -> BatchHead:
    batch_id, trace_id = ids.new("batch"), ids.new("trace")
    if source is None:
        return BatchHead(
            batch_id, trace_id, fetched_at, source_name=SHOP_NAME, source_type="review"
        )
    source_id, sample = source
    return BatchHead(
        batch_id,
        trace_id,
        fetched_at,
        identity=sample.identity,
        source_id=source_id,
        source_name=sample.name,
        source_type=sample.source_type,
        trusted=sample.trusted,
    )


def _platform(site: Site) -> str:
    return _PLATFORMS.get(site, SHOP_PLATFORM)


def _mention_id(site: Site, native_id: str) -> str:
    platform = _platform(site)
    raw = RawMention(platform, "", datetime.min, native_id=native_id)  # noqa: DTZ901 - not looked at
    return mention_id(platform, "native_id", raw, None)

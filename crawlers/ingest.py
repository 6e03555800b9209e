"""From the spool to mentions: match, score, cluster, index, open cases; safe to repeat anywhere.

Each step may be cut off and run again: the index creates once by id, the story of a mention is
decided once, a case takes a mention once, and a receipt is written once. A batch is deleted only
when index and records hold it durably.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy.orm import Session

from alerts.copying import Copying
from alerts.opening import consider
from alerts.outbox import MESSAGE_HOST
from core.clock import Clock
from core.errors import StorageError
from core.faults import fault_point
from core.ids import Ids
from core.log import logger
from crawlers.judging import Judge, published
from crawlers.latency import latencies_of
from crawlers.raw import Batch, BatchHead, RawMention
from crawlers.revisits import note_visits
from crawlers.rhythm import with_gap
from crawlers.runs import credit_run
from crawlers.spool import ClaimedBatch, PoisonBatch, Spool
from sentiment.clusters import assign_stories, story_sizes
from sentiment.correcting.marks import all_with_marks
from storage.mentions import Mention
from storage.records import Records
from storage.records.watch import BatchReceipt, Source
from storage.search import Filters, MentionIndex, SearchRequest

# Evidence of one story that is copied into a case when it opens; later copies join one by one.
_MAX_SIBLINGS: Final = 200
# A mention below this that is nobody's copy can neither open nor join a case: no transaction is
# spent on it. A copy joins its story's case however it was scored.
_WORTH_A_LOOK: Final = 0.5
_FIRST_REST: Final = timedelta(seconds=10)
_LONGEST_REST: Final = timedelta(hours=1)

# Among the names of resting batches.
_COPYING: Final = "marks of copies"

NO_BRAND: Final = "没有提到任何关注的品牌"
TOO_OLD: Final = "早于保留期"


@dataclass
class Tally:
    """What became of a batch's entries."""

    read: int = 0
    new: int = 0
    duplicate: int = 0
    dropped: int = 0
    invalid: int = 0
    # Seconds from published to detected of what is new.
    latencies: list[int] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)

    def reason(self, what: str, why: str) -> None:
        """Keep why one entry did not become a mention."""
        self.reasons.append({"entry": what, "reason": why})


class Ingest:
    """Carries spooled batches into the index and the records."""

    def __init__(
        self,
        records: Records,
        index: MentionIndex,
        spool: Spool,
        judge: Callable[[], Judge],
        clock: Clock,
        ids: Ids,
        message_host: str = MESSAGE_HOST,
        zone: tzinfo = UTC,
        kept_from: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._kept_from = kept_from
        self._zone = zone
        self._message_host = message_host
        self._records, self._index, self._spool = records, index, spool
        self._judge, self._clock, self._ids = judge, clock, ids
        self._copying = Copying(records, index, clock, ids, message_host)
        # Name of a batch that failed → how often, and until when (UTC) it rests.
        self._resting: dict[str, tuple[int, datetime]] = {}
        self._log = logger("ingest")

    def next_batch(self) -> bool:
        """Ingest the oldest batch that nobody holds, and bring a person's mark to its next copies.

        Says whether there was either. Both are one thread's: see ``alerts.copying``.
        A batch on which our own code fails stays in the spool and rests, a longer time at each
        failure, so that it holds up no other. What the stores refuse is no fault of the batch.
        """
        taken = self._next_in_spool()
        return self._copy_marks() or taken

    def _copy_marks(self) -> bool:
        """A step that fails by our own code rests, so that it holds up no batch."""
        if self._rests(_COPYING):
            return False
        try:
            moved = self._copying.step()
        except StorageError:
            raise
        except Exception:
            self._rest(_COPYING)
            raise
        self._resting.pop(_COPYING, None)
        return moved

    def _next_in_spool(self) -> bool:
        for path in self._spool.pending():
            if self._rests(path.name):
                continue
            claimed = self._spool.claim(path)
            if claimed is not None:
                with claimed:
                    try:
                        self.ingest(claimed)
                    except StorageError:
                        raise
                    except Exception:
                        self._rest(path.name)
                        raise
                self._resting.pop(path.name, None)
                return True
        return False

    def _rests(self, name: str) -> bool:
        return name in self._resting and self._clock.now() < self._resting[name][1]

    def _rest(self, name: str) -> None:
        failures = 1 + (self._resting[name][0] if name in self._resting else 0)
        pause = min(_FIRST_REST * 2 ** min(failures - 1, 10), _LONGEST_REST)
        self._resting[name] = failures, self._clock.now() + pause

    def ingest(self, claimed: ClaimedBatch) -> None:
        """Ingest one claimed batch and delete it; a file that cannot be read is set aside."""
        try:
            batch = claimed.read()
        except PoisonBatch as error:
            claimed.set_aside(str(error))
            self._log.error("batch set aside", file=str(claimed.path), reason=str(error))
            return
        if not self._has_receipt(batch.head.id):
            self._carry(batch)
        claimed.delete()

    def _carry(self, batch: Batch) -> None:
        tally = Tally(read=len(batch.mentions) + len(batch.head.invalid))
        tally.invalid = len(batch.head.invalid)
        for line, why in batch.head.invalid:
            tally.reason(f"{batch.head.file} 第 {line} 行".strip(), why)
        judge = self._judge()
        fresh, known = self._sort(batch, judge, tally)
        # A mention that was deleted may come again: what people said of it still holds.
        with self._records.read() as session:
            fresh = all_with_marks(session, fresh)
        fault_point("ingest.before-stories")
        fresh = self._copying.arrived(self._with_stories(fresh))
        fault_point("ingest.before-index")
        stored = self._index.create_many([*fresh, *known])
        fault_point("ingest.after-index")
        # Durable before the batch may go, and found by those who now look for a story's others.
        self._index.sync()
        owners = Counter(owner == batch.head.id for owner in stored.values())
        tally.new, again = owners[True], owners[False]
        tally.duplicate += again
        tally.latencies = latencies_of(
            [each for each in fresh if stored.get(each.id) == batch.head.id], self._zone
        )
        if batch.head.open_cases:
            self._open_cases(list(stored), batch.head)
        fault_point("ingest.before-receipt")
        with self._records.load() as session:
            self._write_receipt(session, batch.head, tally)
        fault_point("ingest.after-receipt")
        self._log.info(
            "batch ingested",
            trace_id=batch.head.trace_id,
            source=batch.head.source_name,
            read=tally.read,
            new=tally.new,
            duplicate=tally.duplicate,
            dropped=tally.dropped,
            invalid=tally.invalid,
        )

    def _sort(
        self, batch: Batch, judge: Judge, tally: Tally
    ) -> tuple[list[Mention], list[Mention]]:
        """Return new mentions, judged, without story, and known ones with the counts seen now."""
        entries: dict[str, RawMention] = {}
        for raw in batch.mentions:
            mention_id = judge.identify(raw, batch.head)
            if mention_id in entries:
                tally.duplicate += 1
            # Files are appended to: of one that comes twice the later counts are the present ones.
            entries[mention_id] = raw
        stored = self._index.get_many(list(entries))
        known = [
            replace(stored[mention_id], engagement=raw.engagement)
            for mention_id, raw in entries.items()
            if mention_id in stored
        ]
        unseen = {key: raw for key, raw in entries.items() if key not in stored}
        # Sources go on showing what was let go: it would come back with every visit.
        oldest = self._kept_from()
        young = {key: raw for key, raw in unseen.items() if not oldest or published(raw) >= oldest}
        fresh = judge.judge(young, batch.head)
        kept = {mention.id for mention in fresh}
        for mention_id, raw in unseen.items():
            if mention_id not in kept:
                tally.dropped += 1
                why = NO_BRAND if mention_id in young else TOO_OLD
                tally.reason(_place(raw, batch.head), why)
        return fresh, known

    def _with_stories(self, fresh: list[Mention]) -> list[Mention]:
        if not fresh:
            return []
        stories = assign_stories(
            self._records, [(m.id, m.full_text) for m in fresh], self._clock.now(), self._ids
        )
        return [replace(mention, story_id=stories[mention.id]) for mention in fresh]

    def _open_cases(self, mention_ids: list[str], head: BatchHead) -> None:
        """Let every mention about an own brand open or join a case, oldest first."""
        mentions = [m for m in self._index.get_many(mention_ids).values() if _about_us(m)]
        if not mentions:
            return
        with self._records.read() as session:
            sizes = story_sizes(session, {m.story_id for m in mentions})
        for mention in sorted(mentions, key=lambda m: m.published_at):
            alone = sizes.get(mention.story_id, 1) == 1
            if alone and not _hurts(mention):
                continue
            siblings = [] if alone else self._siblings(mention)
            with self._records.load() as session:
                consider(
                    session,
                    mention,
                    trusted=head.trusted,
                    siblings=siblings,
                    # A known post that grew hurts from the moment we saw it grown.
                    seen_at=None if mention.batch_id == head.id else head.fetched_at,
                    clock=self._clock,
                    ids=self._ids,
                    message_host=self._message_host,
                )
                fault_point("ingest.before-case-commit")
            fault_point("ingest.after-case-commit")

    def _siblings(self, mention: Mention) -> list[Mention]:
        page = self._index.search(
            SearchRequest(filters=Filters(story_ids=(mention.story_id,)), limit=_MAX_SIBLINGS)
        )
        return [hit.mention for hit in page.hits if hit.mention.id != mention.id]

    def _has_receipt(self, batch_id: str) -> bool:
        with self._records.read() as session:
            return session.get(BatchReceipt, batch_id) is not None

    def _write_receipt(self, session: Session, head: BatchHead, tally: Tally) -> None:
        now = self._clock.now()
        session.add(
            BatchReceipt(
                batch_id=head.id,
                source_id=head.source_id,
                trace_id=head.trace_id,
                read=tally.read,
                new=tally.new,
                duplicate=tally.duplicate,
                dropped=tally.dropped,
                invalid=tally.invalid,
                reasons=tally.reasons,
                at=now,
            )
        )
        source = session.get(Source, head.source_id) if head.source_id else None
        if source is not None:
            _credit(session, source, head, tally, now)


def _credit(session: Session, source: Source, head: BatchHead, tally: Tally, now: datetime) -> None:
    """Add a durable batch to its source's health; only now are validators and pages kept."""
    source.items_total += tally.read
    source.new_total += tally.new
    if tally.new:
        source.gaps = with_gap(source.gaps, source.last_new_at, now)
        source.last_new_at = now
    edited = head.source_version not in {None, source.version}
    if not edited:
        if head.etag is not None or head.last_modified is not None:
            source.etag, source.last_modified = head.etag, head.last_modified
        note_visits(session, source, head.visited, head.fetched_at)
    credit_run(
        session,
        head.trace_id,
        new=tally.new,
        duplicates=tally.duplicate,
        dropped=tally.dropped,
        # What was out before the source was watched was not late.
        latencies=[each for each in tally.latencies if each < _watched_for(source, now)],
    )


def _watched_for(source: Source, now: datetime) -> float:
    return (now - source.created_at).total_seconds()


def _place(raw: RawMention, head: BatchHead) -> str:
    """Return where an entry stands: its row in an imported file, else what names it."""
    name = raw.native_id or raw.url or raw.text[:40]
    return name if raw.row is None else f"{head.file} 第 {raw.row} 行（{name}）".strip()


def _about_us(mention: Mention) -> bool:
    return any(brand.role == "own" for brand in mention.brands)


def _hurts(mention: Mention) -> bool:
    return any(
        brand.role == "own" and brand.p_negative >= _WORTH_A_LOOK for brand in mention.brands
    )

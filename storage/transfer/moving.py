"""Copies embedded stores to other engines while they are in use, and proves both equal."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.clock import Clock
from core.errors import Conflict
from storage.records.copying import copy_records
from storage.transfer import mark
from storage.transfer.emptiness import is_empty
from storage.transfer.mirroring import mirror_files, mirror_mentions, strangers
from storage.transfer.proof import Compared, compare_files, compare_mentions, compare_records
from storage.transfer.stores import Stores, Tell, every_object


@dataclass(frozen=True)
class Parts:
    """Which stores are moved; the others are the same on both sides."""

    records: bool
    mentions: bool
    files: bool


class Move:
    """A move from *source* to *target*, which it may have begun before.

    *origin* names the workspace that moves: only a target that it began itself, or an empty one,
    is written to.
    """

    def __init__(
        self, source: Stores, target: Stores, parts: Parts, *, origin: str, clock: Clock
    ) -> None:
        self._source, self._target, self._parts = source, target, parts
        self._origin, self._clock = origin, clock

    def demand_free(self) -> None:
        """Raise ``Conflict`` unless the targets are empty, or were begun by this move."""
        found = mark.read(self._target.records) if self._parts.records else None
        if found is not None and found.origin == self._origin:
            if found.finished_at is not None:
                raise Conflict(
                    f"这个工作区已在 {found.finished_at:%Y-%m-%d %H:%M}（UTC）搬完，"
                    "不会再写一次：那之后服务器上的数据可能更新了。"
                    "要重新搬，请用新的数据库、索引前缀和桶。"
                )
            return
        if self._parts.records:
            if not is_empty(self._target):
                raise _taken("数据库、索引前缀或桶")
            mark.begin(self._target.records, self._origin, self._clock.now())
            return
        # Without records there is no place for a mark: all that is there must be ours.
        if self._parts.mentions and any(strangers(self._source.index, self._target.index)):
            raise _taken("SHENGYU_ELASTICSEARCH_PREFIX")
        if self._parts.files and not self._only_our_files():
            raise _taken("SHENGYU_S3_BUCKET")

    def copy(self, tell: Tell) -> None:
        """Bring everything that the targets lack; quick where little is missing."""
        if self._parts.files:
            mirror_files(self._source.files, self._target.files, tell)
        if self._parts.mentions:
            mirror_mentions(self._source.index, self._target.index, tell)
        if self._parts.records:
            done = 0
            with self._source.records.read() as session:
                for batch in copy_records(session, self._target.records):
                    done += batch.rows
                    tell("records", done)

    def compare(self, tell: Tell) -> Iterator[Compared]:
        """Yield what both sides hold, table by table, month by month, kind by kind of file."""
        if self._parts.records:
            yield from compare_records(self._source.records, self._target.records)
        if self._parts.mentions:
            yield from compare_mentions(self._source.index, self._target.index, tell)
        if self._parts.files:
            yield from compare_files(self._source.files, self._target.files, tell)

    def finish(self) -> None:
        """Note in the target that it is whole: from now on it may be worked on."""
        if self._parts.records:
            mark.finish(self._target.records, self._clock.now())

    def _only_our_files(self) -> bool:
        return all(
            self._source.files.head(found.key) is not None
            for found in every_object(self._target.files)
        )


def _taken(what: str) -> Conflict:
    return Conflict(f"目标里已经有别的数据，不能搬进去。请换一个新的 {what}，或先清空它。")

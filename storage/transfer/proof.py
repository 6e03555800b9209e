"""Compares two forms of a workspace whole: every row, every mention, every byte of every file."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from storage.objects import ObjectHead, ObjectStore, measure
from storage.records import Records
from storage.records.copying import digest
from storage.search import MentionIndex, Selection
from storage.transfer.lines import mention_line
from storage.transfer.mirroring import pairs
from storage.transfer.stores import Tell, told

_HASHES = 1 << 256


@dataclass(frozen=True)
class Sum:
    """How many there are and one hash (hex) over all of them."""

    count: int
    sha256: str


@dataclass(frozen=True)
class Compared:
    """What both stores hold of one thing: a table, a month (UTC) of mentions, a kind of file."""

    store: str
    name: str
    source: Sum
    target: Sum

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return self.source == self.target


def compare_records(source: Records, target: Records) -> Iterator[Compared]:
    """Yield each table with the digest of its rows in the order of the key."""
    with source.read() as ours, target.read() as theirs:
        wanted, held = digest(ours), digest(theirs)
    for name in wanted:
        ours_sum, theirs_sum = (Sum(each[name].rows, each[name].sha256) for each in (wanted, held))
        yield Compared("records", name, ours_sum, theirs_sum)


def compare_mentions(source: MentionIndex, target: MentionIndex, tell: Tell) -> Iterator[Compared]:
    """Yield each month with a hash over ids and documents, whatever order they come in."""
    target.sync()
    wanted, held = _months(source, tell), _months(target, tell)
    for month in sorted(wanted.keys() | held.keys()):
        nothing = Sum(0, "")
        yield Compared("mentions", month, wanted.get(month, nothing), held.get(month, nothing))


def compare_files(source: ObjectStore, target: ObjectStore, tell: Tell) -> Iterator[Compared]:
    """Yield each kind of file with a hash over keys, sizes and contents, then what differs."""
    sums: dict[str, tuple[_Running, _Running]] = {}
    for pair in told(pairs(source, target), "compared files", tell):
        ours, theirs = _content(source, pair.source), _content(target, pair.target)
        kind = pair.key.partition("/")[0]
        running = sums.setdefault(kind, (_Running(), _Running()))
        for total, each in zip(running, (ours, theirs), strict=True):
            total.add(pair.key, each)
        if ours != theirs:
            yield Compared("files", pair.key, ours, theirs)
    for kind, (ours_total, theirs_total) in sums.items():
        yield Compared("files", kind, ours_total.sum(), theirs_total.sum())


class _Running:
    def __init__(self) -> None:
        self._count, self._hash = 0, hashlib.sha256()

    def add(self, key: str, content: Sum) -> None:
        if content.sha256:
            self._count += 1
            self._hash.update(f"{key} {content.count} {content.sha256}\n".encode())

    def sum(self) -> Sum:
        return Sum(self._count, self._hash.hexdigest())


def _content(files: ObjectStore, found: ObjectHead | None) -> Sum:
    """Return size and hash of an object, as read from its first to its last byte."""
    if found is None:
        return Sum(0, "")
    stored = measure(files, found.key)
    return Sum(stored.size, stored.sha256)


def _months(index: MentionIndex, tell: Tell) -> dict[str, Sum]:
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for mention in told(index.scan(Selection()), "compared mentions", tell):
        month = f"{mention.published_at:%Y-%m}"
        each = hashlib.sha256(mention_line(mention)).digest()
        counts[month] += 1
        # Added up: mentions of one moment may come in another order from another engine.
        totals[month] = (totals[month] + int.from_bytes(each)) % _HASHES
    return {month: Sum(counts[month], f"{totals[month]:064x}") for month in counts}

"""Entries become batches; the same files and options always give the same batches."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawlers.importing.entries import FileEntry
from crawlers.raw import Batch, BatchHead, RawMention, SourceType
from crawlers.spool import MAX_MENTIONS


@dataclass(frozen=True)
class ImportHead:
    """What all batches of an import share. *id* is the import's; *several* files are told apart."""

    id: str
    head: BatchHead
    several: bool

    def batch_id(self, number: int) -> str:
        """Return the id of the batch *number* (from 0): written twice, it counts once."""
        digest = hashlib.sha256(f"{self.id}:{number}".encode()).hexdigest()
        return f"batch_{digest[:20]}"


@dataclass
class Remarks:
    """Sentences about rows that were taken nevertheless: how often, and where first."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    ignored: int = 0

    def add(self, sentence: str, place: str) -> None:
        """Count *sentence*."""
        self.counts[sentence] += 1
        self.first.setdefault(sentence, place)


@dataclass
class _Waiting:
    mentions: list[RawMention] = field(default_factory=list)
    invalid: list[tuple[int, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.mentions) + len(self.invalid)


def batches(found: Iterator[FileEntry], head: ImportHead, remarks: Remarks) -> Iterator[Batch]:
    """Yield full batches as rows come; one file, sheet and kind of source a batch."""
    number = 0
    place = ""
    waiting: dict[SourceType | None, _Waiting] = {}

    def made(source_type: SourceType | None) -> Batch:
        nonlocal number
        batch = _batch(head, number, place, source_type, waiting.pop(source_type))
        number += 1
        return batch

    for each in found:
        entry = each.entry
        if entry is None:
            remarks.broken.append(each.broken)
            continue
        if entry.ignored:
            remarks.ignored += 1
            continue
        here = _place(each, head.several)
        if here != place:
            while waiting:
                yield made(next(iter(waiting)))
            place = here
        for sentence in entry.remarks:
            remarks.add(sentence, f"{here} 第 {entry.row} 行".strip())
        rows = waiting.setdefault(entry.source_type, _Waiting())
        if entry.mention is None:
            rows.invalid.append((entry.row, entry.reason))
        else:
            rows.mentions.append(entry.mention)
        if len(rows) >= MAX_MENTIONS:
            yield made(entry.source_type)
    while waiting:
        yield made(next(iter(waiting)))


def _place(each: FileEntry, several: bool) -> str:
    assert each.entry is not None
    name = each.file.content.name if several else ""
    return f"{name}〔{each.entry.sheet}〕" if each.entry.sheet else name


def _batch(
    head: ImportHead, number: int, place: str, source_type: SourceType | None, rows: _Waiting
) -> Batch:
    shared = head.head
    return Batch(
        BatchHead(
            id=head.batch_id(number),
            trace_id=shared.trace_id,
            fetched_at=shared.fetched_at,
            source_name=shared.source_name,
            source_type=source_type,
            open_cases=shared.open_cases,
            invalid=tuple(rows.invalid),
            file=place,
        ),
        tuple(rows.mentions),
    )

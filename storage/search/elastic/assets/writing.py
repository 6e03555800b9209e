"""What is written to Elasticsearch: newer documents over older ones, whoever else writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.errors import StorageError
from storage.search.assets.interface import AssetDocument
from storage.search.elastic import bulk
from storage.search.elastic.assets.documents import body
from storage.search.elastic.assets.home import Home
from storage.search.elastic.bulk import CONFLICT, MISSING, Write
from storage.search.elastic.fetching import fetch
from storage.search.elastic.strings import kept

# Whoever loses a race reads again and has then most often nothing left to write.
_ROUNDS: Final = 8
# Texts may be megabytes: no more are made ready at once.
_STEP: Final = 100


@dataclass(frozen=True)
class _Newer:
    """A document to write, and the version of the one whose place it takes."""

    document: AssetDocument
    version: tuple[int, int] | None = None


def put_many(home: Home, documents: Sequence[AssetDocument], *, anew: bool) -> int:
    """Write each document unless one as new is held; return how many were written.

    No id comes twice. After an error some may have been written: doing it again is safe.
    """
    waiting, written = iter(documents), 0
    while part := list(islice(waiting, _STEP)):
        written += _put(home, part, anew=anew)
    return written


def delete(home: Home, ids: Sequence[str]) -> int:
    """Remove assets; return how many there were."""
    writes = [Write("delete", home.alias, kept(each)) for each in dict.fromkeys(ids)]
    statuses = bulk.write(home.connection, writes, refresh=True)
    return sum(status != MISSING for status in statuses)


def _put(home: Home, documents: Sequence[AssetDocument], *, anew: bool) -> int:
    waiting, written = documents, 0
    for _ in range(_ROUNDS):
        newer = list(_newer(home, waiting, anew=anew))
        writes = [_write(home, each) for each in newer]
        statuses = bulk.write(home.connection, writes, refresh=True)
        if MISSING in statuses:
            raise home.missing()
        lost = [
            each.document
            for each, status in zip(newer, statuses, strict=True)
            if status == CONFLICT
        ]
        written += len(newer) - len(lost)
        if not lost:
            return written
        waiting = lost
    raise StorageError(f"Others keep writing to the search index {home.alias}. Try again.")


def _newer(home: Home, documents: Sequence[AssetDocument], *, anew: bool) -> Iterator[_Newer]:
    targets = [(home.alias, kept(each.id)) for each in documents]
    known = fetch(home.connection, targets, _source=["revision"])
    for document, held in zip(documents, known, strict=True):
        if held is None:
            yield _Newer(document)
        elif anew or held["_source"]["revision"] < document.revision:
            yield _Newer(document, (held["_seq_no"], held["_primary_term"]))


def _write(home: Home, newer: _Newer) -> Write:
    document = newer.document
    action = "create" if newer.version is None else "index"
    return Write(action, home.alias, kept(document.id), body(document), newer.version, alias=True)

"""Makes mentions and files of one store those of another; may be cut off and run again."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from core.errors import NotFound
from storage.mentions import Mention
from storage.objects import ObjectHead, ObjectStore, measure
from storage.objects.keys import BLOBS
from storage.search import MentionIndex, Selection
from storage.transfer.stores import Tell, every_object, in_batches, told

_AT_ONCE: Final = 500


def mirror_mentions(source: MentionIndex, target: MentionIndex, tell: Tell) -> int:
    """Bring what *target* lacks or holds otherwise, and remove what *source* has no more.

    Return how many were brought. What arrives in *source* meanwhile is for the next run.
    """
    brought = 0
    for batch in in_batches(told(source.scan(Selection()), "mentions", tell), _AT_ONCE):
        brought += _bring(target, batch)
    target.sync()
    if target.count(Selection()) != source.count(Selection()):
        remove_strangers(source, target)
        target.sync()
    return brought


def strangers(source: MentionIndex, target: MentionIndex) -> Iterator[list[str]]:
    """Yield the ids that *target* holds and *source* does not, some at a time."""
    target.sync()  # else what came a moment ago is not found
    for batch in in_batches(target.scan(Selection()), _AT_ONCE):
        known = source.get_many([mention.id for mention in batch])
        unknown = [mention.id for mention in batch if mention.id not in known]
        if unknown:
            yield unknown


def remove_strangers(source: MentionIndex, target: MentionIndex) -> None:
    """Remove from *target* what *source* does not hold."""
    for ids in strangers(source, target):
        target.delete(ids)


def mirror_files(source: ObjectStore, target: ObjectStore, tell: Tell) -> int:
    """Make *target* hold the files of *source* and no others; return how many were brought."""
    brought = 0
    for pair in told(pairs(source, target), "files", tell):
        if pair.source is None:
            target.delete(pair.key)
        elif not _same(source, target, pair.source, pair.target):
            # Deleted since it was listed: then the next run has nothing to bring.
            with suppress(NotFound), source.open(pair.key) as reader:
                target.put(pair.key, reader, limit=None)
                brought += 1
    return brought


@dataclass(frozen=True)
class Pair:
    """What two stores have under one key; None where one has nothing."""

    key: str
    source: ObjectHead | None
    target: ObjectHead | None


def pairs(source: ObjectStore, target: ObjectStore) -> Iterator[Pair]:
    """Yield every key that one of the stores has, in order."""
    ours, theirs = every_object(source), every_object(target)
    wanted, held = next(ours, None), next(theirs, None)
    while wanted is not None or held is not None:
        key = min(each.key for each in (wanted, held) if each is not None)
        mine = wanted if wanted is not None and wanted.key == key else None
        other = held if held is not None and held.key == key else None
        yield Pair(key, mine, other)
        if mine is not None:
            wanted = next(ours, None)
        if other is not None:
            held = next(theirs, None)


def _bring(target: MentionIndex, mentions: Sequence[Mention]) -> int:
    held = target.get_many([mention.id for mention in mentions])
    wanted = [mention for mention in mentions if held.get(mention.id) != mention]
    # A known mention only grows by being created again: what differs otherwise is made anew.
    target.delete([mention.id for mention in wanted if mention.id in held])
    if wanted:
        target.create_many(wanted)
    return len(wanted)


def _same(
    source: ObjectStore, target: ObjectStore, wanted: ObjectHead, held: ObjectHead | None
) -> bool:
    """A blob's key is its hash; pictures may have been made anew under the same key."""
    if held is None or wanted.size != held.size:
        return False
    if wanted.key.startswith(BLOBS):
        return True
    with suppress(NotFound):
        return measure(source, wanted.key).sha256 == measure(target, wanted.key).sha256
    return False

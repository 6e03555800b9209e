"""What a transfer is given: the stores of one workspace, and whom to tell how far it is."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, Protocol, TypeVar

from storage.objects import MAX_PAGE, ObjectHead, ObjectStore
from storage.records import Records
from storage.search import MentionIndex

T = TypeVar("T")
_TELL_EVERY: Final = 100

# Called with what is counted (records, mentions, files …) and how many are done by now.
Tell = Callable[[str, int], None]


class Stores(Protocol):
    """The truth and the archive of one workspace; the library's index is made from the records."""

    @property
    def records(self) -> Records:
        """The relational database."""
        ...

    @property
    def index(self) -> MentionIndex:
        """The mentions."""
        ...

    @property
    def files(self) -> ObjectStore:
        """The library's files."""
        ...


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield *items* in lists of *size*, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def every_object(files: ObjectStore) -> Iterator[ObjectHead]:
    """Yield all objects in the order of their keys."""
    after: str | None = None
    while True:
        page = files.list("", after, MAX_PAGE)
        yield from page.objects
        after = page.next_after
        if after is None:
            return


def told(items: Iterable[T], what: str, tell: Tell) -> Iterator[T]:
    """Yield *items* and tell how many have come."""
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        if done % _TELL_EVERY == 0:
            tell(what, done)
    tell(what, done)

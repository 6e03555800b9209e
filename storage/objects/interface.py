"""What every object store does, and the values that go in and come out.

An object is bytes under a key (see ``storage.objects.keys``). It is replaced whole, never changed
in place. All engines pass the same contract tests.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO, Final, Literal, Protocol

CHUNK: Final = 256 * 1024  # bytes in one piece when a whole object is read or written
MAX_PAGE: Final = 1000  # as many as S3 lists at once


@dataclass(frozen=True)
class ObjectHead:
    """What is known of an object without reading it.

    *version* tells two writings of one key apart. It is opaque (S3 gives its ETag) and **never** a
    content hash: only reading the bytes tells that. *modified_at* is aware, in UTC.
    """

    key: str
    size: int
    version: str
    modified_at: datetime


@dataclass(frozen=True)
class StoredObject:
    """What was stored: *size* in bytes and *sha256* (hex) were measured on the way in."""

    key: str
    size: int
    sha256: str
    version: str


@dataclass(frozen=True)
class ObjectPage:
    """Objects in ascending order of their keys; *next_after* is None on the last page."""

    objects: tuple[ObjectHead, ...]
    next_after: str | None


@dataclass(frozen=True)
class SignedUpload:
    """Where a browser sends a file, and how.

    ``PUT``: the file is the body. ``POST``: a multipart form of *fields*, then the file as the
    last field ``file``; that is how S3 limits the size of what it takes.
    """

    url: str
    method: Literal["PUT", "POST"]
    fields: Mapping[str, str] = field(default_factory=dict)


class ObjectReader(Protocol):
    """The bytes of one object from *start* up to *end*, in order, once."""

    @property
    def head(self) -> ObjectHead:
        """The object that is read; its size is the whole one's."""
        ...

    @property
    def start(self) -> int:
        """First byte of the range, at most the object's size."""
        ...

    @property
    def end(self) -> int:
        """End of the range, exclusive, at most the object's size."""
        ...

    def read(self, size: int = -1) -> bytes:
        """Return *size* bytes, fewer only at the end; all that are left when it is negative."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Yield what is left in pieces of at most ``CHUNK`` bytes."""
        ...


class ObjectStore(Protocol):
    """Files by key.

    Safe to share between threads and to open from several processes. Every method raises
    ``InvalidInput`` for a key or argument that cannot be used and ``StorageError`` when the store
    is broken, full or out of reach.
    """

    def put(
        self, key: str, chunks: Iterable[bytes] | BinaryIO, *, limit: int | None
    ) -> StoredObject:
        """Store *chunks* durably under *key*, whole or not at all, in bounded memory.

        What was there is replaced. Raises ``InvalidInput`` for more than *limit* bytes, and for
        content that is not the one its blob key names. An error of *chunks* passes through.
        """
        ...

    def open(
        self, key: str, start: int = 0, end: int | None = None
    ) -> AbstractContextManager[ObjectReader]:
        """Give a reader of the bytes ``[start:end]``, both from 0 and cut at the object's size.

        One version is read to its end even when the key is written or deleted meanwhile, or
        ``StorageError`` is raised. Raises ``NotFound`` for no such object.
        """
        ...

    def head(self, key: str) -> ObjectHead | None:
        """Return what is known of the object, or None."""
        ...

    def copy(self, source: str, target: str, *, version: str | None = None) -> None:
        """Copy within the store, whole or not at all; what was at *target* is replaced.

        Raises ``NotFound`` for no such source and, when *version* is given, ``Conflict`` if the
        source is another version now: what was checked is what is copied.
        """
        ...

    def join(self, sources: Sequence[str], target: str) -> StoredObject:
        """Write *sources* one after the other to *target*, whole or not at all, and measure it.

        Where the store can do so the bytes pass through us once, for their hash. Raises
        ``NotFound`` for no such source.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when there is none."""
        ...

    def list(self, prefix: str, after: str | None = None, limit: int = MAX_PAGE) -> ObjectPage:
        """Return up to *limit* (1…1000) objects whose keys begin with *prefix*, after *after*."""
        ...

    def sign_get(self, key: str, expires_s: int, filename: str, media_type: str) -> str:
        """Return a URL that downloads a blob or rendition as *filename*, for *expires_s* seconds.

        At most ``LONGEST_GET_S``. Whoever holds the URL may use it.
        """
        ...

    def sign_put(self, key: str, expires_s: int, max_bytes: int) -> SignedUpload:
        """Return where one file of at most *max_bytes* may be sent to an ``incoming/`` key.

        At most ``LONGEST_PUT_S`` seconds. Until then it may be sent again: check, then copy with
        the version that was checked.
        """
        ...

    def sweep(self, older_than: timedelta) -> int:
        """Remove what broken writes left and ``incoming/`` objects that old; return how many.

        By the store's own time; *older_than* must exceed the longest upload.
        """
        ...

"""The engine for servers that speak S3."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import islice
from typing import BinaryIO, Final

from core.clock import Clock
from storage.objects.blobs import measure
from storage.objects.checks import (
    check_get_link,
    check_page,
    check_put_link,
    check_range,
    check_version,
    no_such,
)
from storage.objects.intake import Intake
from storage.objects.interface import (
    MAX_PAGE,
    ObjectHead,
    ObjectPage,
    SignedUpload,
    StoredObject,
)
from storage.objects.keys import INCOMING, check_key
from storage.objects.s3 import signing
from storage.objects.s3.address import S3Address
from storage.objects.s3.bucket import Bucket
from storage.objects.s3.connections import PAUSE_S
from storage.objects.s3.cors import allow_posts_from
from storage.objects.s3.reading import S3Reader, opened
from storage.objects.s3.writing import write

_SMALLEST_PART: Final = 5 * 1024 * 1024  # of what S3 puts together, the last excepted


class S3ObjectStore:
    """An ``ObjectStore`` in a bucket.

    Nothing is asked of the server before the first use, so that the service starts while it is
    away. *clock* dates what is signed. *site*, our own origin as browsers see it, is allowed to
    send files to the bucket where the server lets us say so (see ``allow_posts_from``). A version
    is an ETag: the same bytes written twice may have the same one. What breaks is tried again
    after *pause_s* seconds and more. Raises ``StorageError`` for an address that cannot be used.
    """

    def __init__(
        self,
        address: S3Address,
        clock: Clock,
        site: str | None = None,
        *,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._made, self._clock, self._site = Bucket(address, pause_s), clock, site
        self._ready = False

    def prepare(self) -> None:
        """Make the bucket unless it is there; every method does so at first use."""
        if not self._ready:
            self._made.make()
            if self._site is not None:
                allow_posts_from(self._made, self._site)
            self._ready = True

    def put(
        self, key: str, chunks: Iterable[bytes] | BinaryIO, *, limit: int | None
    ) -> StoredObject:
        """Store *chunks* durably under *key*, whole or not at all; see ``ObjectStore``."""
        intake = Intake(check_key(key), chunks, limit)
        version = write(self._bucket, key, intake)
        return StoredObject(key, intake.size, intake.sha256, version)

    @contextmanager
    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[S3Reader]:
        """Give a reader of the bytes ``[start:end]``; see ``ObjectStore``."""
        check_range(start, end)
        check_key(key)
        with closing(opened(self._bucket, key, start, end)) as reader:
            yield reader

    def head(self, key: str) -> ObjectHead | None:
        """Return what is known of the object, or None."""
        check_key(key)
        return self._bucket.head(key)

    def copy(self, source: str, target: str, *, version: str | None = None) -> None:
        """Copy on the server; see ``ObjectStore``."""
        check_key(target)
        found = self._found(check_key(source))
        check_version(found, version)
        if source != target:  # which S3 refuses
            self._bucket.copy(found, target, version)

    def join(self, sources: Sequence[str], target: str) -> StoredObject:
        """Put *sources* together on the server and read the whole once; see ``ObjectStore``."""
        check_key(target)
        found = [self._found(check_key(key)) for key in sources]
        sizes = [each.size for each in found]
        if not any(sizes) or any(size < _SMALLEST_PART for size in sizes[:-1]):
            return self.put(target, self._pieces(sources), limit=None)
        self._bucket.join(found, target)
        return measure(self, target)

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when there is none."""
        check_key(key)
        self._bucket.remove(key)

    def list(self, prefix: str, after: str | None = None, limit: int = MAX_PAGE) -> ObjectPage:
        """Return a page of what begins with *prefix*; see ``ObjectStore``."""
        check_page(prefix, after, limit)
        found = tuple(islice(self._bucket.heads(prefix, after or ""), limit + 1))
        more = len(found) > limit
        return ObjectPage(found[:limit], found[limit - 1].key if more else None)

    def sign_get(self, key: str, expires_s: int, filename: str, media_type: str) -> str:
        """Return a URL of the public endpoint; see ``ObjectStore``."""
        check_get_link(key, expires_s, filename, media_type)
        now = self._clock.now()
        # Asks nothing of the server: downloads are signed while others wait for the transaction.
        return signing.get_url(self._made, key, expires_s, filename, media_type, now)

    def sign_put(self, key: str, expires_s: int, max_bytes: int) -> SignedUpload:
        """Return a form for the public endpoint, whose server holds to *max_bytes*."""
        check_put_link(key, expires_s, max_bytes)
        return signing.post_form(self._bucket, key, expires_s, max_bytes, self._clock.now())

    def sweep(self, older_than: timedelta) -> int:
        """Abort multipart uploads and remove incoming objects that old; see ``ObjectStore``."""
        bucket = self._bucket
        last = bucket.now() - older_than
        uploads = [upload for *upload, begun_at in bucket.unfinished() if begun_at <= last]
        for key, upload in uploads:
            bucket.abort(key, upload)
        old = [found.key for found in bucket.heads(INCOMING, "") if found.modified_at <= last]
        for key in old:
            bucket.remove(key)
        return len(uploads) + len(old)

    @property
    def _bucket(self) -> Bucket:
        self.prepare()
        return self._made

    def _found(self, key: str) -> ObjectHead:
        found = self._bucket.head(key)
        if found is None:
            raise no_such(key)
        return found

    def _pieces(self, sources: Sequence[str]) -> Iterator[bytes]:
        for key in sources:
            with self.open(key) as reader:
                yield from reader

"""The embedded engine: a folder of plain files, no server."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from core.clock import Clock
from core.errors import NotFound
from storage.objects import copying, listing, reading, staging
from storage.objects.checks import check_page, check_range, check_version, no_such
from storage.objects.intake import Intake
from storage.objects.interface import (
    MAX_PAGE,
    ObjectHead,
    ObjectPage,
    SignedUpload,
    StoredObject,
)
from storage.objects.keys import INCOMING, check_key
from storage.objects.signing import Grant, Signer
from storage.objects.tree import Tree, held


class FolderObjectStore:
    """An ``ObjectStore`` in the folder *root*, made at first use.

    Its URLs are paths of our own route ``/objects/…``, signed with *secret*; the route asks
    ``verify``. Raises ``StorageError`` when the folder cannot be made.
    """

    def __init__(self, root: Path, *, secret: str, clock: Clock) -> None:
        self._tree, self._signer, self._clock = Tree(root.absolute()), Signer(secret), clock
        self._tree.make(staging.FOLDER)

    def put(
        self, key: str, chunks: Iterable[bytes] | BinaryIO, *, limit: int | None
    ) -> StoredObject:
        """Store *chunks* durably under *key*, whole or not at all; see ``ObjectStore``."""
        intake = Intake(check_key(key), chunks, limit)
        with staging.staged(self._tree) as file:
            for piece in intake:
                file.write(piece)
            facts = file.publish(key)
        return StoredObject(key, intake.size, intake.sha256, reading.version(facts))

    @contextmanager
    def open(
        self, key: str, start: int = 0, end: int | None = None
    ) -> Iterator[reading.FileReader]:
        """Give a reader of the bytes ``[start:end]``; see ``ObjectStore``."""
        check_range(start, end)
        check_key(key)
        with self._tree.telling():
            try:
                handle = self._tree.open_file(key)
            except FileNotFoundError as error:
                raise no_such(key) from error
        with held(handle):
            facts = self._tree.regular(os.fstat(handle), key)
            yield reading.FileReader(self._tree, handle, reading.head(key, facts), start, end)

    def head(self, key: str) -> ObjectHead | None:
        """Return what is known of the object, or None."""
        try:
            with self.open(key) as reader:
                return reader.head
        except NotFound:
            return None

    def copy(self, source: str, target: str, *, version: str | None = None) -> None:
        """Copy within the store; see ``ObjectStore``.

        By a hard link where the file system has them: a file is never changed in place.
        """
        check_key(source)
        check_key(target)
        if not copying.link(self._tree, source, target, version):
            with self.open(source) as reader:
                check_version(reader.head, version)
                self.put(target, reader, limit=None)

    def join(self, sources: Sequence[str], target: str) -> StoredObject:
        """Write *sources* one after the other to *target*; see ``ObjectStore``."""
        for key in sources:
            check_key(key)
        return self.put(target, self._pieces(sources), limit=None)

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when there is none."""
        parent, _, last = check_key(key).rpartition("/")
        with (
            self._tree.telling(),
            suppress(FileNotFoundError),
            held(self._tree.open_folder(parent)) as folder,
        ):
            os.unlink(last, dir_fd=folder)
            os.fsync(folder)

    def list(self, prefix: str, after: str | None = None, limit: int = MAX_PAGE) -> ObjectPage:
        """Return a page of what begins with *prefix*; see ``ObjectStore``."""
        check_page(prefix, after, limit)
        wanted = listing.heads(self._tree, prefix, after or "")
        with self._tree.telling(), closing(wanted) as heads:
            found = tuple(islice(heads, limit + 1))
        more = len(found) > limit
        return ObjectPage(found[:limit], found[limit - 1].key if more else None)

    def sign_get(self, key: str, expires_s: int, filename: str, media_type: str) -> str:
        """Return a path below the site's root; see ``ObjectStore``."""
        return self._signer.get_path(key, expires_s, filename, media_type, self._clock.now())

    def sign_put(self, key: str, expires_s: int, max_bytes: int) -> SignedUpload:
        """Return a path below the site's root that takes the file as its body."""
        path = self._signer.put_path(key, expires_s, max_bytes, self._clock.now())
        return SignedUpload(path, "PUT")

    def verify(self, method: str, target: str, now: datetime, length: int | None = None) -> Grant:
        """Return what a signed path allows, or raise ``NotPermitted``; see ``Signer``."""
        return self._signer.verify(method, target, now, length)

    def sweep(self, older_than: timedelta) -> int:
        """Remove what broken writes left and old incoming objects; see ``ObjectStore``."""
        last = datetime.now(UTC) - older_than  # the files' times are the machine's too
        with self._tree.telling():
            removed = staging.sweep(self._tree, older_than)
            with closing(listing.heads(self._tree, INCOMING, "")) as heads:
                old = [found.key for found in heads if found.modified_at <= last]
        for key in old:
            self.delete(key)
        return removed + len(old)

    def _pieces(self, sources: Sequence[str]) -> Iterator[bytes]:
        for key in sources:
            with self.open(key) as reader:
                yield from reader

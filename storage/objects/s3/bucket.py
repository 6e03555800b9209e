"""The one adapter to the ``minio`` client: each request that we make of a bucket, by keyword.

The client has public calls for most. For multipart uploads whose parts we size and end ourselves
it has only underscored ones; they are named here and nowhere else, and the contract tests run
through each of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from hashlib import md5
from threading import Lock
from typing import Final, cast

from minio import Minio
from minio.commonconfig import ComposeSource, CopySource
from minio.datatypes import Object, Part
from minio.error import S3Error
from minio.helpers import DictType, md5sum_hash
from urllib3 import BaseHTTPResponse

from core.errors import StorageError
from storage.objects.checks import changed, no_such
from storage.objects.interface import ObjectHead
from storage.objects.keys import is_key
from storage.objects.s3.address import S3Address
from storage.objects.s3.connections import PAUSE_S
from storage.objects.s3.failures import telling

_MIB: Final = 1024 * 1024
# Copied at once; more would keep us waiting longer than a silent server may.
_COPIED: Final = 1024 * _MIB
_OURS: Final = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


class Bucket:
    """A bucket, made at first use. Every method raises ``StorageError``. Thread-safe."""

    def __init__(self, address: S3Address, pause_s: float = PAUSE_S) -> None:
        self.address, self.name = address, address.bucket
        self._client = address.client(pause_s)
        self._there, self._lock = False, Lock()

    @cached_property
    def signing(self) -> Minio:
        """A client that signs for the public address."""
        with self.telling():
            return self.address.signing_client(self._client._get_region(bucket_name=self.name))

    def telling(self) -> AbstractContextManager[None]:
        """Turn an error of the client into a ``StorageError``."""
        return telling(f"{self.address.endpoint}, bucket {self.name},")

    def make(self) -> bool:
        """See to it that the bucket is there; say whether it was made now."""
        with self._lock, self.telling():
            if self._there:
                return False
            made = not self._exists() and self._made()
            self._there = True
            return made

    def put(self, key: str, body: bytes) -> str:
        """Store *body* and return its version."""
        with self.telling():
            stored = self._client._put_object(
                bucket_name=self.name, object_name=key, data=body, headers={}
            )
        return cast(str, stored.etag)

    def begin(self, key: str) -> str:
        """Open a multipart upload and return its id; nobody sees it before ``finish``."""
        with self.telling():
            return self._client._create_multipart_upload(
                bucket_name=self.name, object_name=key, headers={}
            )

    def put_part(self, key: str, upload: str, number: int, body: bytes) -> str:
        """Send part *number*, from 1, and return its ETag."""
        with self.telling():
            return self._client._upload_part(
                bucket_name=self.name,
                object_name=key,
                data=body,
                headers={},
                upload_id=upload,
                part_number=number,
            )

    def finish(self, key: str, upload: str, etags: Sequence[str]) -> str:
        """Make the object of the parts with *etags* and return its version."""
        parts = [Part(number, etag) for number, etag in enumerate(etags, start=1)]
        with self.telling():
            try:
                done = self._client._complete_multipart_upload(
                    bucket_name=self.name, object_name=key, upload_id=upload, parts=parts
                )
            except S3Error as error:
                if error.code != "NoSuchUpload":
                    raise
                # A repeated request finds the upload ended when only the answer was lost.
                return self._finished(key, etags, error)
        if done.etag is None:  # AWS answers 200 before it knows, then tells the error inside
            raise StorageError(f"The object store could not put {key} together. Try again.")
        return done.etag

    def abort(self, key: str, upload: str) -> None:
        """Throw an upload's parts away; nothing happens when it has ended."""
        with self.telling():
            try:
                self._client._abort_multipart_upload(
                    bucket_name=self.name, object_name=key, upload_id=upload
                )
            except S3Error as error:
                if error.code != "NoSuchUpload":
                    raise

    def get(self, key: str, start: int, end: int | None, version: str = "") -> BaseHTTPResponse:
        """Return the unread answer with the bytes ``[start:end]``, at least one of them.

        Raises ``NotFound``, ``Conflict`` when it is not *version* any more, and ``EOFError`` when
        the object ends before *start*.
        """
        with self.telling():
            try:
                return self._client.get_object(
                    bucket_name=self.name,
                    object_name=key,
                    offset=start,
                    length=0 if end is None else end - start,
                    request_headers={"If-Match": f'"{version}"'} if version else None,
                )
            except S3Error as error:
                if error.code == "NoSuchKey":
                    raise no_such(key) from error
                if error.code == "PreconditionFailed":
                    raise changed() from error
                if error.code == "InvalidRange":
                    raise EOFError from error
                raise

    def head(self, key: str) -> ObjectHead | None:
        """Return what is known of the object, or None."""
        with self.telling():
            try:
                found = self._client.stat_object(bucket_name=self.name, object_name=key)
            except S3Error as error:
                if error.code != "NoSuchKey":
                    self._explain()
                    raise
            else:
                return _head(found)
            # The answer to HEAD has no body that tells a missing bucket from a missing object.
            if not self._exists():
                self._explain()
        return None

    def copy(self, source: ObjectHead, target: str, version: str | None) -> None:
        """Copy on the server.

        Raises ``NotFound`` and, when *version* is given, ``Conflict`` if the source is another.
        """
        if source.size > _COPIED:
            self.join([source], target)
            return
        wanted = CopySource(bucket_name=self.name, object_name=source.key, match_etag=version)
        with self.telling(), _copying(source.key):
            self._client.copy_object(bucket_name=self.name, object_name=target, source=wanted)

    def join(self, sources: Sequence[ObjectHead], target: str) -> None:
        """Put *sources* together on the server; all but the last have 5 MiB or more.

        Raises ``Conflict`` when one of them is another version by now.
        """
        wanted = [
            ComposeSource(
                bucket_name=self.name,
                object_name=source.key,
                offset=at,
                length=min(_COPIED, source.size - at),
                match_etag=source.version,
            )
            for source in sources
            for at in range(0, source.size, _COPIED)
        ]
        with self.telling(), _copying(sources[0].key):
            self._client.compose_object(bucket_name=self.name, object_name=target, sources=wanted)

    def remove(self, key: str) -> None:
        """Delete the object; nothing happens when there is none."""
        with self.telling():
            self._client.remove_object(bucket_name=self.name, object_name=key)

    def heads(self, prefix: str, after: str) -> Iterator[ObjectHead]:
        """Yield our objects that begin with *prefix* and come after *after*, page by page."""
        with self.telling():
            for found in self._client.list_objects(
                bucket_name=self.name, prefix=prefix, recursive=True, start_after=after or None
            ):
                if is_key(found.object_name or ""):
                    yield _head(found)

    def unfinished(self) -> Iterator[tuple[str, str, datetime]]:
        """Yield key, id and beginning of the multipart uploads that go on or were left."""
        marker: str | None = None
        while True:
            with self.telling():
                page = self._client._list_multipart_uploads(
                    bucket_name=self.name, key_marker=marker
                )
            for found in page.uploads:
                if is_key(found.object_name):
                    assert found.upload_id is not None
                    assert found.initiated_time is not None
                    begun_at = found.initiated_time.replace(microsecond=0)
                    yield found.object_name, found.upload_id, begun_at
            marker = page.next_key_marker
            if not page.is_truncated or not marker:
                return

    def now(self) -> datetime:
        """Return the server's time, to the second."""
        with self.telling():
            answer = self._client._execute(method="HEAD", bucket_name=self.name)
            return parsedate_to_datetime(answer.headers["date"])

    def configure(self, setting: str, body: bytes | None = None) -> bytes:
        """Read or, with a *body*, write a setting of the bucket that the client knows no call for.

        Raises ``S3Error``.
        """
        headers: DictType | None = (
            None if body is None else {"Content-MD5": cast(str, md5sum_hash(body))}
        )
        answer = self._client._execute(
            method="GET" if body is None else "PUT",
            bucket_name=self.name,
            body=body,
            headers=headers,
            query_params={setting: ""},
        )
        return answer.data

    def _exists(self) -> bool:
        try:
            return self._client.bucket_exists(bucket_name=self.name)
        except S3Error:
            self._explain()
            raise

    def _made(self) -> bool:
        try:
            self._client.make_bucket(bucket_name=self.name)
        except S3Error as error:
            # Another process made it at this moment, or it was ours and hidden from us.
            if error.code not in _OURS or not self._exists():
                raise
        return True

    def _explain(self) -> None:
        """Ask for something whose refusal has a body, which names the reason."""
        next(iter(self._client.list_objects(bucket_name=self.name, prefix="none/")), None)

    def _finished(self, key: str, etags: Sequence[str], error: S3Error) -> str:
        found = self.head(key)
        if found is None or found.version != _joined(etags):
            raise error
        return found.version


@contextmanager
def _copying(source: str) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code == "NoSuchKey":
            raise no_such(source) from error
        if error.code == "PreconditionFailed":
            raise changed() from error
        raise


def _head(found: Object) -> ObjectHead:
    assert found.object_name is not None
    assert found.last_modified is not None
    # Lists tell fractions of a second, HEAD does not.
    modified_at = found.last_modified.replace(microsecond=0)
    return ObjectHead(found.object_name, found.size or 0, found.etag or "", modified_at)


def _joined(etags: Sequence[str]) -> str:
    """Return the ETag that S3 gives to an object made of parts with *etags*, where they are MD5."""
    try:
        digest = md5(b"".join(map(bytes.fromhex, etags)), usedforsecurity=False)
    except ValueError:
        return ""
    return f"{digest.hexdigest()}-{len(etags)}"

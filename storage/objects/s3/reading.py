"""Reading from S3: a range of one version to its end, over broken connections."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from core.errors import Conflict, NotFound, StorageError
from storage.objects.checks import no_such
from storage.objects.interface import CHUNK, ObjectHead
from storage.objects.s3.bucket import Bucket

# Connections that may break in a row, none of which brought a byte.
_TRIES: Final = 4
# What is left unread of an answer is read away up to here, to keep the connection.
_DRAINED: Final = 64 * 1024


class S3Reader:
    """An ``ObjectReader`` over an open answer, *response*; None where there is nothing to read."""

    def __init__(
        self,
        bucket: Bucket,
        found: ObjectHead,
        start: int,
        end: int | None,
        response: BaseHTTPResponse | None,
    ) -> None:
        self._bucket, self._response = bucket, response
        self.head = found
        self.end = found.size if end is None else min(end, found.size)
        self.start = min(start, self.end)
        self._at = self.start

    def read(self, size: int = -1) -> bytes:
        """Return *size* bytes, fewer only at the end; all that are left when it is negative."""
        left = self.end - self._at
        wanted = left if size < 0 else min(size, left)
        if wanted <= CHUNK:
            return self._exactly(wanted)
        return b"".join(self._exactly(min(CHUNK, wanted - at)) for at in range(0, wanted, CHUNK))

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(CHUNK):
            yield piece

    def close(self) -> None:
        """Give the connection back, or close it when much is unread."""
        response, self._response = self._response, None
        if response is None:
            return
        if self.end - self._at <= _DRAINED:
            with suppress(HTTPError, OSError):
                response.drain_conn()
        else:
            response.close()
        response.release_conn()

    def _exactly(self, size: int) -> bytes:
        piece = self._some(size) if size else b""
        while len(piece) < size:
            piece += self._some(size - len(piece))
        return piece

    def _some(self, size: int) -> bytes:
        broken: HTTPError | None = None
        for _ in range(_TRIES):
            if self._response is None:
                self._response = self._again()
            try:
                piece = self._response.read(size, decode_content=False)
            except HTTPError as error:
                piece, broken = b"", error
            if piece:
                self._at += len(piece)
                return piece
            self._response.close()
            self._response = None
        with self._bucket.telling():
            raise broken or HTTPError("the answer ended early")

    def _again(self) -> BaseHTTPResponse:
        try:
            return self._bucket.get(self.head.key, self._at, self.end, self.head.version)
        except (NotFound, Conflict, EOFError) as error:
            raise StorageError(
                f"{self.head.key} was replaced or deleted while it was read, and the connection "
                "broke. Read it again."
            ) from error


def opened(bucket: Bucket, key: str, start: int, end: int | None) -> S3Reader:
    """Return a reader of ``[start:end]``; raises ``NotFound``."""
    if start != end:
        with suppress(EOFError):
            response = bucket.get(key, start, end)
            return S3Reader(bucket, _head(key, response), start, end, response)
    found = bucket.head(key)
    if found is None:
        raise no_such(key)
    return S3Reader(bucket, found, found.size, end, None)


def _head(key: str, response: BaseHTTPResponse) -> ObjectHead:
    headers = response.headers
    whole = headers.get("content-range", "").rpartition("/")[2]
    modified_at = parsedate_to_datetime(headers["last-modified"]).astimezone(UTC)
    size = int(whole or headers["content-length"])
    return ObjectHead(key, size, headers["etag"].strip('"'), modified_at)

"""The engines that all pass the contract, opened by name: here and in child processes."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import server_addresses
from minio import Minio
from minio.error import S3Error

from core.clock import Clock, FixedClock, SystemClock
from storage.objects import MAX_PAGE, FolderObjectStore, ObjectStore
from storage.objects.s3 import S3Address, S3ObjectStore

SECRET = "a secret of the tests"
CLOCK = FixedClock()
# What a child process needs to open the same store; read now, as the tests run without it.
ENVIRON = {
    name: value for name, value in os.environ.items() if name == "SHENGYU_TEST_SERVERS" and value
}


def _folder(place: Path, clock: Clock | None) -> ObjectStore:
    return FolderObjectStore(place / "files", secret=SECRET, clock=clock or CLOCK)


def _s3(place: Path, clock: Clock | None) -> ObjectStore:
    return S3ObjectStore(s3_address(place), clock or SystemClock())


ENGINES: dict[str, Callable[[Path, Clock | None], ObjectStore]] = {"folder": _folder, "s3": _s3}


def open_store(engine: str, place: Path, clock: Clock | None = None) -> ObjectStore:
    """Open the store of *engine* that belongs to *place*; twice gives the same objects."""
    return ENGINES[engine](place, clock)


def s3_address(place: Path) -> S3Address:
    """Return the address of a bucket that belongs to *place*."""
    server = server_addresses.s3()
    bucket = f"shengyu-test-{sha256(str(place).encode())[:20]}"
    return S3Address(server.endpoint, server.access_key, server.secret_key, bucket)


def remove_store(engine: str, place: Path) -> None:
    """Remove what lies on a server for *place*."""
    if engine == "s3":
        address = s3_address(place)
        with suppress(S3Error):  # never made
            empty_bucket(address.client(), address.bucket)


def empty_bucket(client: Minio, bucket: str) -> None:
    """Remove *bucket* and all that is in it."""
    for found in client.list_objects(bucket_name=bucket, recursive=True):
        client.remove_object(bucket_name=bucket, object_name=str(found.object_name))
    for left in client._list_multipart_uploads(bucket_name=bucket).uploads:
        client._abort_multipart_upload(
            bucket_name=bucket, object_name=left.object_name, upload_id=str(left.upload_id)
        )
    client.remove_bucket(bucket_name=bucket)


def content(store: ObjectStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    """Read a range of an object at once."""
    with store.open(key, start, end) as reader:
        return reader.read()


def keys(store: ObjectStore, prefix: str = "", page: int = MAX_PAGE) -> list[str]:
    """List all keys, page by page."""
    return list(_keys(store, prefix, page))


def _keys(store: ObjectStore, prefix: str, limit: int) -> Iterator[str]:
    after = None
    while True:
        page = store.list(prefix, after, limit)
        assert len(page.objects) <= limit
        yield from (found.key for found in page.objects)
        after = page.next_after
        if after is None:
            return


def sha256(data: bytes) -> str:
    """The hex digest of *data*."""
    return hashlib.sha256(data).hexdigest()

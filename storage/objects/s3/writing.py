"""Writing to S3: a stream of any length in parts, whole or not at all."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, cycle
from typing import Final, cast

from core.errors import StorageError
from storage.objects.s3.bucket import Bucket

_MIB: Final = 1024 * 1024
MOST_PARTS: Final = 10_000
# As many as the minio client itself sends at once.
_SENDERS: Final = 3


def part_size(number: int) -> int:
    """Return how large part *number*, from 1, may grow: 5 MiB in the first 5 GiB, then 16 MiB.

    So nearly all files need no more than 20 MiB of memory, and S3's 10,000 parts hold 145 GiB.
    """
    return (5 if number <= 1000 else 16) * _MIB


def write(bucket: Bucket, key: str, chunks: Iterable[bytes]) -> str:
    """Store *chunks* under *key* and return the version; after any error nothing is there.

    While three parts are sent a fourth is read and hashed; these lie in memory.
    """
    parts = _parts(chunks)
    first, is_last = next(parts)
    if is_last:
        with memoryview(first) as body:
            return bucket.put(key, cast(bytes, body))
    upload = bucket.begin(key)
    try:
        return bucket.finish(key, upload, _sent(bucket, key, upload, first, parts))
    except BaseException:
        with suppress(StorageError):  # the first error is the one to tell; the sweep does the rest
            bucket.abort(key, upload)
        raise


def _sent(
    bucket: Bucket,
    key: str,
    upload: str,
    first: memoryview,
    parts: Iterator[tuple[memoryview, bool]],
) -> list[str]:
    """Send every part and return their ETags in order."""
    etags: list[str] = []
    sending: deque[Future[str]] = deque()
    with ThreadPoolExecutor(_SENDERS, thread_name_prefix="s3-part") as senders:
        for number, (body, _) in enumerate(chain([(first, False)], parts), start=1):
            if len(sending) == _SENDERS:
                etags.append(sending.popleft().result())
            sending.append(senders.submit(_send, bucket, key, upload, number, body))
        etags += [each.result() for each in sending]
    return etags


def _send(bucket: Bucket, key: str, upload: str, number: int, body: memoryview) -> str:
    # Views, as a copy of each part would double the memory; the client takes any buffer.
    with body:
        return bucket.put_part(key, upload, number, cast(bytes, body))


def _parts(chunks: Iterable[bytes]) -> Iterator[tuple[memoryview, bool]]:
    """Yield views of the parts, and whether each is the last.

    They lie by turns in one buffer more than there are senders: only the newest views, one for
    each sender, may still be in use when the next is asked for.
    """
    number, filled = 1, 0
    buffers = cycle([bytearray() for _ in range(_SENDERS + 1)])
    buffer = next(buffers)
    for chunk in chunks:
        rest = memoryview(chunk)
        while rest:
            if filled == part_size(number):
                yield memoryview(buffer)[:filled], False
                number, filled = number + 1, 0
                buffer = next(buffers)
                if number > MOST_PARTS:
                    raise StorageError("The object store takes no object of more than 145 GiB.")
            piece = rest[: part_size(number) - filled]
            if filled == len(buffer):
                buffer += piece
            else:
                piece = piece[: len(buffer) - filled]
                memoryview(buffer)[filled : filled + len(piece)] = piece
            filled += len(piece)
            rest = rest[len(piece) :]
    yield memoryview(buffer)[:filled], True

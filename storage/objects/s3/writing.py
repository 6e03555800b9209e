"""Writing to S3: a stream of any length in parts, whole or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, cast

from core.errors import StorageError
from storage.objects.s3.bucket import Bucket

_MIB: Final = 1024 * 1024
MOST_PARTS: Final = 10_000


def part_size(number: int) -> int:
    """Return how large part *number*, from 1, may grow: 8 MiB in the first 8 GiB, then 32 MiB.

    So nearly all files need no more than 8 MiB of memory, and S3's 10,000 parts hold 289 GiB.
    """
    return 8 * _MIB if number <= 1000 else 32 * _MIB


def write(bucket: Bucket, key: str, chunks: Iterable[bytes]) -> str:
    """Store *chunks* under *key* and return the version; after any error nothing is there."""
    parts = _parts(chunks)
    body, last = next(parts)
    if last:
        return bucket.put(key, body)
    upload = bucket.begin(key)
    try:
        etags = [bucket.put_part(key, upload, 1, body)]
        for number, (body, _) in enumerate(parts, start=2):
            etags.append(bucket.put_part(key, upload, number, body))
        return bucket.finish(key, upload, etags)
    except BaseException:
        with suppress(StorageError):  # the first error is the one to tell; the sweep does the rest
            bucket.abort(key, upload)
        raise


def _parts(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the bodies of the parts, and whether each is the last; all lie in the same buffer."""
    number, buffer, filled = 1, bytearray(), 0
    for chunk in chunks:
        rest = memoryview(chunk)
        while rest:
            if filled == part_size(number):
                yield from _body(buffer, filled, last=False)
                number, filled = number + 1, 0
                if number > MOST_PARTS:
                    raise StorageError("The object store takes no object of more than 289 GiB.")
            piece = rest[: part_size(number) - filled]
            if filled == len(buffer):
                buffer += piece
            else:
                piece = piece[: len(buffer) - filled]
                memoryview(buffer)[filled : filled + len(piece)] = piece
            filled += len(piece)
            rest = rest[len(piece) :]
    yield from _body(buffer, filled, last=True)


def _body(buffer: bytearray, filled: int, *, last: bool) -> Iterator[tuple[bytes, bool]]:
    # Views, as a copy of each part would double the memory; the client takes any buffer.
    with memoryview(buffer) as whole, whole[:filled] as body:
        yield cast(bytes, body), last

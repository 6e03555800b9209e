"""What a sender is told: the parts of his file, where each goes, and which are in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from storage.objects import LONGEST_PUT_S, MAX_PAGE, ObjectHead, ObjectStore
from storage.objects.keys import INCOMING
from storage.records.library import Upload

# Within what S3 takes for a part (5 MiB … 5 GiB): one form of plan for every engine.
PART_SIZE: Final = 16 * 1024 * 1024
MAX_SIZE: Final = 2 * 1024**3
# How long an upload may be resumed, and then how long its file waits to be made use of.
LIFE: Final = timedelta(hours=24)


@dataclass(frozen=True)
class PartPlan:
    """The bytes ``[offset : offset + size]`` of the file, sent as the body of *method* to *url*.

    *number* counts from 1. With *fields* the request is a form of them and a last field ``file``.
    *received* says that the whole part is in; it may be sent again all the same.
    """

    number: int
    offset: int
    size: int
    method: str
    url: str
    received: bool
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UploadPlan:
    """An upload that goes on: its parts cover the file without a gap.

    The URLs hold for an hour; ask again for fresh ones. *expires_at* is when the parts are thrown
    away (aware, UTC).
    """

    id: str
    part_size: int
    parts: tuple[PartPlan, ...]
    expires_at: datetime


@dataclass(frozen=True)
class CompletedUpload:
    """A checked file that is held: *sha256* in hex, *size* in bytes, the true *media_type*."""

    id: str
    sha256: str
    size: int
    media_type: str
    filename: str


@dataclass(frozen=True)
class Part:
    """One part of an upload in the store."""

    number: int
    offset: int
    size: int
    key: str


def parts_of(upload: Upload) -> tuple[Part, ...]:
    """Return the parts that make up *upload*, in order."""
    offsets = range(0, upload.size, upload.part_size)
    return tuple(
        Part(number, offset, min(upload.part_size, upload.size - offset), part_key(upload, number))
        for number, offset in enumerate(offsets, start=1)
    )


def part_key(upload: Upload, number: int) -> str:
    """Return where part *number* of *upload* lies until the file is complete."""
    return f"{prefix_of(upload.id)}{number}"


def prefix_of(upload_id: str) -> str:
    """Return what the keys of everything of this upload begin with."""
    return f"{INCOMING}{upload_id}-"


def found(files: ObjectStore, upload_id: str) -> Iterator[ObjectHead]:
    """Yield what the store holds of an upload."""
    after = None
    while True:
        page = files.list(prefix_of(upload_id), after, MAX_PAGE)
        yield from page.objects
        after = page.next_after
        if after is None:
            return


def missing(files: ObjectStore, upload: Upload) -> tuple[int, ...]:
    """Return the numbers of the parts that are not in, or not whole."""
    sizes = {head.key: head.size for head in found(files, upload.id)}
    return tuple(part.number for part in parts_of(upload) if sizes.get(part.key) != part.size)


def discard(files: ObjectStore, upload_id: str) -> None:
    """Delete everything that lies in the store for an upload."""
    for head in list(found(files, upload_id)):
        files.delete(head.key)


def plan_of(files: ObjectStore, upload: Upload) -> UploadPlan:
    """Return the plan of an open upload with fresh URLs."""
    absent = set(missing(files, upload))
    parts = []
    for part in parts_of(upload):
        signed = files.sign_put(part.key, LONGEST_PUT_S, part.size)
        received = part.number not in absent
        parts.append(
            PartPlan(
                part.number,
                part.offset,
                part.size,
                signed.method,
                signed.url,
                received,
                signed.fields,
            )
        )
    return UploadPlan(upload.id, upload.part_size, tuple(parts), upload.expires_at)


def completed_of(upload: Upload) -> CompletedUpload:
    """Return what a complete upload gave."""
    assert upload.sha256 is not None
    assert upload.media_type is not None
    return CompletedUpload(
        upload.id, upload.sha256, upload.size, upload.media_type, upload.filename
    )

"""Stores with a little of everything, for the tests of transfers."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import server_addresses
from s3_buckets import bucket_of, remove_bucket_of

from core.clock import FixedClock, SystemClock, isoformat
from storage.mentions import Contribution, Engagement, Mention, MentionBrand, Span
from storage.objects import FolderObjectStore, ObjectStore, blob_key
from storage.objects.s3 import S3ObjectStore
from storage.records import Records
from storage.records.library import Asset, AssetVersion, Blob, Evidence, Rendition
from storage.records.marks import CalibrationFit
from storage.records.stories import Story, StoryBand
from storage.records.watch import Brand
from storage.search import EmbeddedMentionIndex, MentionIndex
from storage.search.elastic import ElasticAddress, ElasticMentionIndex
from storage.search.elastic.connection import Connection
from storage.transfer import Archive, Contents, Head, back_up, revision_of
from storage.transfer.archive import FORMAT, MAIL, SPOOL, Manifest

NOON = datetime(2026, 3, 1, 4, 5, 6, 789012, tzinfo=UTC)
SECRET = "the key of the tests"
CONTENTS = (b"first", b"", os.urandom(700_000))


@dataclass
class LocalStores:
    """Embedded stores in one folder."""

    folder: Path
    records: Records
    index: MentionIndex
    files: ObjectStore

    @classmethod
    def open(cls, folder: Path) -> "LocalStores":
        folder.mkdir(parents=True, exist_ok=True)
        return cls(
            folder,
            Records.open_sqlite(folder / "records.sqlite"),
            EmbeddedMentionIndex(folder / "search.sqlite"),
            FolderObjectStore(folder / "files", secret=SECRET, clock=FixedClock()),
        )

    def close(self) -> None:
        self.records.close()
        self.index.close()


def silent(_what: str, _done: int) -> None:
    """A ``Tell`` that says nothing."""


def mention(key: str, **changes: Any) -> Mention:
    """A mention with something in every field."""
    towards = MentionBrand("b1", "星澜", "own", (Span(0, 2),), "negative", 0.7, 0.2, 0.1, 3)
    fields: dict[str, Any] = {
        "id": key,
        "url": f"https://example.cn/{key}",
        "platform": "weibo",
        "kind": "post",
        "title": "标题",
        "text": f"星澜\n第 {key} 条 🌊",
        "author": None,
        "published_at": NOON,
        "detected_at": NOON,
        "engagement": Engagement(1, None, 3, 2**53 + 1),
        "brands": (towards,),
        "label": "negative",
        "p_negative": 0.1 + 0.2,
        "p_neutral": 0.5,
        "p_positive": 0.2,
        "contributions": (Contribution(0, 2, -0.123456789),),
        "activity": "促销",
        "story_id": f"story-{key}",
        "source_id": "src",
        "scorer": "v1",
        "batch_id": "batch-1",
        "trace_id": "trace-1",
        "marked": 7,
        "words": (Contribution(0, 1, 0.5),),
    }
    return Mention(**(fields | changes))


def fill(stores: LocalStores, mentions: int = 30) -> None:
    """Put rows of every kind of column, mentions of two months, files, a batch and a mail in."""
    digests = [stores.files.put(f"incoming/f{n}", [c], limit=None) for n, c in enumerate(CONTENTS)]
    for stored in digests:
        stores.files.copy(stored.key, blob_key(stored.sha256))
        stores.files.delete(stored.key)
    stores.files.put("renditions/ver_1/thumb.webp", [b"picture"], limit=None)
    with stores.records.write() as session:
        session.add(
            Brand(id="b1", name="星澜", role="own", aliases=["星\u2028澜"], created_at=NOON)
        )
        session.add_all(
            Blob(
                sha256=stored.sha256,
                size=stored.size,
                media_type="text/plain",
                created_at=NOON,
                verified_at=NOON,
            )
            for stored in digests
        )
        session.flush()
        session.add(asset("asset_1"))
        session.flush()
        session.add(version("ver_1", digests[0].sha256))
        session.flush()
        session.add(rendition())
        session.add(
            Evidence(
                id="ev",
                asset_id="asset_1",
                claim="",
                issuer="",
                method="",
                scope="",
                period="",
                valid_until=date(2027, 1, 31),
                created_at=NOON,
            )
        )
        session.add(
            Story(
                id="s1",
                number=1,
                first_mention_id="m00000",
                first_at=NOON,
                text="文",
                signature=bytes(range(256)),
                mention_count=1,
            )
        )
        session.flush()
        session.add_all(StoryBand(key=key, story_number=1) for key in (-(2**63), 0, 2**63 - 1))
        session.add_all(fit(key) for key in "abc")
    stores.index.create_many(
        [
            mention(f"m{number:05}", published_at=NOON.replace(month=3 + number % 2))
            for number in range(mentions)
        ]
    )
    for name in ("spool/poison", "mail"):
        (stores.folder / name).mkdir(parents=True)
    (stores.folder / "spool" / "0001-batch_a.jsonl").write_bytes(b"{}\n")
    (stores.folder / "spool" / ".0002-batch_b.jsonl.tmp").write_bytes(b"half")
    (stores.folder / "spool" / "poison" / "1.jsonl").write_bytes(b"?")
    (stores.folder / "mail" / "m1.eml").write_bytes(b"Subject: x\r\n\r\n")


def asset(key: str) -> Asset:
    return Asset(
        id=key,
        brand_id="b1",
        kind="document",
        title="手册",
        description="",
        state="draft",
        current_version_id="ver_1",
        created_at=NOON,
        updated_at=NOON,
    )


def version(key: str, sha256: str) -> AssetVersion:
    return AssetVersion(
        id=key,
        asset_id="asset_1",
        number=1,
        state="draft",
        sha256=sha256,
        body=None,
        facts={"z": 1, "a": [None, 1.5, "\u2029"]},
        note="",
        author="a",
        created_at=NOON,
        processing="done",
    )


def rendition() -> Rendition:
    return Rendition(
        version_id="ver_1",
        name="thumb",
        object_key="renditions/ver_1/thumb.webp",
        media_type="image/webp",
        width=1,
        height=1,
    )


def fit(key: str) -> CalibrationFit:
    """A row of a table that never gives an id twice."""
    return CalibrationFit(
        scope="brand",
        key=key,
        engine="e",
        parameters={},
        figures={},
        marks=0,
        last_mark_id=0,
        in_use=False,
        reason="",
        at=NOON,
    )


def backed_up(stores: LocalStores, path: Path) -> Manifest:
    """Write a backup of *stores* to *path*."""
    head = Head(FORMAT, "1", revision_of(stores.records), "main", isoformat(NOON))
    folders = {SPOOL: stores.folder / "spool", MAIL: stores.folder / "mail"}
    with path.open("wb") as file:
        return back_up(stores, folders, SECRET, head, file, clock=FixedClock(), tell=silent)


def verified(path: Path) -> Contents:
    """Verify a backup and return what it says of itself."""
    with Archive(path) as archive:
        return archive.verify(silent)


@contextmanager
def server_stores(folder: Path, database_url: str) -> Iterator[LocalStores]:
    """Stores on the real servers, each with a place of its own that is removed afterwards."""
    stores = LocalStores(
        folder,
        Records.open(database_url),
        ElasticMentionIndex(elastic_address(folder)),
        S3ObjectStore(bucket_of(folder), clock=SystemClock()),
    )
    try:
        yield stores
    finally:
        stores.close()
        remove_bucket_of(folder)
        remove_indices_of(folder)


def elastic_address(folder: Path) -> ElasticAddress:
    """Return the tests' server with a prefix that belongs to *folder*."""
    server = server_addresses.elasticsearch()
    prefix = f"test-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    return ElasticAddress(server.url, server.username, server.password, prefix=prefix)


def remove_indices_of(folder: Path) -> None:
    """Remove everything whose name begins with the prefix of *folder*."""
    address = elastic_address(folder)
    connection = Connection(address)
    for name in connection.send("GET", f"/{address.prefix}-*/_alias").body:
        connection.send("DELETE", f"/{name}")
    connection.send("DELETE", f"/_index_template/{address.prefix}-*", allowed=(404,))
    connection.close()

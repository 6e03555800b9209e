"""Brings a verified backup into empty stores.

The records come last and in one transaction: until then nothing refers to what was brought, and a
run that was cut off is simply run again.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from core.errors import StorageError
from storage.records.copying import tables_in_order
from storage.records.counters import set_counter
from storage.search import Selection
from storage.transfer.archive import (
    FILES,
    MAIL,
    MENTIONS,
    RECORDS,
    SECRET,
    SPOOL,
    ArchiveFault,
    Manifest,
)
from storage.transfer.forms import in_form
from storage.transfer.lines import mention_of, row_of
from storage.transfer.reading import Archive, Contents, Member
from storage.transfer.stores import Stores, Tell, every_object, in_batches, told
from storage.transfer.tables import counts, fill

# As many as ingest writes at once, so that the index is written as it is in daily use.
_MENTIONS_AT_ONCE = 1000


def bring_back(
    archive: Archive, contents: Contents, stores: Stores, folder: Path, tell: Tell
) -> None:
    """Fill *stores* and the workspace's *folder* (spool and mail) from a verified *archive*.

    May be cut off and run again. Raises ``StorageError`` when a store fails or does not hold
    afterwards what the manifest counts.
    """
    for what, member in _named(archive, tell):
        if what == MENTIONS:
            lines = map(mention_of, member.lines())
            for batch in in_batches(lines, _MENTIONS_AT_ONCE):
                stores.index.create_many(batch)
        elif what == FILES:
            stores.files.put(member.name.removeprefix(FILES), member, limit=member.size)
        elif what in {SPOOL, MAIL}:
            _put_file(folder / member.name, member)
    stores.index.sync()
    with stores.records.write() as session:
        for table in reversed(tables_in_order()):  # of an older form, a run that was cut off
            session.execute(delete(table))
    with (
        in_form(stores.records, contents.head.revision) as tables,
        stores.records.write() as session,
    ):
        _fill_records(archive, contents.manifest, tables, session, tell)
    _demand_counts(contents.manifest, stores)


def secret_of(archive: Archive) -> str:
    """Return the key that signed sessions and links where the backup was made."""
    for member in archive.members():
        if member.name == SECRET:
            return member.note().decode()
    raise ArchiveFault(f"{archive.path} 里没有密钥，不是一份完整的备份。")


def _named(archive: Archive, tell: Tell) -> Iterator[tuple[str, Member]]:
    """Yield each file with the folder of the backup that it lies in."""
    for member in told(archive.members(), "brought", tell):
        what = member.name.partition("/")[0] + "/"
        yield what, member


def _fill_records(
    archive: Archive,
    manifest: Manifest,
    by_name: Mapping[str, Table],
    session: Session,
    tell: Tell,
) -> None:
    done = 0
    for member in archive.members():
        if member.name.startswith(RECORDS):
            name = member.name.removeprefix(RECORDS).rpartition("-")[0]
            table = by_name.get(name)
            if table is None:
                raise ArchiveFault(f"备份里有不认识的表 {name}。请换一份备份。")
            done += fill(session, table, (row_of(table, line) for line in member.lines()))
            tell("records", done)
    for name, counted in manifest.counters.items():
        set_counter(session, by_name[name], counted)


def _put_file(path: Path, member: Member) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.tmp")
    with staged.open("wb") as file:
        for piece in member:
            file.write(piece)
    staged.replace(path)


def _demand_counts(manifest: Manifest, stores: Stores) -> None:
    with stores.records.read() as session:
        wrong = [
            f"{name}: {found} of {manifest.tables.get(name, 0)} rows"
            for name, found in counts(session).items()
            if found != manifest.tables.get(name, 0)
        ]
    mentions = stores.index.count(Selection())
    if mentions != manifest.mentions:
        wrong.append(f"mentions: {mentions} of {manifest.mentions}")
    files = sum(1 for _ in every_object(stores.files))
    if files != manifest.files:
        wrong.append(f"files: {files} of {manifest.files}")
    if wrong:
        raise StorageError(f"The stores do not hold what was brought: {'; '.join(wrong)}.")

"""Writes a workspace into one file while it is in use.

The order makes what the records refer to be there: the spool first, so that a batch is in it or its
receipt in the records; then the records, all of one moment; then mentions and files, which the
records may name. What came to those after that moment is in the backup too and does no harm: known
mentions are considered again when they are fetched again, and files that nobody names are swept.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from core.clock import Clock, isoformat
from core.errors import NotFound
from storage.records.copying import tables_in_order
from storage.records.counters import counters
from storage.search import Selection
from storage.transfer.archive import (
    FILES,
    HEAD,
    MAIL,
    MENTIONS,
    RECORDS,
    SECRET,
    SPOOL,
    ArchiveWriter,
    Head,
    Manifest,
    Unproven,
    is_name,
    to_json,
)
from storage.transfer.lines import mention_line, row_line
from storage.transfer.named_files import absent_files
from storage.transfer.stores import Stores, Tell, every_object, told
from storage.transfer.tables import mappings

_POISON: Final = "poison"


def back_up(
    stores: Stores,
    folders: Mapping[str, Path],
    secret: str,
    head: Head,
    file: BinaryIO,
    *,
    clock: Clock,
    tell: Tell,
) -> Manifest:
    """Write everything to *file*, opened for writing, and return what it was.

    *folders* are those of ``SPOOL`` and ``MAIL``. Raises ``StorageError`` when a store fails and
    ``OSError`` when *file* cannot be written.
    """
    writer = ArchiveWriter(file)
    try:
        done = Unproven()
        note = to_json(head)
        writer.add(HEAD, len(note), BytesIO(note))
        done.spool = _folder(writer, SPOOL, folders[SPOOL])
        _records(writer, stores, done, tell)
        mentions = told(stores.index.scan(Selection()), "mentions", tell)
        done.mentions = writer.add_lines(MENTIONS, map(mention_line, mentions))
        _files(writer, stores, done, tell)
        done.mail = _folder(writer, MAIL, folders[MAIL])
        writer.add(SECRET, len(secret.encode()), BytesIO(secret.encode()))
        done.finished_at = isoformat(clock.now())
        return writer.finish(done)
    finally:
        writer.close()


def _records(writer: ArchiveWriter, stores: Stores, done: Unproven, tell: Tell) -> None:
    with stores.records.read() as session:
        for table in tables_in_order():
            rows = told(mappings(session, table), table.name, tell)
            name = f"{RECORDS}{table.name}-"
            done.tables[table.name] = writer.add_lines(name, map(row_line, rows))
        done.counters = {
            table.name: counted for table, counted in counters(session, tables_in_order())
        }


def _files(writer: ArchiveWriter, stores: Stores, done: Unproven, tell: Tell) -> None:
    for found in told(every_object(stores.files), "files", tell):
        # Deleted since it was listed: by the sweep, or with the version it was a part of.
        with suppress(NotFound), stores.files.open(found.key) as reader:
            writer.add(FILES + found.key, reader.head.size, reader)
            done.files += 1
            done.file_bytes += reader.head.size
    done.absent = list(absent_files(stores))


def _folder(writer: ArchiveWriter, prefix: str, folder: Path) -> int:
    """Add the files of *folder* and return how many; nothing in it is changed in place."""
    added = 0
    for path in _plain_files(folder):
        name = prefix + path.relative_to(folder).as_posix()
        # A batch may have been ingested since the listing: then the records have its receipt.
        with suppress(FileNotFoundError), path.open("rb") as content:
            if is_name(name):
                writer.add(name, path.stat().st_size, content)
                added += 1
    return added


def _plain_files(folder: Path) -> Iterator[Path]:
    """Yield the files that are whole: those that are being written have a dot before the name."""
    for path in sorted([*folder.glob("[!.]*"), *folder.glob(f"{_POISON}/[!.]*")]):
        if path.is_file() and not path.is_symlink():
            yield path

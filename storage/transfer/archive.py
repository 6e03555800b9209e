"""The form of a backup: one plain tar file whose end proves the whole of it.

In order: ``shengyu-backup.json`` (``Head``), ``spool/…``, ``records/<table>-<part>.jsonl``,
``mentions/<part>.jsonl``, ``files/<object key>``, ``mail/…``, ``secret_key``, ``SHA256SUMS`` (the
form that ``sha256sum -c`` reads) and ``manifest.json`` (``Manifest``). Nothing is compressed, so a
file never grows when it is read.
"""

import hashlib
import json
import re
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from io import BytesIO
from typing import Any, BinaryIO, Final, Protocol, TypeVar

from core.errors import InvalidInput, StorageError
from storage.objects.keys import is_key

FORMAT: Final = 1
HEAD, SUMS, MANIFEST, SECRET = "shengyu-backup.json", "SHA256SUMS", "manifest.json", "secret_key"
RECORDS, MENTIONS, FILES, SPOOL, MAIL = "records/", "mentions/", "files/", "spool/", "mail/"
BLOCK: Final = 512
CHUNK: Final = 256 * 1024
# Lines are gathered until so many bytes, whose number a tar file must know beforehand.
PART: Final = 4 * 1024 * 1024
# Of what is read whole: head, manifest and secret.
LARGEST_NOTE: Final = 1024 * 1024

_NAME = re.compile(
    r"shengyu-backup\.json|SHA256SUMS|manifest\.json|secret_key"
    r"|records/[a-z_]{1,60}-\d{6}\.jsonl|mentions/\d{6}\.jsonl"
    r"|spool/(?:poison/)?[A-Za-z0-9_-][A-Za-z0-9._-]{0,180}"
    r"|mail/[A-Za-z0-9_-][A-Za-z0-9._-]{0,180}"
)
T = TypeVar("T", "Head", "Manifest")


class ArchiveFault(InvalidInput):
    """The file is no backup of ours, or not whole, or not as it was written."""


class Readable(Protocol):
    """Bytes that come in order."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to *size* bytes, none at the end."""
        ...


@dataclass(frozen=True)
class Head:
    """What stands first: enough to know whether this version can read the rest.

    *revision* is the form of the records; times are ISO 8601.
    """

    format: int
    version: str
    revision: str
    workspace: str
    begun_at: str


@dataclass(frozen=True)
class Manifest:
    """What stands last: how much of everything there is, and the hash of ``SHA256SUMS``.

    *counters* are the last ids that the database gave itself; *absent* are the keys of files that
    the records name and the store did not have.
    """

    sums_sha256: str
    finished_at: str
    tables: dict[str, int]
    counters: dict[str, int]
    mentions: int
    files: int
    file_bytes: int
    spool: int
    mail: int
    absent: list[str] = field(default_factory=list)


def is_name(name: str) -> bool:
    """Say whether a backup may hold a file of this name."""
    if name.startswith(FILES):
        return is_key(name.removeprefix(FILES))
    return _NAME.fullmatch(name) is not None


def to_json(note: Head | Manifest) -> bytes:
    """Return *note* for people and programs to read."""
    return json.dumps(asdict(note), ensure_ascii=False, indent=1).encode() + b"\n"


def from_json(kind: type[T], content: bytes) -> T:
    """Return the note that ``to_json`` wrote; unknown fields of later versions are passed over."""
    try:
        given: dict[str, Any] = json.loads(content)
        return kind(**{each.name: given[each.name] for each in fields(kind)})
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveFault(f"备份中的说明读不出来（{error}）。请换一份备份。") from error


class ArchiveWriter:
    """Appends to *file*, hashing as it goes; ``finish`` writes what proves it whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sums = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def add(self, name: str, size: int, content: Readable) -> str:
        """Add *content* of *size* bytes and return its SHA-256 (hex).

        Raises ``StorageError`` when there is less of it.
        """
        digest = self._put(name, size, content)
        self._sums.write(sum_line(name, digest))
        return digest

    def add_lines(self, prefix: str, lines: Iterable[bytes]) -> int:
        """Add *lines* as ``<prefix>000001.jsonl`` and so on; return how many they were."""
        number, part, gathered = 0, 0, bytearray()

        def close_part() -> None:
            nonlocal part
            part += 1
            self.add(f"{prefix}{part:06}.jsonl", len(gathered), BytesIO(gathered))
            gathered.clear()

        for line in lines:
            gathered += line
            number += 1
            if len(gathered) >= PART:
                close_part()
        if gathered:
            close_part()
        return number

    def finish(self, manifest: "Unproven") -> Manifest:
        """Write the sums, the manifest and the end of the file; return the manifest."""
        size = self._sums.tell()
        self._sums.seek(0)
        digest = self._put(SUMS, size, self._sums)
        proven = manifest.proven(digest)
        note = to_json(proven)
        self._put(MANIFEST, len(note), BytesIO(note))
        self._file.write(bytes(2 * BLOCK))
        return proven

    def close(self) -> None:
        """Free the list of sums; the file is the caller's."""
        self._sums.close()

    def _put(self, name: str, size: int, content: Readable) -> str:
        assert is_name(name), name
        header = tarfile.TarInfo(name)
        header.size, header.mode = size, 0o600
        self._file.write(header.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict"))
        digest, left = hashlib.sha256(), size
        while left:
            piece = content.read(min(left, CHUNK))
            if not piece:
                raise StorageError(f"{name} was cut short while it was read. Try again.")
            digest.update(piece)
            self._file.write(piece)
            left -= len(piece)
        self._file.write(bytes(-size % BLOCK))
        return digest.hexdigest()


@dataclass
class Unproven:
    """The manifest while it is gathered."""

    tables: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    mentions: int = 0
    files: int = 0
    file_bytes: int = 0
    spool: int = 0
    mail: int = 0
    absent: list[str] = field(default_factory=list)
    finished_at: str = ""

    def proven(self, sums_sha256: str) -> Manifest:
        """Return the manifest with the hash of all sums."""
        return Manifest(sums_sha256=sums_sha256, **asdict(self))


def sum_line(name: str, digest: str) -> bytes:
    """Return a line of ``SHA256SUMS``."""
    return f"{digest}  {name}\n".encode()

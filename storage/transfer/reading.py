"""Reads a backup without trusting it: strict headers, known names, every byte hashed first."""

import hashlib
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, BinaryIO, Final, Self

from storage.transfer.archive import (
    BLOCK,
    CHUNK,
    FORMAT,
    HEAD,
    LARGEST_NOTE,
    MANIFEST,
    SUMS,
    ArchiveFault,
    Head,
    Manifest,
    from_json,
    is_name,
    sum_line,
)
from storage.transfer.stores import Tell

_LONGEST_LINE: Final = 64 * 1024 * 1024


class Member:
    """One file of a backup, read in order and once."""

    def __init__(self, file: BinaryIO, name: str, size: int) -> None:
        self._file, self.name, self.size = file, name, size
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        """Return up to *size* bytes, all that are left when it is negative, none at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._file.read(wanted)
        if len(piece) < wanted:
            raise ArchiveFault(f"备份不完整：在 {self.name} 处中断。请换一份完整的备份。")
        self._left -= len(piece)
        return piece

    def __iter__(self) -> Iterator[bytes]:
        """Yield what is left in pieces."""
        while piece := self.read(CHUNK):
            yield piece

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, each with its end."""
        while self._left:
            line = self._file.readline(min(self._left, _LONGEST_LINE))
            if not line.endswith(b"\n"):
                raise ArchiveFault(f"备份中的 {self.name} 有一行没有结束。请换一份备份。")
            self._left -= len(line)
            yield line

    def note(self) -> bytes:
        """Return the whole of a small file."""
        if self.size > LARGEST_NOTE:
            raise ArchiveFault(f"备份中的 {self.name} 太大。这不是声誉的备份。")
        return self.read()


@dataclass(frozen=True)
class Contents:
    """What a verified backup says of itself."""

    head: Head
    manifest: Manifest


class Archive:
    """The backup *path*, opened for reading. Raises ``ArchiveFault`` when there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise ArchiveFault(f"打不开备份 {path}：{error.strerror}。") from error
        self._size = os.fstat(self._file.fileno()).st_size

    def members(self) -> Iterator[Member]:
        """Yield the files in order. What is not read of one is passed over."""
        at = 0
        while (header := self._header(at)) is not None:
            member = Member(self._file, header.name, header.size)
            yield member
            at += BLOCK + header.size + -header.size % BLOCK

    def verify(self, tell: Tell) -> Contents:
        """Read every byte and return what the backup holds.

        Raises ``ArchiveFault`` with a sentence for a file that is no backup, is cut short, was
        changed, or comes from a newer version.
        """
        members = self.members()
        first = next(members, None)
        if first is None or first.name != HEAD:
            raise ArchiveFault(f"{self.path} 不是声誉的备份。")
        note = first.note()
        head = _head(note)
        with TemporaryFile() as sums:
            sums.write(sum_line(HEAD, hashlib.sha256(note).hexdigest()))
            proof = self._sum_up(members, sums, tell)
        last = next(members, None)
        if last is None or last.name != MANIFEST:
            raise self._cut_short()
        manifest = from_json(Manifest, last.note())
        if proof != manifest.sums_sha256 or next(members, None) is not None:
            raise ArchiveFault(f"{self.path} 与它自己的清单不符。请换一份备份。")
        return Contents(head, manifest)

    def _sum_up(self, members: Iterator[Member], sums: IO[bytes], tell: Tell) -> str:
        """Hash every file up to the list of sums, compare, and return the hash of that list."""
        for number, member in enumerate(members, start=1):
            if member.name == SUMS:
                sums.seek(0)
                return _compared(member, sums)
            sums.write(sum_line(member.name, _digest(member)))
            tell("verified", number)
        raise self._cut_short()

    def _header(self, at: int) -> tarfile.TarInfo | None:
        self._file.seek(at)
        block = self._file.read(BLOCK)
        if not block.strip(b"\0"):
            return None
        if len(block) < BLOCK:
            raise self._cut_short()
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            raise ArchiveFault(f"{self.path} 不是声誉的备份，或已损坏。") from error
        if header.type != tarfile.REGTYPE or not is_name(header.name):
            raise ArchiveFault(
                f"{self.path} 里有一项不该出现在备份中：{header.name[:80]!a}。请换一份备份。"
            )
        if not 0 <= header.size <= self._size - at - BLOCK:
            raise self._cut_short()
        return header

    def _cut_short(self) -> ArchiveFault:
        return ArchiveFault(f"{self.path} 不完整。请换一份完整的备份。")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _head(note: bytes) -> Head:
    head = from_json(Head, note)
    if head.format > FORMAT:
        raise ArchiveFault(f"这份备份由更新的版本（{head.version}）写成。请先升级声誉，再恢复它。")
    return head


def _digest(member: Member) -> str:
    digest = hashlib.sha256()
    for piece in member:
        digest.update(piece)
    return digest.hexdigest()


def _compared(listed: Member, measured: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for line in listed.lines():
        digest.update(line)
        if line != measured.readline():
            name = line.decode("utf-8", "replace").rstrip().rpartition("  ")[2]
            raise ArchiveFault(f"备份中的 {name} 与它的 SHA-256 不符。请换一份备份。")
    if measured.read(1):
        raise ArchiveFault("备份里有清单之外的文件。请换一份备份。")
    return digest.hexdigest()

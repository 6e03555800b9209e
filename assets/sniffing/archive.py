"""ZIP: every member is what the directory says, lies where it says, and grows within bounds."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from assets.sniffing.structure import Wrong, damaged, read_at

MOST_MEMBERS: Final = 10_000
_MOST_BYTES: Final = 4 * 1024**3
_MOST_RATIO: Final = 200
# A small file may shrink well: white pictures, tables full of zeros.
_FREE_BYTES: Final = 64 * 1024 * 1024
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_LOCAL: Final = struct.Struct("<4s2xHH16xHH")
_END: Final = 22  # bytes of the last record, without a comment
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass
class Budget:
    """What an archive and all archives in it may hold together: *bytes* unpacked, *members*."""

    bytes: int = _MOST_BYTES
    members: int = MOST_MEMBERS

    def take(self, size: int, members: int) -> None:
        """Raise ``Wrong`` when it is used up."""
        self.bytes -= size
        self.members -= members
        if self.members < 0:
            raise Wrong(f"压缩包里的文件超过 {MOST_MEMBERS} 个，请拆分后再上传。")
        if self.bytes < 0:
            raise Wrong("压缩包解开后超过 4 GB，请拆分后再上传。")


@contextmanager
def opened(file: BinaryIO, size: int, budget: Budget) -> Iterator[zipfile.ZipFile]:
    """Give *file* as an archive whose directory was checked."""
    try:
        with zipfile.ZipFile(file) as archive:
            check_directory(archive, file, size, budget)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError) as error:
        raise damaged("压缩包") from error
    except (NotImplementedError, OverflowError, RuntimeError) as error:
        raise Wrong("压缩包用了不能检查的压缩方式，请用普通 ZIP 重新打包。") from error


def check_directory(archive: zipfile.ZipFile, file: BinaryIO, size: int, budget: Budget) -> None:
    """Raise ``Wrong`` for a bomb, a password, a name that leads out, or bytes between members."""
    members = archive.infolist()
    if not members:
        raise Wrong("压缩包是空的，请放入文件后再上传。")
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if total > _FREE_BYTES and total > _MOST_RATIO * max(packed, 1):
        raise Wrong("压缩包的压缩比异常（疑似压缩炸弹），不能上传。")
    budget.take(total, len(members))
    end = read_at(file, size - _END, _END)
    if not end.startswith(b"PK\x05\x06") or not end.endswith(b"\0\0"):
        raise Wrong("压缩包末尾带有注释或别的内容，可能藏着别的文件；请重新打包。")
    names = set()
    for member in members:
        _check_member(member)
        names.add(member.orig_filename)
    if len(names) < len(members):
        raise Wrong("压缩包里有同名的文件，请重新打包。")
    _check_layout(members, archive.start_dir, file)


def shown_name(member: zipfile.ZipInfo) -> str:
    """Return the name of *member*; without the UTF-8 flag Windows writes GBK here."""
    if member.flag_bits & 0x800:
        return member.orig_filename
    try:
        return member.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.orig_filename


def _check_member(member: zipfile.ZipInfo) -> None:
    name = shown_name(member)
    if member.flag_bits & 0x1:
        raise Wrong("压缩包带密码，无法检查；请去掉密码后再上传。")
    if member.compress_type not in _METHODS:
        raise Wrong("压缩包用了不能检查的压缩方式，请用普通 ZIP 重新打包。")
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or _DRIVE.match(name) or not name.isprintable():
        raise Wrong("压缩包里有指向外面的路径或异常的文件名，请重新打包。")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Wrong("压缩包里有链接文件，请换成真正的文件后重新打包。")


def _check_layout(members: list[zipfile.ZipInfo], end: int, file: BinaryIO) -> None:
    """Members stand one behind the other from the first byte to the directory.

    So none overlaps another, which is how the best bombs are made, and nothing hides between.
    """
    at = 0
    allowed = {0}
    for member in sorted(members, key=lambda each: each.header_offset):
        gap = member.header_offset - at
        if gap not in allowed:
            raise Wrong("压缩包的内部结构异常（文件之间重叠或藏有内容），请重新打包。")
        mark, flags, _method, name_size, extra_size = _LOCAL.unpack(
            read_at(file, member.header_offset, 30)
        )
        if mark != b"PK\x03\x04":
            raise damaged("压缩包")
        at = member.header_offset + 30 + name_size + extra_size + member.compress_size
        # The descriptor behind the data: with or without its mark, in 32 or 64 bits.
        allowed = {12, 16, 20, 24} if flags & 0x8 else {0}
    if end - at not in allowed:
        raise Wrong("压缩包的内部结构异常（藏有内容），请重新打包。")

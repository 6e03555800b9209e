"""What is inside an archive: programs, archives in archives, XML that grows."""

import io
import re
import tempfile
import zipfile
from typing import BinaryIO, Final, cast

from assets.sniffing.archive import Budget, opened, shown_name
from assets.sniffing.file_types import rules
from assets.sniffing.structure import Wrong

_DEEPEST: Final = 3
_PIECE: Final = 256 * 1024
_IN_MEMORY: Final = 4 * 1024 * 1024
_ARCHIVES: Final = (
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\x00",
)
_PROGRAMS: Final = (
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!/",
)
_MACRO_NAMES: Final = re.compile(
    r"vbaproject\.bin$|vbadata\.xml$|/macrosheets/|/activex/.*\.bin$|/dialogsheets/", re.I
)
# A program that was packed into a document: the stream's name in an OLE file.
_PACKAGE: Final = "\x01Ole10Native".encode("utf-16-le")
_MACRO: Final = "Office 文件里有宏或控件，请另存为不带宏的格式后再上传。"


def check_members(archive: zipfile.ZipFile, budget: Budget, depth: int = 0) -> None:
    """Read every member once. Raises ``Wrong`` for what may not be in an archive."""
    for member in archive.infolist():
        name = shown_name(member)
        if member.is_dir():
            continue
        if name.rpartition(".")[2].lower() in rules().refused_extensions:
            raise Wrong(f"压缩包里有程序、脚本或网页（{_short(name)}），请去掉后重新打包。")
        if _MACRO_NAMES.search(f"/{name}"):
            raise Wrong(_MACRO)
        with archive.open(member) as stream:
            _check_content(cast(BinaryIO, stream), name, member.file_size, budget, depth)


def _check_content(stream: BinaryIO, name: str, size: int, budget: Budget, depth: int) -> None:
    head = stream.read(_PIECE)
    if head.startswith(_PROGRAMS) or _is_windows_program(head):
        raise Wrong(f"压缩包里有可执行程序（{_short(name)}），请去掉后重新打包。")
    if head.startswith(_ARCHIVES):
        raise Wrong(f"压缩包里还有压缩包（{_short(name)}），请解开后重新打包。")
    if head.startswith(b"PK\x03\x04"):
        _check_inner(head, stream, name, size, budget, depth)
        return
    xml = name.lower().endswith((".xml", ".rels", ".vml", ".svg"))
    before = b""
    while head:
        window = before + head
        if xml and _declares(window):
            raise Wrong(f"文件里的 XML 定义了实体（{_short(name)}），请重新导出。")
        if _PACKAGE in window:
            raise Wrong(f"文档里嵌入了别的文件（{_short(name)}），请去掉后再上传。")
        before = window[-64:]
        # To the end: the archive's checksums are compared there.
        head = stream.read(_PIECE)


def _check_inner(
    head: bytes, stream: BinaryIO, name: str, size: int, budget: Budget, depth: int
) -> None:
    if depth + 1 >= _DEEPEST:
        raise Wrong(f"压缩包里的压缩包套得太深（{_short(name)}），请解开后重新打包。")
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        copy.write(head)
        while piece := stream.read(_PIECE):
            copy.write(piece)
        inner = cast(BinaryIO, copy)
        with opened(inner, copy.seek(0, io.SEEK_END), budget) as archive:
            check_members(archive, budget, depth + 1)


def _declares(data: bytes) -> bool:
    """Say whether XML declares a document type or entities, in any of its usual encodings."""
    plain = data.replace(b"\0", b"").lower()
    return b"<!doctype" in plain or b"<!entity" in plain


def _is_windows_program(head: bytes) -> bool:
    at = int.from_bytes(head[0x3C:0x40], "little")
    return head[:2] == b"MZ" and (head[at : at + 4] == b"PE\0\0" or head[at : at + 2] == b"NE")


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"…{name[-59:]}"

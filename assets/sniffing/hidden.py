"""Files that are two at once: a picture with an archive behind it, a document that is a page."""

import re
import zipfile
from typing import BinaryIO, Final

from assets.sniffing.file_types import FileType
from assets.sniffing.structure import Wrong, pieces, read_at

_TWO: Final = "文件里藏着另一种文件（{what}），不能上传。请用原来的软件重新导出。"
_ZIPS: Final = frozenset({"docx", "pptx", "xlsx", "zip"})
# Long enough that compressed data does not hold one by chance.
_MARKUP: Final = re.compile(rb"<script|<html|<!doctype html|<\?php|<iframe|javascript:", re.I)
_ARCHIVES: Final = re.compile(rb"Rar!\x1a\x07[\x00\x01]|7z\xbc\xaf\x27\x1c\x00")
_OVERLAP: Final = 32
_NEAR_START: Final = 4096


def check(promised: FileType, file: BinaryIO, size: int) -> None:
    """Raise ``Wrong`` when *file* can be read as another type besides the promised one."""
    if promised.check not in _ZIPS and promised.check not in {"text", "svg"}:
        file.seek(0)
        if zipfile.is_zipfile(file):
            raise Wrong(_TWO.format(what="压缩包"))
    start = read_at(file, 0, _NEAR_START)
    if promised.check != "pdf" and b"%PDF-" in start[:1024] and promised.check != "zip":
        raise Wrong(_TWO.format(what="PDF"))
    if promised.check != "text" and _MARKUP.search(start):
        raise Wrong(_TWO.format(what="网页或脚本"))
    if promised.reader == "image":
        for piece in pieces(file, _OVERLAP):
            if _MARKUP.search(piece):
                raise Wrong(_TWO.format(what="网页或脚本"))
            if _ARCHIVES.search(piece):
                raise Wrong(_TWO.format(what="压缩包"))

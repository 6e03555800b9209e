"""Plain text: whole characters of one encoding, no control characters, no page or script."""

import codecs
import re
from typing import BinaryIO, Final

from assets.sniffing.structure import Check, Wrong

_PIECE: Final = 1024 * 1024
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_PROGRAM: Final = re.compile(
    r"#!|<\?|<!doctype\s+html|<html|<script|<svg|<body|<iframe|<head|@echo off|%!PS", re.I
)
_LONGEST: Final = 64 * 1024 * 1024
_BOMS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def text_encoding(file: BinaryIO) -> str | None:
    """Return utf-8, utf-8-sig, utf-16 or gb18030, whichever all of *file* is; None for none."""
    file.seek(0)
    start = file.read(4)
    marked = [name for mark, name in _BOMS.items() if start.startswith(mark)]
    return next((name for name in marked or ["utf-8", "gb18030"] if _reads(file, name)), None)


def _text(file: BinaryIO, size: int) -> None:
    if size > _LONGEST:
        raise Wrong("文本文件最大 64 MB，请拆分后再上传。")
    encoding = text_encoding(file)
    if encoding is None:
        raise Wrong("这不是文本文件：里面有文本没有的字节。请用 UTF-8 重新保存。")
    file.seek(0)
    start = codecs.getincrementaldecoder(encoding)().decode(file.read(4096)).lstrip()
    if _PROGRAM.match(start):
        raise Wrong("文件内容是网页或脚本，不是文本；请另存为 PDF 或纯文本后再上传。")


def _reads(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            if _CONTROL.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


CHECKS: Final[dict[str, Check]] = {"text": _text}

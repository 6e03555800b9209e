"""What a file is, by its content and not by its name: format, encoding, delimiter, fingerprint."""

import codecs
import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from core.errors import InvalidInput
from crawlers.importing.text_lines import UTF16, text_lines

Format = Literal["jsonl", "json", "csv", "xlsx"]

_CHUNK: Final = 1 << 20
_HEAD: Final = 1 << 16
_HEAD_LINES: Final = 20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS: Final = ",\t;|"
# Above this share of broken signs a file is not UTF-8 with a few bad bytes.
_BROKEN_SHARE: Final = 0.02
_ARRAY: Final = re.compile(r"\s*(?:\{\s*\"[^\"\\]{1,64}\"\s*:\s*)?\[\s*(?:\{|\])")


@dataclass(frozen=True)
class Content:
    """A file as it was when it was looked at. *delimiter* is that of CSV."""

    path: Path
    name: str
    size: int
    sha256: str
    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","


def examine(path: Path, name: str = "") -> Content:
    """Read *path* once, in bounded memory, and say what it is.

    *name* is what people call it (default: its own). Raises ``InvalidInput`` for what cannot be
    imported, with the way out.
    """
    name = name or path.name
    try:
        head, size, digest, encoding = _scan(path)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}.") from error
    if head.startswith(_OLE):
        raise InvalidInput(
            f"{name} 是旧版 .xls 或加了密码的工作簿；请另存为不加密的 .xlsx 或 CSV 再导入。"
        )
    if head.startswith(b"PK"):
        return Content(path, name, size, digest, _zip_format(path, name))
    if encoding not in UTF16 and head.count(0) > len(head) // 8:
        raise InvalidInput(f"{name} 不是文本，也不是 .xlsx；可导入 JSONL、JSON、CSV 和 XLSX。")
    return _text(Content(path, name, size, digest, "jsonl", encoding))


def _scan(path: Path) -> tuple[bytes, int, str, str]:
    digest, size, head = hashlib.sha256(), 0, b""
    strict = codecs.getincrementaldecoder("utf-8")("replace")
    broken = foreign = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:_HEAD]
            size += len(chunk)
            digest.update(chunk)
            if chunk.isascii():
                continue
            text = strict.decode(chunk)
            broken += text.count("\ufffd")
            foreign += (len(chunk) - len(text)) // 2 + 1
    return head, size, digest.hexdigest(), _encoding(head, broken, foreign)


def _encoding(head: bytes, broken: int, foreign: int) -> str:
    if head.startswith(codecs.BOM_UTF16_LE):
        return UTF16[0]
    if head.startswith(codecs.BOM_UTF16_BE):
        return UTF16[1]
    # Without a mark: text has no NUL, but every comma and digit of UTF-16 has one, always on the
    # same side.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) >= max(4, len(head) // 50) and not min(even, odd):
        return UTF16[0] if odd else UTF16[1]
    return "gb18030" if broken and broken > _BROKEN_SHARE * foreign else "utf-8"


def _zip_format(path: Path, name: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" in archive.namelist():
                return "xlsx"
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise InvalidInput(f"{name} 是损坏或不完整的 .xlsx：{error}。") from error
    raise InvalidInput(f"{name} 是压缩包而不是 .xlsx；请先解压，再导入其中的文件。")


def _text(content: Content) -> Content:
    lines = []
    for line, _whole in text_lines(content.path, content.encoding, _HEAD):
        lines.append(line)
        if len(lines) >= _HEAD_LINES:
            break
    head = "".join(lines)
    if _ARRAY.match(head):
        return _as(content, "json")
    starts = [line.lstrip() for line in lines if line.strip()]
    if any(line.startswith("{") for line in starts) or not starts:
        return _as(content, "jsonl")
    delimiter = _delimiter(starts)
    named_lines = content.path.suffix.lower() in {".jsonl", ".ndjson", ".json"}
    if named_lines and (delimiter is None or _is_json(starts[0])):
        return _as(content, "jsonl")
    return _as(content, "csv", delimiter or ",")


def _as(content: Content, form: Format, delimiter: str = ",") -> Content:
    return Content(
        content.path, content.name, content.size, content.sha256, form, content.encoding, delimiter
    )


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _delimiter(lines: list[str]) -> str | None:
    """Return the sign that divides the header most often, outside quotes; None for one column."""
    header = re.sub(r'"(?:[^"]|"")*"', "", lines[0])
    counted = {sign: header.count(sign) for sign in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda sign: counted[sign])
    return best if counted[best] else None

"""Text files in the encodings that Chinese offices use."""

import codecs
import re
from pathlib import Path
from typing import Final

from assets.reading.gathering import Gathered
from assets.reading.result import TEXT_BYTES, Unreadable

# Twice the text that is kept: UTF-16 takes up to two bytes where UTF-8 takes one.
_READ_BYTES: Final = 2 * TEXT_BYTES
_SAMPLE: Final = 64 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES: Final = ("gb18030", "big5hkscs", "shift_jis", "euc_jp", "euc_kr", "cp1252")
_COMMON_SHARE: Final = 0.9
_BROKEN: Final = "\ufffd"
_BROKEN_RATIO: Final = 10
_HTML: Final = re.compile(r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html\b)", re.I | re.S)


def read_plain(path: Path, _media_type: str, found: Gathered) -> None:
    """Gather the text of a TXT, Markdown or CSV file. Raises ``Unreadable``."""
    with path.open("rb") as file:
        body = file.read(_READ_BYTES + 1)
    whole = len(body) <= _READ_BYTES
    text = decoded(body[:_READ_BYTES], whole=whole)
    if _HTML.match(text):
        raise Unreadable("HTML 网页不能作为资产；请存成 PDF 或纯文本后再上传。")
    if not whole:
        found.cut()
    found.text(1, "plain", text)


def decoded(body: bytes, *, whole: bool = True) -> str:
    """Return the text of *body*; unless *whole*, its last character may be cut off.

    A byte order mark wins, then UTF-16 by its zero bytes, then UTF-8 that is valid or nearly so,
    then a detector. Raises ``Unreadable`` for what is no text.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _decode(body, encoding, "replace", whole)
    for encoding in _wide(body) or ("utf-8",):
        try:
            return _decode(body, encoding, "strict", whole)
        except UnicodeDecodeError:
            continue
    mended = _decode(body, "utf-8", "replace", whole)
    if _nearly_whole(mended):
        return mended
    try:
        return _decode(body, _detected(body), "strict", whole)
    except UnicodeDecodeError as error:
        raise Unreadable("认不出文件的文字编码；请另存为 UTF-8 后再上传。") from error


def _decode(body: bytes, encoding: str, errors: str, whole: bool) -> str:
    return codecs.getincrementaldecoder(encoding)(errors).decode(body, final=whole)


def _nearly_whole(text: str) -> bool:
    """Say whether few of the characters that are not ASCII were broken."""
    broken = text.count(_BROKEN)
    return broken * _BROKEN_RATIO < sum(1 for char in text if char > "\x7f" and char != _BROKEN)


def _wide(body: bytes) -> tuple[str, ...]:
    """Return UTF-16 where line ends or Latin letters show on which side its zeros are."""
    sample = body[:_SAMPLE]
    if b"\0" not in sample:
        return ()
    little, big = sample[1::2].count(0), sample[::2].count(0)
    return ("utf-16-le", "utf-16-be") if little >= big else ("utf-16-be", "utf-16-le")


def _detected(body: bytes) -> str:
    import charset_normalizer

    sample = body[:_SAMPLE]
    if _reads_as_chinese(sample):
        return "gb18030"
    best = charset_normalizer.from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if best is None:
        return "gb18030"
    # GB2312 and GBK mean the superset in practice.
    name = codecs.lookup(best.encoding).name
    return {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(name, name)


def _reads_as_chinese(sample: bytes) -> bool:
    """Say whether almost all of it is common simplified Chinese when read as GB18030.

    Korean in EUC-KR may look the same; of a short text nobody can tell, and we read Chinese.
    """
    text = codecs.getincrementaldecoder("gb18030")("replace").decode(sample)
    beyond = [char for char in text if char > "\x7f"]
    common = 0
    for char in beyond:
        code = char.encode("gb2312", "ignore")
        # Rows of GB 2312: punctuation and full-width signs, then the 3,755 commonest characters.
        common += bool(code) and (0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
    return common >= _COMMON_SHARE * len(beyond)

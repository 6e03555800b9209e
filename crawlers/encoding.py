"""Bytes and headers become text. Servers lie about charsets, so valid UTF-8 beats what they say."""

import codecs
import re
from typing import Final

_HEAD: Final = 4096
_SAMPLE: Final = 64 * 1024
_DECLARED: Final = (
    re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE),
    re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE),
)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# GB2312 and GBK on the label mean the superset in practice, as the WHATWG standard says.
_WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Every byte string decodes strictly in these, so a label of this kind proves nothing.
_DECODES_ANYTHING: Final = re.compile(r"^(iso8859|latin|cp12|cp4|koi8|mac|ascii)")
_CANDIDATES: Final = ("gb18030", "big5hkscs", "utf_8", "shift_jis", "euc_jp", "euc_kr", "cp1252")
# One broken sequence in a long page (an ad, a cut-off quote) does not make it another encoding.
_BROKEN_SHARE: Final = 0.005


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of *body*; *content_type* is the header's value. Never raises.

    Valid UTF-8 wins; else a declared encoding that decodes strictly (header, XML declaration,
    meta); else almost valid UTF-8; else a detector, and at the very last GB18030 with marks.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    for encoding in ("utf-8", *_declared(body, content_type)):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    mended = body.decode("utf-8", "replace")
    if mended.count("\ufffd") <= max(1, _BROKEN_SHARE * len(mended)) and len(mended) < len(body):
        return mended
    return body.decode(_detect(body), "replace")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    labels = [found.group(1) for found in [_HEADER.search(content_type or "")] if found]
    for pattern in _DECLARED:
        found_bytes = pattern.search(body[:_HEAD])
        if found_bytes:
            labels.append(found_bytes.group(1).decode("ascii", "replace"))
    names = []
    for label in labels:
        try:
            name = codecs.lookup(_WIDER.get(label.lower(), label)).name
        except LookupError:
            continue
        name = _WIDER.get(name, name)
        if not _DECODES_ANYTHING.match(name.replace("-", "").replace("_", "")):
            names.append(name)
    return names


def _detect(body: bytes) -> str:
    import charset_normalizer

    best = charset_normalizer.from_bytes(body[:_SAMPLE], cp_isolation=list(_CANDIDATES)).best()
    if best is None:
        return "gb18030"
    name = codecs.lookup(best.encoding).name
    return _WIDER.get(name, name)

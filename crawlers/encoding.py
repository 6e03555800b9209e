"""Bytes and headers become text. Servers lie about charsets, so valid UTF-8 beats what they say."""

import codecs
import re
from collections import Counter
from contextlib import suppress
from typing import Final

_HEAD: Final = 16 * 1024
_SAMPLE: Final = 16 * 1024
_DECLARED: Final = (
    re.compile(rb"^\s{0,100}<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE),
    re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE),
)
_HIDDEN: Final = re.compile(rb"<!--.*?-->|<script\b.*?</script", re.IGNORECASE | re.DOTALL)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# GB2312 and GBK on the label mean the superset in practice, as the WHATWG standard says.
_WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs"}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The charsets of many bytes a character: a label of one byte each (latin-1) proves nothing, since
# everything decodes in it, and Python's other codecs (base64, zip) are no charsets at all.
_TOLD: Final = frozenset(("utf-8", "gb18030", "hz", "big5hkscs", "euc_kr", "cp949", "johab")) | {
    "shift_jis",
    "cp932",
    "euc_jp",
    "iso2022_jp",
}
_CANDIDATES: Final = ("gb18030", "big5hkscs", "utf_8", "shift_jis", "euc_jp", "euc_kr", "cp1252")
# Usual Chinese has a share of 0.2 and more, a wrong decoding one of 0.03 and less.
_LITTLE: Final = 0.04
_FAR_MORE: Final = 2
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_HZ: Final = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){1,400}~\}")
# The commonest characters of Chinese text in both scripts: wrong decodings have next to none.
_COMMON: Final = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年"
    "過這個們來為國說時會對們後發經學現實當點從業還進種開無與間產關動，。、：的"
)


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of *body*; *content_type* is the header's value. Never raises.

    A byte order mark decides; then valid UTF-8; then a declared encoding that decodes strictly
    (header, XML declaration, meta); then almost valid UTF-8; then the encoding that gives the most
    usual Chinese, a detector, and at the very last GB18030 with marks.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    wide = _without_mark_utf_16(body)
    if wide:
        return body.decode(wide, "replace")
    if not (body.isascii() and _HZ.search(body)):
        with suppress(UnicodeError):
            return body.decode("utf-8")
    return _by_label(body, _declared(body, content_type))


def _by_label(body: bytes, labels: list[str]) -> str:
    """Return the text of what is no valid UTF-8, or perhaps HZ, under *labels*."""
    if body.isascii():
        return body.decode("hz" if "hz" in labels else "ascii", "replace")
    sample = _sample(body)
    likeliest, usual = _likeliest(sample, labels)
    for encoding in labels:
        # GB18030 decodes nearly anything: what reads far more like Chinese beats its label.
        if usual <= _FAR_MORE * (_LITTLE + _usual(sample, encoding)):
            with suppress(UnicodeError):
                return body.decode(encoding)
    if not (likeliest == "utf-8" and usual > 0):
        likeliest = likeliest if usual > _LITTLE else _detect(sample)
    return body.decode(likeliest, "replace")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    labels = [found.group(1) for found in [_HEADER.search(content_type or "")] if found]
    head = _HIDDEN.sub(b"", body[:_HEAD])
    for pattern in _DECLARED:
        found_bytes = pattern.search(head)
        if found_bytes:
            labels.append(found_bytes.group(1).decode("ascii", "replace"))
    names = (_codec(label) for label in labels)
    return list(dict.fromkeys(name for name in names if name))


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if name in _TOLD else None


def _without_mark_utf_16(body: bytes) -> str | None:
    """Return the UTF-16 of a page without a mark: the zeros of its tags are all on one side."""
    head = body[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 8 < len(head) or min(even, odd) * 8 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _likeliest(sample: bytes, labels: list[str]) -> tuple[str, float]:
    """Return the encoding in which *sample* reads most like Chinese, and how much so."""
    names = dict.fromkeys(("utf-8", *labels, "gb18030", "big5hkscs"))
    scores = {name: _usual(sample, name) for name in names}
    best = max(scores, key=lambda name: scores[name])
    return best, scores[best]


def _detect(sample: bytes) -> str:
    import charset_normalizer

    found = charset_normalizer.from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if found is None:
        return "gb18030"
    name = codecs.lookup(found.encoding).name
    return _WIDER.get(name, name)


def _usual(sample: bytes, encoding: str) -> float:
    """Return the share of usual characters among those that are not ASCII, less the broken."""
    counts = Counter(one for one in sample.decode(encoding, "replace") if one > "\x7f")
    everything = counts.total() or 1
    usual = sum(counts[one] for one in _COMMON)
    return (usual - 2 * counts["\ufffd"]) / everything


def _sample(body: bytes) -> bytes:
    """Return a part of *body* that has what is not ASCII in it: the head may be long."""
    first = _NOT_ASCII.search(body)
    start = first.start() if first else 0
    return body[start : start + _SAMPLE]

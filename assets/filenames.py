"""The name under which a stored file is downloaded: what its sender called it, made harmless."""

import unicodedata
from typing import Final

from storage.objects.naming import LONGEST_NAME

_BAD: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FORBIDDEN: Final = frozenset('/\\:*?"<>|')  # what Windows cannot store
_FALLBACK: Final = "download"


def download_name(filename: str | None, title: str) -> str:
    """Return a name that every browser and system can save a file under; never empty.

    Marks that turn writing around and other unseen characters are dropped, separators become _.
    """
    cleaned = "".join(_kept(sign) for sign in filename or title).strip(". ")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = cleaned, ""
    tail = f".{ending}" if ending else ""
    # File systems count bytes, and a sign has up to four.
    room = LONGEST_NAME - len(tail.encode())
    kept = stem.encode()[:room].decode("utf-8", "ignore").strip()
    return f"{kept or _FALLBACK}{tail}"


def _kept(sign: str) -> str:
    if sign in _FORBIDDEN:
        return "_"
    return "" if unicodedata.category(sign) in _BAD else sign

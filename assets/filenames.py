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
    room = LONGEST_NAME // 3 - len(ending) - 1  # file systems count bytes, a Han sign has three
    return f"{stem[:room].strip() or _FALLBACK}{dot if ending else ''}{ending}"


def _kept(sign: str) -> str:
    if sign in _FORBIDDEN:
        return "_"
    return "" if unicodedata.category(sign) in _BAD else sign

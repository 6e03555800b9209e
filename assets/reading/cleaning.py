"""Text of strangers made fit to be stored."""

import re
from typing import Final

# What a database or JSON cannot keep, or what only steers a terminal: controls but tab and
# newline, lone surrogates, noncharacters.
_UNSTORABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_NEWLINES: Final = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_TRAILING: Final = re.compile(r"(?<![ \t])[ \t]++(?=\n)")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Return *text* as it can be stored, with at most one empty line in a row."""
    text = _UNSTORABLE.sub("", _NEWLINES.sub("\n", text))
    return _EMPTY_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()

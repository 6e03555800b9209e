"""Lines of a text file with bounded memory, in UTF-8, GB18030 or UTF-16."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

# A short line of GB18030 may happen to be valid UTF-8 (联通 is); four such signs do not.
_PROOF: Final = 4
UTF16: Final = ("utf-16-le", "utf-16-be")


def text_lines(path: Path, encoding: str, longest: int) -> Iterator[tuple[str, bool]]:
    """Yield each line with its line feed and whether it is whole.

    Of a line over *longest* bytes (or characters, in UTF-16) only the start is given. *encoding* is
    what most of the file is in; each line is tried in the other one too, because files are
    appended to by programs with other settings.
    """
    if encoding in UTF16:
        yield from _utf16(path, encoding, longest)
        return
    first = True
    with path.open("rb") as file:
        while line := file.readline(longest):
            whole = line.endswith(b"\n") or len(line) < longest
            if not whole:
                _skip_line(file)
            if first and line.startswith(codecs.BOM_UTF8):
                line = line[len(codecs.BOM_UTF8) :]
            first = False
            yield decode_line(line, encoding, cut=not whole), whole


def decode_line(line: bytes, encoding: str, *, cut: bool = False) -> str:
    """Return the text of *line*; bytes that are in neither encoding become U+FFFD."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and (encoding == "utf-8" or line.isascii() or _proves_utf8(text)):
        return text
    try:
        return line.decode("gb18030")
    except UnicodeDecodeError:
        likely = "utf-8" if text is not None or encoding == "utf-8" else "gb18030"
        return line.decode(likely, "ignore" if cut else "replace")


def _proves_utf8(text: str) -> bool:
    return sum(1 for letter in text[:1000] if letter > "\u07ff") >= _PROOF


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(1 << 20)) and not rest.endswith(b"\n"):
        pass


def _utf16(path: Path, encoding: str, longest: int) -> Iterator[tuple[str, bool]]:
    with path.open(encoding=encoding, errors="replace", newline="\n") as file:
        first = True
        while line := file.readline(longest):
            whole = line.endswith("\n") or len(line) < longest
            if not whole:
                while (rest := file.readline(1 << 20)) and not rest.endswith("\n"):
                    pass
            yield (line.removeprefix("\ufeff") if first else line), whole
            first = False

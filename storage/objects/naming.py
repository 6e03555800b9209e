"""The names and types under which people download: checked, and written into headers."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from core.errors import InvalidInput

LONGEST_NAME: Final = 255
# The marks that turn writing around: with U+202E a name that ends in "cod.exe" shows "exe.doc".
_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_HALF = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}"  # RFC 6838, 4.2, in lower case
_MEDIA_TYPE = re.compile(rf"{_HALF}/{_HALF}")


def check_filename(filename: str) -> str:
    """Return *filename* when a browser can save a file under it, else raise ``InvalidInput``."""
    if not 1 <= len(filename) <= LONGEST_NAME:
        raise InvalidInput(f"文件名要有 1 到 {LONGEST_NAME} 个字符。", field="filename")
    if any(_unfit(character) for character in filename) or filename in {".", ".."}:
        raise InvalidInput("文件名里有不能用的字符，请改名后再试。", field="filename")
    return filename


def check_media_type(media_type: str) -> str:
    """Return *media_type* when it is ``type/subtype`` in lower case, else ``InvalidInput``."""
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise InvalidInput("文件类型要写成 image/png 这样的形式。", field="media_type")
    return media_type


def attachment_header(filename: str) -> str:
    """Return the ``Content-Disposition`` that saves a download as *filename* (RFC 6266).

    The plain form is for clients that cannot read the UTF-8 one.
    """
    plain = re.sub(r'[^ -~]|["\\%]', "_", check_filename(filename))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _unfit(character: str) -> bool:
    lone = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    return lone or character in _TURNING or character in "/\\"

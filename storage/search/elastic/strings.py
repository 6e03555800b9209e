"""Strings as Elasticsearch takes them: lone surrogates, which broken files hold, have no UTF-8."""

import re
from typing import Final

# A private-use character begins what stands for a lone surrogate, or for that character itself.
_ESCAPE: Final = "\ue003"
_SPECIAL: Final = re.compile(f"[\ud800-\udfff{_ESCAPE}]")
_ESCAPED: Final = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


def kept(text: str) -> str:
    """Return *text* without lone surrogates; ``told`` gives it back."""
    return _SPECIAL.sub(lambda found: f"{_ESCAPE}{ord(found[0]):04x}", text)


def told(text: str) -> str:
    """Return the string that ``kept`` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)

"""Patterns of the rules: a part of regular expressions that cannot grow slow."""

import re
from typing import Final

from assets.wording.folding import CLAUSE_ENDS, fold_phrase

_GAP: Final = "…"
_LONGEST_GAP: Final = 8  # characters of one clause that … may stand for
_MOST_LOOSE: Final = 3  # places of a pattern that may match more or less; each multiplies the work
_MOST_REPEATS: Final = 12

_TOKENS: Final = re.compile(
    r"(?P<gap>…)"
    r"|(?P<repeat>\{(?P<least>\d{1,2}),(?P<most>\d{1,2})\})"
    r"|(?P<open>\(\?:)|(?P<close>\))|(?P<either>\|)|(?P<maybe>\?)"
    r"|(?P<one>\\d|\[[^\[\]\\^-]+\]|[^\\\[\]{}()|?*+.^$])"
)


def compiled_pattern(source: str) -> re.Pattern[str]:
    """Compile *source*: words, ``(?:a|b)``, ``[ab]``, ``\\d``, ``?``, ``{m,n}`` and ``…``.

    ``…`` is up to eight characters of one clause. Raises ``ValueError`` with the reason for
    anything else: a match is then of bounded length, so that a search is linear in the text.
    """
    parts: list[str] = []
    at, loose, last = 0, 0, ""
    while at < len(source):
        token = _TOKENS.match(source, at)
        if token is None:
            raise ValueError(f"{source[at]!r} at character {at + 1} is not allowed in a pattern")
        kind = str(token.lastgroup) if token.lastgroup not in ("least", "most") else "repeat"
        if token["repeat"]:
            kind = "repeat"
            if last != "one" or int(token["most"]) > _MOST_REPEATS:
                raise ValueError(f"{token[0]} must follow one character and end at {_MOST_REPEATS}")
        loose += kind in ("gap", "repeat")
        parts.append(_gap() if kind == "gap" else _literal(token[0], kind))
        at, last = token.end(), kind
    if loose > _MOST_LOOSE:
        raise ValueError(f"a pattern may hold at most {_MOST_LOOSE} of … and {{m,n}}")
    try:
        made = re.compile("".join(parts))
    except re.error as error:
        raise ValueError(f"{source!r} is not a pattern: {error.msg}") from error
    if made.match(""):
        raise ValueError(f"{source!r} matches the empty text")
    return made


def _gap() -> str:
    return f"[^{re.escape(CLAUSE_ENDS)}]{{0,{_LONGEST_GAP}}}?"


def _literal(token: str, kind: str) -> str:
    """Fold what stands for itself, so that a rule may be written as people write."""
    if kind != "one" or token.startswith("\\"):
        return token
    folded = fold_phrase(token.strip("[]"))
    if not folded:
        raise ValueError(f"{token!r} is a separator, which is dropped before matching")
    return f"[{folded}]" if token.startswith("[") else re.escape(folded)

"""What the class and id of an element say about it; the words are data in names.json."""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal

Kind = Literal["text", "body", "around", "talk", ""]

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*")
_LONGEST_NAME: Final = 200


@lru_cache(maxsize=20_000)
def kind_of(name: str) -> Kind:
    """Return what *name* (class and id, set apart by spaces) says of an element.

    ``talk``: comments; ``around``: what stands around an article; ``text``: an article's text,
    surely; ``body``: perhaps. Words are read apart as ``article-comment``, ``articleComment`` and
    ``article_comment`` have them, and what speaks against an article wins.
    """
    names = [_WORD.findall(part) for part in name[:_LONGEST_NAME].split()]
    words = {word.lower() for parts in names for word in parts}
    known = _words()
    for kind in ("talk", "around"):
        if not words.isdisjoint(known[kind]):
            return kind
    joined = {
        "".join(parts[at : at + length]).lower()
        for parts in names
        for at in range(len(parts))
        for length in (1, 2, 3)
    }
    if not joined.isdisjoint(known["text"]):
        return "text"
    return "" if words.isdisjoint(known["body"]) else "body"


@cache
def _words() -> dict[str, frozenset[str]]:
    read = json.loads(files("crawlers.extraction").joinpath("names.json").read_text("utf-8"))
    return {kind: frozenset(words) for kind, words in read.items()}

"""Tokens, made once in Python for every engine, so that all of them find the same.

Text is folded one character to one, then cut: a run of n Han characters (or kana, or Hangul) gives
its n-1 bigrams and its last character; letters and digits are runs of their own
(``iPhone15`` → ``iphone 15``); a pictograph stands alone. Everything else separates.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.folding import fold

# Han, then kana and Hangul, whose words run together with others as Chinese ones do.
_CJK = (
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9d\uac00-\ud7a3"
)
# Skin tones (1F3FB…1F3FF) only vary the picture before them, so they are no tokens.
_PICTURE = "\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
_BIGRAM = re.compile(rf"[{_CJK}]{{2}}")
_RUN = re.compile(rf"([{_CJK}]+)|(\d+|[^\W\d_{_CJK}]+|[{_PICTURE}])")
# Lucene cuts words of more than 255 UTF-16 units; nobody looks for a part of one.
_LONGEST = 120


@dataclass(frozen=True)
class Token:
    """A token and the half-open range of code points that it stands for.

    An endless word is its beginning and a hash, so that it is found whole and fits every engine.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """Tokens that must follow each other; with *prefix* the last one may be a beginning."""

    tokens: tuple[str, ...]
    prefix: bool = False


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of *text* in order, with their place in it."""
    return tokens_from(fold(text), 0)


def tokens_from(folded: str, place: int) -> Iterator[Token]:
    """Yield the tokens of a folded text from *place* on, where one of them must begin."""
    for run in _RUN.finditer(folded, place):
        start, end = run.span()
        if run[1] is None:
            yield Token(_fitted(run[0]), start, end)
            continue
        for at in range(start, end - 1):
            yield Token(run[1][at - start : at - start + 2], at, at + 2)
        yield Token(run[1][-1], end - 1, end)


def begins(folded: str, place: int) -> bool:
    """Whether *place*, where a character of a token stands, is where that token begins."""
    before = _RUN.match(folded, place - 1) if place else None
    return before is None or before[1] is not None or before.end() == place


@lru_cache(maxsize=4096)
def is_bigram(token: str) -> bool:
    """Whether *token*, of which only the beginning may be given, is two characters of a Han run.

    Such a token stands wherever its characters do.
    """
    return _BIGRAM.fullmatch(token) is not None


def token_text(text: str) -> str:
    """Return the tokens of *text* with a space between, the form that engines index."""
    words: list[str] = []
    for han, other in _RUN.findall(fold(text)):
        if other:
            words.append(_fitted(other))
        else:
            words.extend(map("".join, pairwise(han)))
            words.append(han[-1])
    return " ".join(words)


@lru_cache(maxsize=4096)
def phrase(term: str) -> Phrase | None:
    """Return the phrase that finds *term*, or None when it has nothing to search for.

    A run of Han characters at the end goes in without its last character's own token, which
    stands only where a run of the text ends: so 华为 is found in 华为手机. A single Han character
    at the end is a prefix for the same reason.
    """
    found = list(tokens(term))
    if not found:
        return None
    words = [token.text for token in found]
    last = found[-1]
    if not re.fullmatch(f"[{_CJK}]", last.text):
        return Phrase(tuple(words))
    if len(found) > 1 and found[-2].end == last.end:
        return Phrase(tuple(words[:-1]))
    return Phrase(tuple(words), prefix=True)


def _fitted(word: str) -> str:
    if len(word) <= _LONGEST:
        return word
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    return word[: _LONGEST - len(digest)] + digest

"""Cuts a query into marks, keeping the place of each for messages.

Full-width punctuation and Chinese quotation marks count as their ASCII forms: people type
queries with a Chinese input method on.
"""

import re
from dataclasses import dataclass
from typing import Literal

from core.errors import QueryError
from storage.search.vocabulary import Vocabulary

MarkKind = Literal["(", ")", "-", "OR", "AND", "field", "text", "end"]

_ASCII_FORM = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ASCII_FORM |= {ord(quote): ord('"') for quote in "“”„‟「」『』"}
_ASCII_FORM[0x3000] = ord(" ")

_WORD = re.compile(r'[^\s()"]+')
_FIELD = re.compile(r'([^\s()":/]+):(?!//)')
_LATIN_NAME = re.compile(r"[A-Za-z_]+")


@dataclass(frozen=True)
class Mark:
    """One piece of a query at *start*: *text* is the word or quoted phrase, or the field's name."""

    kind: MarkKind
    text: str
    start: int
    quoted: bool = False


def marks(q: str, vocabulary: Vocabulary) -> list[Mark]:
    """Return the marks of *q*, closed by one of kind ``end``. Raises ``QueryError``."""
    plain, found, at = q.translate(_ASCII_FORM), [], 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        mark, at = _mark_at(q, plain, at, vocabulary)
        found.append(mark)
        # What stands right behind the colon is a value, whatever it looks like: story:a:b.
        value = _WORD.match(plain, at) if mark.kind == "field" else None
        if value is not None:
            found.append(Mark("text", q[at : value.end()], at))
            at = value.end()
    return [*found, Mark("end", "", len(q))]


def _mark_at(q: str, plain: str, at: int, vocabulary: Vocabulary) -> tuple[Mark, int]:
    sign = plain[at]
    if sign in "()":
        return Mark("(" if sign == "(" else ")", sign, at), at + 1
    if sign == '"':
        return _quoted(q, plain, at)
    if sign == "-":
        if at + 1 >= len(plain) or plain[at + 1].isspace():
            raise QueryError("减号后面要紧跟想排除的词，例如 -抽奖。", at)
        return Mark("-", sign, at), at + 1
    field = _FIELD.match(plain, at)
    if field is not None and (name := _field_name(field[1], at, vocabulary)):
        return Mark("field", name, at), field.end()
    word = _WORD.match(plain, at)
    assert word is not None
    end = word.end()
    if word[0] in {"OR", "AND"}:
        return Mark("OR" if word[0] == "OR" else "AND", word[0], at), end
    return Mark("text", q[at:end], at), end


def _quoted(q: str, plain: str, at: int) -> tuple[Mark, int]:
    end = plain.find('"', at + 1)
    if end < 0:
        raise QueryError("这个引号没有闭合，请在词组末尾补上引号。", at)
    return Mark("text", q[at + 1 : end], at, quoted=True), end + 1


def _field_name(word: str, at: int, vocabulary: Vocabulary) -> str | None:
    """Return the field meant; None when *word* with its colon is ordinary text such as 12:30."""
    name = vocabulary.field_named(word)
    if name is None and _LATIN_NAME.fullmatch(word):
        known = " ".join(f"{field}:" for field in vocabulary.field_names())
        raise QueryError(
            f"没有叫“{word}:”的条件，可用的有 {known}。若要搜索这几个字，请加上引号。", at
        )
    return name

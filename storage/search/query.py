"""The query language: words, phrases and conditions → a tree that every engine translates.

``华为 手机`` both; ``华为 OR 小米`` either (AND binds tighter); ``-抽奖`` not; ``"拍照 很好"`` a
phrase; parentheses; ``brand:`` ``label:`` ``platform:`` ``kind:`` ``activity:`` ``story:``
``before:`` ``after:`` conditions, whose values may be quoted. The library has other conditions:
which ones a collection knows is its vocabulary.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import get_args

from core.errors import QueryError
from core.folding import fold
from storage.search.lexer import Mark, MarkKind, marks
from storage.search.syntax import And, Field, FieldName, Node, Not, Query, Term, all_of, any_of
from storage.search.tokens import phrase
from storage.search.vocabulary import MENTIONS, Vocabulary

__all__ = ["Query", "parse"]

MAX_LENGTH = 4000
# A small Elasticsearch takes 8,192 clauses: a word may stand in five fields, and in two ways.
MAX_WORDS = 500
# SQLite's own parser of full-text queries gives up on deeper nesting.
MAX_DEPTH = 12

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_FIELDS: tuple[FieldName, ...] = tuple(
    name for part in get_args(FieldName) for name in get_args(part) or (part,)
)


def parse(
    q: str,
    zone: tzinfo = UTC,
    brands: Mapping[str, str] | None = None,
    vocabulary: Vocabulary = MENTIONS,
) -> Query:
    """Parse *q*. Days begin in *zone*; *brands* maps names and aliases to brand ids.

    The conditions are those of *vocabulary*.

    Raises ``QueryError`` with a sentence that says what to do and the place in *q*.
    """
    if len(q) > MAX_LENGTH:
        raise QueryError(f"查询太长，请缩短到 {MAX_LENGTH} 个字以内。", MAX_LENGTH)
    names = {fold(name): brand for name, brand in (brands or {}).items()}
    return _Parser(marks(q, vocabulary), zone, names, vocabulary).query()


class _Parser:
    """Recursive descent over the marks; *names* has folded names."""

    def __init__(
        self, found: list[Mark], zone: tzinfo, names: dict[str, str], vocabulary: Vocabulary
    ) -> None:
        self._marks, self._zone, self._names = found, zone, names
        self._vocabulary = vocabulary
        self._at, self._depth, self._words = 0, 0, 0
        self._after: datetime | None = None
        self._before: datetime | None = None
        # Where time conditions stand: they hold for the whole query, so none may stand beside an
        # OR or under a minus.
        self._days: list[int] = []

    def query(self) -> Query:
        root = None if self._now.kind == "end" else self._either()
        if self._now.kind == ")":
            raise QueryError("多了一个右括号，请删去，或在前面补上左括号。", self._now.start)
        return Query(root, self._after, self._before)

    @property
    def _now(self) -> Mark:
        return self._marks[self._at]

    def _take(self, kind: MarkKind) -> Mark | None:
        mark = self._now
        if mark.kind != kind:
            return None
        self._at += 1
        return mark

    def _either(self) -> Node | None:
        days = len(self._days)
        parts = [self._both()]
        while self._take("OR"):
            parts.append(self._both())
        if len(parts) > 1 and len(self._days) > days:
            raise _misplaced_day(self._days[days])
        return any_of([part for part in parts if part is not None])

    def _both(self) -> Node | None:
        parts: list[Node] = []
        empty = True
        while True:
            mark = self._now
            if mark.kind == "AND" and not empty and self._starts_part(self._marks[self._at + 1]):
                self._at += 1
            elif not self._starts_part(mark):
                break
            part, empty = self._part(), False
            if isinstance(part, And):
                parts.extend(part.parts)
            elif part is not None:
                parts.append(part)
        if empty:
            raise _missing(self._now)
        if self._now.kind == "AND":
            raise QueryError("AND 的两边都要有词。", self._now.start)
        return all_of(parts)

    @staticmethod
    def _starts_part(mark: Mark) -> bool:
        return mark.kind in {"(", "-", "field", "text"}

    def _part(self) -> Node | None:
        """Read one word, condition, group or negation; None for a time condition."""
        if minus := self._take("-"):
            return self._negation(minus)
        if opening := self._take("("):
            return self._group(opening)
        if field := self._take("field"):
            return self._condition(field)
        word = self._take("text")
        assert word is not None
        self._words += 1
        if self._words > MAX_WORDS:
            raise QueryError(f"查询的词太多，最多 {MAX_WORDS} 个，请分成几次查询。", word.start)
        if phrase(word.text) is None:
            raise QueryError(f"“{word.text}”里没有可以搜索的字，请删去或换成词语。", word.start)
        return Term(word.text, word.start)

    def _negation(self, minus: Mark) -> Node:
        if not self._starts_part(self._now):
            raise QueryError("减号后面要紧跟想排除的词，例如 -抽奖。", minus.start)
        days = len(self._days)
        self._deeper(minus)
        part = self._part()
        self._depth -= 1
        if len(self._days) > days:
            raise _misplaced_day(self._days[days])
        assert part is not None
        return part.part if isinstance(part, Not) else Not(part)

    def _group(self, opening: Mark) -> Node | None:
        self._deeper(opening)
        if self._now.kind == ")":
            raise QueryError("括号里是空的，请写上词或删去括号。", opening.start)
        part = self._either()
        if not self._take(")"):
            raise QueryError("这个括号没有闭合，请补上右括号。", opening.start)
        self._depth -= 1
        return part

    def _deeper(self, mark: Mark) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"括号套得太深，最多 {MAX_DEPTH} 层。", mark.start)

    def _condition(self, field: Mark) -> Node | None:
        value = self._take("text")
        if value is None or not value.text.strip():
            raise QueryError(
                f"“{field.text}:”后面要紧跟一个值，例如 {self._vocabulary.example(field.text)}。",
                field.start,
            )
        if field.text in {"before", "after"}:
            self._narrow(field, value)
            return None
        if field.text == "brand":
            return Field("brand", self._brand(value))
        return Field(_plain_field(field.text), _value(self._vocabulary, field.text, value))

    def _brand(self, value: Mark) -> str:
        name = value.text.strip()
        known = self._names.get(fold(name))
        if known is not None:
            return known
        if name in self._names.values():
            return name
        raise QueryError(f"没有叫“{name}”的品牌，请检查名称，或先在品牌设置里添加它。", value.start)

    def _narrow(self, field: Mark, value: Mark) -> None:
        day = self._local_midnight(value)
        self._days.append(field.start)
        if field.text == "after":
            self._after = day if self._after is None else max(self._after, day)
        else:
            self._before = day if self._before is None else min(self._before, day)

    def _local_midnight(self, value: Mark) -> datetime:
        found = _DAY.fullmatch(fold(value.text.strip()))
        try:
            if found is None or not 1900 <= int(found[1]) <= 2200:
                raise ValueError(value.text)
            day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=self._zone)
        except ValueError as error:
            raise QueryError(
                f"“{value.text}”不是日期，请写成 2026-01-31 的样子。", value.start
            ) from error
        return day.astimezone(UTC)


def _plain_field(name: str) -> FieldName:
    return next(known for known in _FIELDS if known == name)


def _value(vocabulary: Vocabulary, name: str, value: Mark) -> str:
    word = value.text.strip()
    meant = vocabulary.meant(name, word)
    allowed = vocabulary.allowed(name)
    if allowed is not None and meant not in allowed:
        shown = "、".join(f"{known}（{'、'.join(words)}）" for known, words in allowed.items())
        raise QueryError(f"“{word}”不能用在这里，可以写 {shown}。", value.start)
    return meant


def _missing(mark: Mark) -> QueryError:
    if mark.kind in {"OR", "AND"}:
        return QueryError(f"{mark.kind} 的两边都要有词。若要搜索它本身，请加上引号。", mark.start)
    if mark.kind == ")":
        return QueryError("多了一个右括号，请删去，或在前面补上左括号。", mark.start)
    return QueryError("这里缺一个词，请补上或删去前面的 OR。", mark.start)


def _misplaced_day(at: int) -> QueryError:
    return QueryError("before: 和 after: 限定整个查询，不能放在 OR 或减号里，请移到最外层。", at)

"""What a selection of mentions means, in plain Python: folded text, regular expressions, loops."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from core.folding import fold
from storage.mentions import Mention, full_text

# The alphabet of the tests: what is not of it separates words.
HAN, LATIN, DIGITS = "华为手机小𠮷", "ab", "15"
_RUNS = re.compile(f"[{HAN}]+|[{LATIN}]+|[{DIGITS}]+")
_BETWEEN = f"[^{HAN}{LATIN}{DIGITS}]*"


@dataclass(frozen=True)
class Word:
    """A word or phrase as typed."""

    text: str

    @property
    def query(self) -> str:
        return f'"{self.text}"' if " " in self.text else self.text


@dataclass(frozen=True)
class Keyword:
    """A condition on a field."""

    name: str
    value: str

    @property
    def query(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True)
class Without:
    """What *part* does not select."""

    part: Any

    @property
    def query(self) -> str:
        return f"-({self.part.query})"


@dataclass(frozen=True)
class Joined:
    """All or any of *parts*."""

    parts: tuple[Any, ...]
    every: bool

    @property
    def query(self) -> str:
        return f"({(' ' if self.every else ' OR ').join(part.query for part in self.parts)})"


@dataclass(frozen=True)
class Asked:
    """A whole question; *after* and *before* are days of *zone*."""

    tree: Any = None
    after: date | None = None
    before: date | None = None
    zone: tzinfo = UTC
    brands: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    platforms: tuple[str, ...] = field(default=())

    @property
    def query(self) -> str:
        days = [f"{n}:{day}" for n, day in (("after", self.after), ("before", self.before)) if day]
        return " ".join([*days, *([self.tree.query] if self.tree else [])])

    @property
    def toward(self) -> str | None:
        """The one brand that is named, if only one is."""
        named = {
            leaf.value
            for leaf in wanted(self.tree)
            if isinstance(leaf, Keyword) and leaf.name == "brand"
        } | set(self.brands)
        return next(iter(named)) if len(named) == 1 else None


def wanted(node: Any, sign: bool = True) -> Iterator[Word | Keyword]:
    """The leaves that hits may hold."""
    if isinstance(node, Without):
        yield from wanted(node.part, not sign)
    elif isinstance(node, Joined):
        for part in node.parts:
            yield from wanted(part, sign)
    elif node is not None and sign:
        yield node


def selects(asked: Asked, mention: Mention) -> bool:
    local = mention.published_at.astimezone(asked.zone).date()
    return (
        (asked.tree is None or _holds(asked.tree, mention, asked.toward))
        and (asked.after is None or local >= asked.after)
        and (asked.before is None or local < asked.before)
        and (not asked.brands or any(each.id in asked.brands for each in mention.brands))
        and (not asked.labels or bool(labels(mention, asked.toward) & set(asked.labels)))
        and (not asked.platforms or mention.platform in asked.platforms)
    )


def labels(mention: Mention, toward: str | None) -> set[str]:
    if toward is None:
        return {mention.label}
    return {each.label for each in mention.brands if each.id == toward}


def marked(asked: Asked, mention: Mention) -> set[int]:
    """The code points of the full text where wanted words stand."""
    whole = full_text(mention.title, mention.text)
    start = len(whole) - len(mention.text)
    found: set[int] = set()
    for leaf in wanted(asked.tree):
        if isinstance(leaf, Word):
            for text, shift in ((whole[:start], 0), (mention.text, start)):
                for first, end in _places(leaf.text, text):
                    found |= set(range(first + shift, end + shift))
    return found


def facets(asked: Asked, found: list[Mention]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    return (
        Counter(label for each in found for label in labels(each, asked.toward)),
        Counter(each.platform for each in found),
        Counter(brand.id for each in found for brand in each.brands),
    )


def histogram(asked: Asked, found: list[Mention], by: str) -> dict[datetime, Counter[str]]:
    counts: dict[datetime, Counter[str]] = {}
    for each in found:
        local = each.published_at.astimezone(asked.zone)
        start = local.replace(minute=0, second=0, microsecond=0)
        if by == "day":
            start = start.replace(hour=0)
        counts.setdefault(start.astimezone(UTC), Counter()).update(labels(each, asked.toward))
    if asked.after and asked.before:
        start = _midnight(asked.after, asked.zone)
        while start < _midnight(asked.before, asked.zone):
            counts.setdefault(start, Counter())
            start += timedelta(days=1) if by == "day" else timedelta(hours=1)
    return counts


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _holds(node: Any, mention: Mention, toward: str | None) -> bool:
    match node:
        case Word(text):
            whole = full_text(mention.title, mention.text)
            start = len(whole) - len(mention.text)
            return any(next(_places(text, part), None) for part in (whole[:start], mention.text))
        case Keyword("label", value):
            return value in labels(mention, toward)
        case Keyword("brand", value):
            return any(each.id == value for each in mention.brands)
        case Keyword(name, value):
            return bool(getattr(mention, name) == value)
        case Without(part):
            return not _holds(part, mention, toward)
        case Joined(parts, every):
            return (all if every else any)(_holds(part, mention, toward) for part in parts)
    raise AssertionError(node)


def _places(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Where *word* stands: Latin and digits as whole runs, Han anywhere in one.

    Of a phrase only the first Han run may begin, and only the last may end, inside one.
    """
    runs = _RUNS.findall(fold(word))
    parts: list[str] = []
    for at, run in enumerate(runs):
        kind = next(each for each in (HAN, LATIN, DIGITS) if run[0] in each)
        opens = kind == HAN and at == 0
        ends = kind == HAN and at == len(runs) - 1
        parts.append(("" if opens else f"(?<![{kind}])") + run + ("" if ends else f"(?![{kind}])"))
    pattern = re.compile(f"(?=({_BETWEEN.join(parts)}))")
    return (found.span(1) for found in pattern.finditer(fold(text)))

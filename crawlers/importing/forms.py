"""The tables that MediaCrawler writes, from data files: which columns, and what they mean."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from core.clock import parse_iso
from crawlers.raw import SourceType
from storage.mentions import Kind

Of = Literal["contents", "comments"]

# Below this share of columns in common a table is somebody else's.
_LEAST_ALIKE: Final = 0.5
_ALIKE_BY_NAME: Final = 0.3
_FOLDER_WEIGHS: Final = 0.3
_NAME_WEIGHS: Final = 0.1
_COUNTS: Final = ("likes", "comments", "shares", "views")
# Only files about authors have these: personal data that nobody needs here.
_CREATORS: Final = ("fans", "follows", "interaction", "total_fans", "total_liked")


@dataclass(frozen=True)
class TimeColumn:
    """A column with a time that is *late_s* late in rows that were crawled before *late_until*."""

    column: str
    late_s: float = 0.0
    late_until: float = 0.0  # seconds since 1970


@dataclass(frozen=True)
class Form:
    """One table: contents or comments of one platform. Texts with braces are made of columns."""

    platform: str
    folder: str
    of: Of
    source_type: SourceType
    kind: Kind
    native_id: str
    columns: frozenset[str]
    old_columns: frozenset[str]
    new_columns: frozenset[str]
    text: tuple[str, ...]
    author: tuple[str, ...]
    published_at: tuple[TimeColumn, ...]
    title: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    url_from_id: str = ""
    parent: str = ""
    kind_column: str = ""
    kinds: dict[str, Kind] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)

    def likeness(self, columns: Collection[str]) -> float:
        """Return the share of columns in common, 0 to 1, with the generation that fits better."""
        given = set(columns)
        return max(
            len(given & wanted) / len(given | wanted)
            for wanted in (self.columns | self.old_columns, self.columns | self.new_columns)
        )


@cache
def all_forms() -> tuple[Form, ...]:
    """Return every form of the data files."""
    folder = files("crawlers.importing").joinpath("mediacrawler")
    paths = sorted(
        (path for path in folder.iterdir() if path.name.endswith(".json")),
        key=lambda path: path.name,
    )
    return tuple(
        _form(platform, form)
        for platform in (json.loads(path.read_text(encoding="utf-8")) for path in paths)
        for form in platform["forms"]
    )


def recognise(columns: Collection[str], name: str = "") -> Form | None:
    """Return the form whose columns a table has, or None.

    *name* is the file's path as MediaCrawler makes it (``xhs/jsonl/search_comments_….jsonl``); it
    decides between forms that the columns do not tell apart.
    """
    *folders, last = name.lower().split("/")

    def rank(form: Form) -> tuple[float, float]:
        likeness = form.likeness(columns)
        named = _FOLDER_WEIGHS * (form.folder in folders) + _NAME_WEIGHS * (form.of in last)
        return likeness + named, likeness

    best = max(all_forms(), key=rank)
    likeness = best.likeness(columns)
    named = best.folder in folders and best.of in last
    if likeness < (_ALIKE_BY_NAME if named else _LEAST_ALIKE):
        return None
    needed = {*_names(best.native_id), *_names(best.parent)}
    return best if needed <= set(columns) and set(best.text) & set(columns) else None


def named_with_sheet(name: str, sheet: str) -> str:
    """Return what ``recognise`` takes for a sheet: the sheet says more than the file's name."""
    return f"{name.rpartition('/')[0]}/{sheet}" if sheet else name


def is_about_creators(columns: Collection[str]) -> bool:
    """Say whether a table is MediaCrawler's list of authors."""
    return sum(name in columns for name in _CREATORS) >= 2 and "last_modify_ts" in columns


def _names(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def filled(template: str, values: dict[str, str]) -> str:
    """Return *template* with *values*; empty where one of them is."""
    names = _names(template)
    if not names or not all(values.get(name) for name in names):
        return ""
    return template.format_map(values)


def id_columns(form: Form) -> list[str]:
    """Return the columns that the form's ids are made of."""
    return list(dict.fromkeys((*_names(form.native_id), *_names(form.parent))))


def _form(platform: dict[str, Any], form: dict[str, Any]) -> Form:
    return Form(
        platform=platform["platform"],
        folder=platform["folder"],
        source_type=platform["source_type"],
        of=form["of"],
        kind=form["kind"],
        native_id=form["native_id"],
        columns=frozenset(form["columns"]),
        old_columns=frozenset(form["old_columns"]),
        new_columns=frozenset(form["new_columns"]),
        text=tuple(form["text"]),
        author=tuple(form["author"]),
        published_at=tuple(_time(column) for column in form["published_at"]),
        title=tuple(form.get("title", ())),
        url=tuple(form.get("url", ())),
        url_from_id=form.get("url_from_id", ""),
        parent=form.get("parent", ""),
        kind_column=form.get("kind_column", ""),
        kinds=form.get("kinds", {}),
        counts={name: form[name] for name in _COUNTS if name in form},
    )


def _time(column: dict[str, Any]) -> TimeColumn:
    until = column.get("late_until")
    return TimeColumn(
        column["column"], column.get("late_s", 0.0), parse_iso(until).timestamp() if until else 0.0
    )

"""Which column of somebody's table is which field: as told, else guessed from the names."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from core.errors import InvalidInput
from storage.mentions import Kind

Columns = dict[str, str]

COUNTS: Final = ("likes", "comments", "shares", "views")
_SHOWN: Final = 40
_SIGNS: Final = re.compile(r"[\s_\-.:：()（）/]+")


def fields() -> tuple[str, ...]:
    """Return the fields that a column may be mapped to."""
    return tuple(_names()["fields"])


def kind_named(word: str) -> Kind | None:
    """Return the kind that *word* (评论, video) means, or None."""
    kinds: Mapping[str, list[str]] = _names()["kinds"]
    word = word.strip().lower()
    found: Any = next((kind for kind, words in kinds.items() if word in words), None)
    kind: Kind | None = found
    return kind


def map_columns(columns: Sequence[str], told: Mapping[str, str], name: str = "") -> Columns:
    """Return field → column: those *told*, the others guessed.

    *name* is the file's. Raises ``InvalidInput``, which names the columns there are, for a field or
    column that there is not, and where no column or more than one may be the text.
    """
    for field, column in told.items():
        if field not in fields():
            raise InvalidInput(
                f"没有字段 {field}；可用的字段：{'、'.join(fields())}。", field=field
            )
        if column and column not in columns:
            raise InvalidInput(f"{name} 里没有列 {column}；{_listed(columns)}", field=field)
    mapping = {field: column for field, column in told.items() if column}
    free = [column for column in columns if column not in mapping.values()]
    if "text" not in told:
        mapping["text"] = _guess_text(free, columns, name)
    for field in fields():
        if field in told or field in mapping:
            continue
        left = [column for column in free if column not in mapping.values()]
        found = [column for group in _candidates(field, left) for column in group]
        if found:
            mapping[field] = found[0]
    if "text" not in mapping:
        raise InvalidInput(f"{name}：text 必须有一列；{_listed(columns)}", field="text")
    return {field: mapping[field] for field in fields() if field in mapping}


def looks_mappable(columns: Sequence[str]) -> bool:
    """Say whether one column, and only one, can be taken for the text."""
    try:
        _guess_text(columns, columns, "")
    except InvalidInput:
        return False
    return True


def _guess_text(free: Sequence[str], columns: Sequence[str], name: str) -> str:
    if "text" in free:
        return "text"
    for group in _candidates("text", free):
        if len(group) == 1:
            return group[0]
        if group:
            raise InvalidInput(
                f"{name} 里有几列都可能是正文：{'、'.join(group)}；"
                f"请用 --map text=列名 指定一列。{_listed(columns)}",
                field="text",
            )
    raise InvalidInput(
        f"看不出 {name} 的哪一列是正文；请用 --map text=列名 指定。{_listed(columns)}", field="text"
    )


def _candidates(field: str, columns: Sequence[str]) -> list[list[str]]:
    """Return the columns that may be *field*, likeliest first, a list for each group of names."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_bare(column), column)
    groups: list[list[str]] = _names()["fields"][field]
    return [[by_name[_bare(name)] for name in group if _bare(name) in by_name] for group in groups]


def _bare(name: str) -> str:
    return _SIGNS.sub("", name).lower()


def _listed(columns: Sequence[str]) -> str:
    shown = "、".join(column[:40] for column in columns[:_SHOWN])
    more = f" 等 {len(columns)} 列" if len(columns) > _SHOWN else ""
    return f"文件里的列：{shown}{more}。" if columns else "文件里没有列。"


@cache
def _names() -> dict[str, Any]:
    text = files("crawlers.importing").joinpath("column_names.json").read_text(encoding="utf-8")
    names: dict[str, Any] = json.loads(text)
    return names

"""Two texts beside each other, paragraph by paragraph."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

# difflib is quadratic at worst; beyond this the texts are too long to be read beside each other.
_MOST_PARAGRAPHS: Final = 800
_AROUND: Final = 1
_BREAKS: Final = re.compile(r"\n+|(?<=[。！？；])")


@dataclass(frozen=True)
class DiffRow:
    """A paragraph *before* and *after*; *kind* is same, changed, added, removed or skipped.

    A skipped row stands for *count* paragraphs that did not change.
    """

    kind: str
    before: str = ""
    after: str = ""
    count: int = 0


def text_diff(before: str, after: str) -> tuple[DiffRow, ...]:
    """Return the rows of both texts; runs without a change are folded but for their edges."""
    old, new = _paragraphs(before), _paragraphs(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    rows: list[DiffRow] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            rows += _same(old[i1:i2])
        else:
            rows += _changed(old[i1:i2], new[j1:j2])
    return tuple(rows)


def _paragraphs(text: str) -> list[str]:
    """Sentences, rather: Chinese copy often is one paragraph, and one word of it was changed."""
    parts = (part.strip() for part in _BREAKS.split(text))
    return [part for part in parts if part][:_MOST_PARAGRAPHS]


def _same(run: Sequence[str]) -> Iterator[DiffRow]:
    hidden = len(run) - 2 * _AROUND
    if hidden < 2:
        yield from (DiffRow("same", part, part) for part in run)
        return
    yield from (DiffRow("same", part, part) for part in run[:_AROUND])
    yield DiffRow("skipped", count=hidden)
    yield from (DiffRow("same", part, part) for part in run[-_AROUND:])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffRow]:
    for at in range(max(len(old), len(new))):
        before = old[at] if at < len(old) else ""
        after = new[at] if at < len(new) else ""
        kind = "changed" if before and after else "added" if after else "removed"
        yield DiffRow(kind, before, after)

"""The default engine's figures on unseen sets, as its model card tells them.

The net behind the engine takes too long to be taught again in a benchmark.
"""

import re
from typing import Final

from bench.sentiment.engines import WEIGHTS
from sentiment.training.card import FIGURES

CARD: Final = WEIGHTS.with_name("charnet.md")
_SECTION: Final = "## Figures on sets that were left out\n"


def unseen_figures(card: str) -> dict[str, dict[str, str]]:
    """Return by set and figure what *card* says of both stages together, as it is written there.

    In the card's table the column "with the net" stands behind each figure's own.
    """
    _before, _, section = card.partition(_SECTION)
    lines = [_cells(line) for line in section.partition("\n## ")[0].splitlines() if line[:1] == "|"]
    if not lines:
        return {}
    head, _rule, *rows = lines
    places = {name: head.index(name) + 1 for name in FIGURES if name in head}
    return {row[0]: {name: row[at] for name, at in places.items()} for row in rows}


def shipped_figures() -> dict[str, dict[str, str]]:
    """Return ``unseen_figures`` of the card that ships."""
    return unseen_figures(CARD.read_text(encoding="utf-8"))


def _cells(line: str) -> list[str]:
    return re.split(r"\s*\|\s*", line.strip("| "))

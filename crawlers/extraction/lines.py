"""What a short line of a Chinese page is: a byline, a legal notice, or the margin of an article.

The words are data in words.json; each is a regular expression.
"""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Final

# A byline is no longer, and neither is what stands in the margins.
SHORT: Final = 90
_DATE: Final = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}:\d{2}"
_POST_NUMBER: Final = r"#?\d+\s*[楼#F]|沙发|板凳|楼主|(?:发表|回复)于"
_FULL_STOP: Final = re.compile("[。！？]")


def is_byline(line: str) -> bool:
    """Say whether *line* says when, where or by whom something was published, and nothing else."""
    return len(line) <= SHORT and _pattern("byline").search(line) is not None


def is_head(line: str) -> bool:
    """Say whether *line* names its byline (``来源：``), so that a date alone is not enough."""
    if len(line) > SHORT or _FULL_STOP.search(line):
        return False
    return _pattern("labelled").search(line) is not None


def is_dated(line: str) -> bool:
    """Say whether *line* has a date or the number of a post."""
    return len(line) <= SHORT and _pattern("dated").search(line) is not None


def is_notice(line: str) -> bool:
    """Say whether *line* speaks of rights, liability, licences or of the site's app."""
    return _pattern("notice").search(line) is not None


def is_margin(line: str) -> bool:
    """Say whether *line* leads away from an article: other articles, sharing, printing."""
    return len(line) <= SHORT and _pattern("margin").match(line) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    read = json.loads(files("crawlers.extraction").joinpath("words.json").read_text("utf-8"))
    words = {kind: "|".join(of_kind) for kind, of_kind in read.items()}
    counted = rf"(?:{words['counted']})(?:次数|数|量)?\s*[:：(（]?\s*\d"
    label = rf"(?:{words['labels']})\S{{0,6}}\s*[:：(（]"
    patterns = {
        "byline": rf"{_DATE}|^\W*{label}|{counted}",
        "labelled": rf"(?:^|[\W_]){label}|{counted}",
        "dated": rf"{_DATE}|^\W*{label}|{_POST_NUMBER}",
        "notice": words["notices"],
        "margin": words["margins"],
    }
    return re.compile(patterns[name], re.IGNORECASE)

"""Makes sentiment/word_counts.txt, the everyday words by which a name's borders are judged.

``python scripts/word_counts.py DICT`` reads a word list in the form of jieba's dict.txt (a line
``word count tag``) and keeps what tells words apart: single characters, and words of two to four
characters that are counted often enough; of the longer ones none that are names.
"""

import argparse
import math
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from core.folding import fold

OUT: Final = Path(__file__).parents[1] / "sentiment" / "word_counts.txt"
LEAST: Final = 50  # rarer words cost more room than they save errors
LONGEST: Final = 4
# A name inside such a word is the name: 苹果公司, 联想集团. A word of two cannot hold one.
NAMED: Final = frozenset({"nt", "nz", "nrt", "nr"})
NAMED_ENDS: Final = re.compile("公司|集团|电器|汽车|手机|电脑|银行$")
HAN: Final = re.compile("[\u4e00-\u9fff]+")


def main() -> None:
    """Read the list and write the file: a line for each power of two, its words behind it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    by_power: dict[int, set[str]] = defaultdict(set)
    for line in parser.parse_args().list.read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split()
        if kept(word, int(count), tag):
            by_power[round(math.log2(int(count)))].add(word)
    lines = [f"{power} {' '.join(sorted(by_power[power]))}" for power in sorted(by_power)]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{sum(map(len, by_power.values()))} words written to {OUT.name}")


def kept(word: str, count: int, tag: str) -> bool:
    """Say whether *word* helps to tell where words begin and end."""
    if len(word) > LONGEST or not HAN.fullmatch(word) or fold(word) != word:
        return False
    if count < LEAST:
        return False
    return len(word) <= 2 or (tag not in NAMED and not NAMED_ENDS.search(word))


if __name__ == "__main__":
    main()

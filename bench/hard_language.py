"""Pass rates on minimal pairs of hard language, as Markdown on stdout.

``python -m bench.hard_language [--raise-floors]`` from the root of the project. A pair is two
texts that differ little and mean something else; it is passed when both are read rightly. A text
labelled positive or negative is read rightly when the larger of p_positive and p_negative is its
label's, a neutral one when its label is neutral. A text with a target is scored towards it.
SnowNLP as shipped gives one probability and knows no neutral: here p_positive is that probability,
and .4 to .6 is neutral.

``--raise-floors`` also writes what the default engine passes, less one pair, as the floor below
which no phenomenon may fall in the tests; a floor never goes down that way.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypedDict

from snownlp import SnowNLP

from sentiment.engines import ngram
from sentiment.engines.ngram import NgramScorer
from sentiment.scorer import Score, Scorer
from storage.mentions import Label

PAIRS: Final = Path("tests/sentiment/minimal_pairs.jsonl")
FLOORS: Final = Path("tests/sentiment/minimal_pairs_floors.json")
WEIGHTS: Final = Path(ngram.__file__).parents[1] / "models" / "ngram.npz"


class Target(TypedDict):
    """What a text is scored towards: code points *start* to *end*, and the label towards it."""

    start: int
    end: int
    label: Label


class _Labelled(TypedDict):
    text: str
    label: Label


class Text(_Labelled, total=False):
    """A text with its label, and where it speaks of several its target."""

    target: Target


class Pair(TypedDict):
    """Two texts that differ little and have different labels."""

    id: str
    phenomenon: str
    source_type: str
    texts: list[Text]


Judge = Callable[[Text, str], Score]


def main() -> None:
    """Score all pairs with each engine and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.hard_language", description=__doc__)
    parser.add_argument("--raise-floors", action="store_true", help="write the tests' floors")
    asked = parser.parse_args()
    pairs = load_pairs()
    engines: Mapping[str, Judge] = {
        "SnowNLP as shipped": as_shipped,
        "n-grams alone": by(NgramScorer(WEIGHTS)),
        "default": by(NgramScorer()),
    }
    found = {name: passed(pairs, judge) for name, judge in engines.items()}
    print(f"| phenomenon | pairs | {' | '.join(engines)} |")
    print("|---|---|" + "---|" * len(engines))
    for phenomenon, count in pair_counts(pairs).items():
        cells = " | ".join(f"{found[name][phenomenon] / count:.2f}" for name in engines)
        print(f"| {phenomenon.replace('_', ' ')} | {count} | {cells} |")
    print(
        "\nThe pairs and the hard texts of the training have one author and no wording in common; "
        "texts of others may be harder."
    )
    if asked.raise_floors:
        raise_floors(found["default"])


def load_pairs(path: Path = PAIRS) -> list[Pair]:
    """Return the pairs, in the order of the file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pair_counts(pairs: Sequence[Pair]) -> dict[str, int]:
    """Return how many pairs each phenomenon has, and under ``all`` how many there are."""
    counts = Counter(pair["phenomenon"] for pair in pairs)
    return {**counts, "all": len(pairs)}


def passed(pairs: Sequence[Pair], judge: Judge) -> dict[str, int]:
    """Return how many pairs of each phenomenon are passed, and under ``all`` of all of them."""
    counts = dict.fromkeys(pair_counts(pairs), 0)
    for pair in pairs:
        if all(is_right(judge(text, pair["source_type"]), text) for text in pair["texts"]):
            counts[pair["phenomenon"]] += 1
            counts["all"] += 1
    return counts


def raise_floors(found: Mapping[str, int], path: Path = FLOORS) -> None:
    """Write the higher of the floor and one pair less than *found*, for each phenomenon."""
    old: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    floors = {name: max(old.get(name, 0), count - 1) for name, count in found.items()}
    path.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")


def is_right(score: Score, text: Text) -> bool:
    """Tell whether *score* reads *text* rightly, in the sense of this module."""
    wanted = text["target"]["label"] if "target" in text else text["label"]
    if wanted == "neutral":
        return score.label == "neutral"
    return (score.p_positive > score.p_negative) == (wanted == "positive")


def by(scorer: Scorer) -> Judge:
    """Return what scores a text, or its target where it has one, with *scorer*."""

    def judge(text: Text, source_type: str) -> Score:
        if "target" not in text:
            return scorer.score([text["text"]], source_type)[0]
        target = text["target"]
        return scorer.score_target(text["text"], target["start"], target["end"], source_type)

    return judge


def as_shipped(text: Text, _source_type: str) -> Score:
    """Score with SnowNLP's own ``sentiments``."""
    if not re.search(r"\w", text["text"]):
        return Score("neutral", 0.5, 0.0, 0.5)
    positive = float(SnowNLP(text["text"]).sentiments)
    label: Label = "negative" if positive < 0.4 else "positive" if positive > 0.6 else "neutral"
    return Score(label, 1 - positive, 0.0, positive)


if __name__ == "__main__":
    main()

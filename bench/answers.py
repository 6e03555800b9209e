"""How often the fitting message is proposed for a labelled post, as Markdown on stdout.

``python -m bench.answers`` from the root of the project. *Fits* counts posts that some message
answers; *falsely answered* counts those that none does and that got a proposal all the same;
*answered without* those that got one after their fitting messages were taken away.
"""

import json
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypedDict

from alerts.fitting import Asked, Candidate, best_fits

LABELLED = Path("tests/alerts/answers_labelled.json")


class Post(TypedDict):
    """A labelled post; *accept* names the messages that answer it, none where nothing does."""

    part: str
    scenario: str
    accept: list[str]
    text: str


@dataclass(frozen=True)
class Figures:
    """What was counted over one part; *top1* and *top3* are of *answerable*."""

    answerable: int
    scenario: int
    top1: int
    top3: int
    unanswerable: int
    falsely: int
    without: int


def main() -> None:
    """Measure and print the table."""
    labelled = json.loads(LABELLED.read_text(encoding="utf-8"))
    print(
        "| part | posts | scenario right | first proposal fits | one of three fits "
        "| falsely answered | answered without |"
    )
    print("|---|---|---|---|---|---|---|")
    for part, figures in measured(labelled).items():
        n = figures.answerable
        print(
            f"| {part} | {n + figures.unanswerable} | {figures.scenario / n:.2f} "
            f"| {figures.top1 / n:.2f} | {figures.top3 / n:.2f} "
            f"| {figures.falsely} of {figures.unanswerable} | {figures.without} of {n} |"
        )
    print(
        f"\n{len(labelled['messages'])} messages to choose from. Posts, messages and words have "
        "one author, so even the held-back figures are an upper bound."
    )


def measured(labelled: dict[str, Any]) -> dict[str, Figures]:
    """Return the figures of each part."""
    candidates = [
        Candidate(
            one["id"],
            one["scenario"],
            one["title"],
            tuple(one["keywords"]),
            one["question"],
            one["statement"],
        )
        for one in labelled["messages"]
    ]
    names = labelled["brand_names"]
    posts = sorted(labelled["posts"], key=itemgetter("part"), reverse=True)
    return {
        part: figures(list(rows), candidates, names)
        for part, rows in groupby(posts, key=itemgetter("part"))
    }


def figures(posts: list[Post], candidates: list[Candidate], names: list[str]) -> Figures:
    """Count what is proposed for *posts*."""
    scenario = top1 = top3 = falsely = without = 0
    for post in posts:
        asked = Asked.of([post["text"]], names)
        found = [fit.id for fit in best_fits(asked, candidates)]
        if not post["accept"]:
            falsely += bool(found)
            continue
        first = next(iter(asked.scenarios), None)
        scenario += first == post["scenario"]
        others = [each for each in candidates if each.id not in post["accept"]]
        without += bool(best_fits(asked, others))
        top1 += bool(found[:1]) and found[0] in post["accept"]
        top3 += any(name in post["accept"] for name in found[:3])
    answerable = sum(bool(post["accept"]) for post in posts)
    return Figures(answerable, scenario, top1, top3, len(posts) - answerable, falsely, without)


if __name__ == "__main__":
    main()

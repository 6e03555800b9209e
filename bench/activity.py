"""What names a competitor's activity, beside the rules alone, as Markdown on stdout.

``python -m bench.activity`` from the root of the project. Four choosers read the same lines: the
rules of version 1 (before anything was learned), the rules of today, the learner without rules
(fitted here, in seconds) and the shipped model, which weighs both. Rates are of one process.
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sentiment.activity import OTHER, ActivityRules, activity_rules, classify, classify_all
from sentiment.activity_rules import Finder
from sentiment.training.activity.lines import load_lines
from sentiment.training.activity.measure import Chooses, table
from sentiment.training.activity.pipeline import train

FIRST_RULES = Path(__file__).with_name("activity_rules_1.json")
RATE_TEXTS, SEED = 2_000, 1


def main() -> None:
    """Measure and print the tables."""
    lines, held = load_lines("lines"), load_lines("held")
    first = ActivityRules.model_validate(json.loads(FIRST_RULES.read_text(encoding="utf-8")))
    learner = train([line for line in lines if not line.for_test], SEED, unheard=1)
    choosers = {
        "rules 1": by_rules(first),
        f"rules {activity_rules().version}": by_rules(activity_rules()),
        "learner": learner.choose,
        "shipped": classify_all,
    }
    test = [line for line in lines if line.for_test]
    for title, chosen in (
        ("Lines of templates that the fit did not see", test),
        ("Held lines, written after the model's form was fixed", held),
    ):
        print(f"\n### {title}\n\n{table(chosen, choosers)}")
    texts = [line.text for line in lines + held]
    texts = (texts * (RATE_TEXTS // len(texts) + 1))[:RATE_TEXTS]
    print(
        f"\n{_rate(classify_all, texts):,.0f} texts/s in one call, "
        f"{_rate(lambda few: [classify(text) for text in few], texts):,.0f} one by one, "
        "in processor time."
    )


def by_rules(rules: ActivityRules) -> Chooses:
    """Return what chooses by *rules* alone."""
    finder = Finder(rules)
    return lambda texts: [finder.choice(text) or OTHER for text in texts]


def _rate(run: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    started = time.process_time()
    run(texts)
    return len(texts) / (time.process_time() - started)


if __name__ == "__main__":
    main()

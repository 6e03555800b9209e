"""Watchlist matching beside common ways to look for names, as Markdown on stdout.

``python -m bench.matching`` from the root of the project. All read the same labelled cases: every
name, alias, product and person of the case's brands. A brand in a text is right when exactly the
marked places are found; found otherwise it counts against precision and, where it is named, against
recall. flashtext and jieba are measured where they are installed. Speed is CPU time.
"""

import importlib
import importlib.util
import logging
import random
import re
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from bench.matching_cases import Case, Found, load_cases
from core.folding import fold
from sentiment.matching import WatchedBrand, Watchlist

Finds = Callable[[str], Found]
Makes = Callable[[Sequence[WatchedBrand]], Finds]

SIZES = (10, 100, 1_000)
LONGEST = 2_000  # code points of a text whose reading is timed


def main() -> None:
    """Measure and print the tables."""
    warnings.simplefilter("ignore")  # of the peers
    cases, makers = load_cases(), peers()
    print("| part | texts | engine | precision | recall | F1 | texts all right |")
    print("|---|---|---|---|---|---|---|")
    by_part = sorted(cases, key=attrgetter("part"), reverse=True)
    for part, of_part in groupby(by_part, key=attrgetter("part")):
        rows = list(of_part)
        for name, make in makers.items():
            precision, recall, right = figures(make, rows)
            f1 = 2 * precision * recall / max(precision + recall, 1e-9)
            print(
                f"| {part} | {len(rows)} | {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} "
                f"| {right} |"
            )
    print("\nTexts that came out all right, by phenomenon:\n")
    print_phenomena(cases)
    print("\nSpeed against ours on the same texts (larger is faster):\n")
    print("| engine |", " | ".join(f"{size:,} brands" for size in SIZES), "|")
    print("|---|" + "---|" * len(SIZES))
    rates = {size: speeds(makers, cases, size) for size in SIZES}
    for name in makers:
        ratios = (f"{rates[size][name] / rates[size]['ours']:.2f}" for size in SIZES)
        print(f"| {name} |", " | ".join(ratios), "|")
    ours = " / ".join(f"{rates[size]['ours']:,.0f}" for size in SIZES)
    print(
        f"\nOurs reads {ours} texts/s. Matcher, words and all parts have one author, so even the "
        "figures of the other parts are an upper bound."
    )


def figures(make: Makes, cases: Sequence[Case]) -> tuple[float, float, int]:
    """Return precision and recall over brands in texts, and how many texts came out all right."""
    right = found_brands = named_brands = all_right = 0
    for case, found in judged(make, cases):
        for brand in case.brands:
            got = {span for span in found if span[0] == brand.id}
            expected = {span for span in case.expected if span[0] == brand.id}
            right += bool(expected) and got == expected
            found_brands += bool(got)
            named_brands += bool(expected)
        all_right += found == case.expected
    return right / max(found_brands, 1), right / max(named_brands, 1), all_right


def judged(make: Makes, cases: Sequence[Case]) -> Iterator[tuple[Case, Found]]:
    """Yield each case with what is found in it."""
    made: dict[tuple[WatchedBrand, ...], Finds] = {}
    for case in cases:
        if case.brands not in made:
            made[case.brands] = make(case.brands)
        yield case, made[case.brands](case.text)


def print_phenomena(cases: Sequence[Case]) -> None:
    """Print the share of texts that ours gets all right, by phenomenon and part."""
    counts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for case, found in judged(ours, cases):
        counts[case.phenomenon][case.part].append(found == case.expected)
    print("| phenomenon | tuned | held | fresh |\n|---|---|---|---|")
    for name, parts in counts.items():
        shares = (
            f"{sum(parts[part])} of {len(parts[part])}" for part in ("tuned", "held", "fresh")
        )
        print(f"| {name} | {' | '.join(shares)} |")


def speeds(makers: dict[str, Makes], cases: Sequence[Case], size: int) -> dict[str, float]:
    """Return texts a second of each engine with *size* brands."""
    brands = watched(cases, size)
    texts = [case.text for case in cases if len(case.text) <= LONGEST]
    rates = {}
    for name, make in makers.items():
        finds = make(brands)
        finds(texts[0])  # what loads on first use is no part of the rate
        started = time.process_time()
        for text in texts:
            finds(text)
        rates[name] = len(texts) / (time.process_time() - started)
    return rates


def watched(cases: Sequence[Case], size: int) -> list[WatchedBrand]:
    """Return *size* brands: those of the cases, then made-up ones with an alias and a product."""
    known = list({brand.id: brand for case in cases for brand in case.brands}.values())
    drawn = random.Random(20)
    han = [chr(code) for code in range(0x4E00, 0x9000)]

    def word(length: int) -> str:
        return "".join(drawn.choices(han, k=length))

    made = [
        WatchedBrand(f"made{n}", word(4), "competitor", (word(2),), (f"{word(2)} X{n}",))
        for n in range(max(0, size - len(known)))
    ]
    return (known + made)[:size]


def peers() -> dict[str, Makes]:
    """Return the engines by name, ours first, without those that are not installed."""
    found: dict[str, Makes] = {
        "ours": ours,
        "substring, one by one": substring,
        "regular expression": alternation,
    }
    if importlib.util.find_spec("flashtext"):
        found["flashtext"] = flashtext
    if importlib.util.find_spec("jieba"):
        found["jieba with the names as words"] = jieba
    return found


def ours(brands: Sequence[WatchedBrand]) -> Finds:
    """The matcher of this project."""
    watchlist = Watchlist(brands)

    def finds(text: str) -> Found:
        return frozenset(
            (match.brand.id, span.start, span.end)
            for match in watchlist.match(text)
            for span in match.spans
        )

    return finds


def substring(brands: Sequence[WatchedBrand]) -> Finds:
    """Every name looked for in the folded text, as keyword filters do."""
    names = list(owners(brands).items())

    def finds(text: str) -> Found:
        folded = fold(text)
        found: set[tuple[str, int, int]] = set()
        for name, ids in names:
            at = folded.find(name)
            while at >= 0:
                found.update((brand, at, at + len(name)) for brand in ids)
                at = folded.find(name, at + len(name))
        return frozenset(found)

    return finds


def alternation(brands: Sequence[WatchedBrand]) -> Finds:
    """One expression of all names, the longest first, with word borders at Latin ends."""
    names = owners(brands)
    pattern = re.compile("|".join(map(_bordered, sorted(names, key=len, reverse=True))))

    def finds(text: str) -> Found:
        return frozenset(
            (brand, *found.span())
            for found in pattern.finditer(fold(text))
            for brand in names[found[0]]
        )

    return finds


def flashtext(brands: Sequence[WatchedBrand]) -> Finds:
    """flashtext, which takes Han for borders."""
    KeywordProcessor = importlib.import_module("flashtext").KeywordProcessor  # noqa: N806

    names = owners(brands)
    processor = KeywordProcessor(case_sensitive=True)
    for name in names:
        processor.add_keyword(name, name)

    def finds(text: str) -> Found:
        found = processor.extract_keywords(fold(text), span_info=True)
        return frozenset((brand, *span) for name, *span in found for brand in names[name])

    return finds


def jieba(brands: Sequence[WatchedBrand]) -> Finds:
    """jieba's words, with every name added to them."""
    names = owners(brands)
    tokenizer = copy(_loaded_jieba())
    tokenizer.FREQ = dict(tokenizer.FREQ)
    for name in names:
        tokenizer.add_word(name)

    def finds(text: str) -> Found:
        found = tokenizer.tokenize(fold(text))
        return frozenset((brand, *span) for word, *span in found for brand in names.get(word, ()))

    return finds


@cache
def _loaded_jieba() -> Any:
    jieba = importlib.import_module("jieba")
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def owners(brands: Sequence[WatchedBrand]) -> dict[str, list[str]]:
    """Return the brands by each of their folded names."""
    names: dict[str, list[str]] = {}
    for brand in brands:
        for word in (brand.name, *brand.aliases, *brand.products, *brand.people):
            ids = names.setdefault(fold(word), [])
            if brand.id not in ids:
                ids.append(brand.id)
    return names


def _bordered(name: str) -> str:
    before = r"(?<![0-9a-z])" if name[0].isascii() else ""
    behind = r"(?![0-9a-z])" if name[-1].isascii() else ""
    return before + re.escape(name) + behind


if __name__ == "__main__":
    main()

"""What a plan asks where a roll-up may know the answer: some tokens, one brand, some labels."""

from collections.abc import Iterator
from dataclasses import dataclass

from storage.mentions import Label
from storage.search.columns import BEGINNING
from storage.search.plan import Plan
from storage.search.sql import LABEL_NUMBER, LABELS, tag_of
from storage.search.syntax import And, Field, Node, Or, Term
from storage.search.tokens import phrase


@dataclass(frozen=True)
class Question:
    """Mentions that hold all *tokens* of the text index, *brand* if any, and one of *labels*.

    A character with ``BEGINNING`` stands for any token that begins with it.

    Labels are meant towards *brand*, else of the whole text. Times are the plan's.
    """

    tokens: frozenset[str]
    brand: str | None
    labels: frozenset[Label]


def question(plan: Plan) -> Question | None:
    """Return what *plan* asks, or None when it is more than a ``Question`` can say."""
    tokens: set[str] = set()
    labels: frozenset[Label] = frozenset(LABELS)
    brand: str | None = None
    for each in _parts(plan.root):
        chosen = _labels(each)
        if chosen is not None:
            labels &= chosen
        elif isinstance(each, Field) and each.name == "brand" and each.value == plan.toward:
            brand = each.value
        else:
            token = _token(each, plan.toward)
            if token is None:
                return None
            tokens.add(token)
    return Question(frozenset(tokens), brand, labels) if brand == plan.toward else None


def _parts(root: Node | None) -> Iterator[Node]:
    if isinstance(root, And):
        for part in root.parts:
            yield from _parts(part)
    elif root is not None:
        yield root


def _token(node: Node, toward: str | None) -> str | None:
    """The one token that a mention must hold to be selected by *node*, if it is one."""
    match node:
        case Field():
            return tag_of(node, toward)
        case Term(text):
            wanted = phrase(text)
            if wanted is not None and len(wanted.tokens) == 1:
                return wanted.tokens[0] + (BEGINNING if wanted.prefix else "")
    return None


def _labels(node: Node) -> frozenset[Label] | None:
    match node:
        case Field("label", value) if value in LABEL_NUMBER:
            return frozenset(label for label in LABELS if label == value)
        case Or(parts):
            chosen: set[Label] = set()
            for part in parts:
                labels = _labels(part)
                if labels is None:
                    return None
                chosen |= labels
            return frozenset(chosen)
    return None

"""The article that a host's rule finds on a page."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import html

from crawlers.extraction.embedded_json import Values, values_of
from crawlers.extraction.host_rule import Finder, HostRule, names_in
from crawlers.plain_text import clean, html_to_text, tree_to_text

_LONGEST_FIELD: Final = 300
_LONGEST_AUTHOR: Final = 40
_SHORT_LIST: Final = 200
# A page may nest or repeat what a selector finds without end.
_MOST_BODIES: Final = 10
_MOST_POSTS: Final = 200
_MOST_LINKS: Final = 300
_BYLINE: Final = re.compile(
    r"^(?:本文作者|作者|责任编辑|编辑|记者|来源|发布者|发布人|文)\s*[:：/|丨]\s*"
)
_DATE: Final = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
    r"(?:(?:T|-|\s*)\d{1,2}\s*[:：时]\s*\d{1,2}(?:\s*[:：分]\s*\d{1,2})?(?:\.\d+)?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
)


@dataclass(frozen=True)
class HostArticle:
    """What a host's rule found; *published_at* is raw text, as the page has it."""

    text: str
    title: str | None
    author: str | None
    published_at: str | None


def apply(rule: HostRule, tree: html.HtmlElement) -> HostArticle | None:
    """Return the article that *rule* finds in *tree*, which stays as it is, or None.

    None means that no selector and no script gave a text of sensible length: the page has
    another template, so its other fields would not be believed either.
    """
    page = _Page(rule, tree)
    text = next((text for text in page.texts() if len(text) >= rule.shortest), "")
    if not text:
        return None
    author = _BYLINE.sub("", page.field("author") or "").strip()
    return HostArticle(
        text=text,
        title=page.field("title"),
        author=author if 0 < len(author) <= _LONGEST_AUTHOR else None,
        published_at=_date_part(page.field("published_at")),
    )


class _Page:
    """One page under one rule; its scripts are read when first asked for."""

    def __init__(self, rule: HostRule, tree: html.HtmlElement) -> None:
        self._rule, self._tree = rule, tree
        self._names = names_in(tree)
        self._read: dict[int, Values] = {}

    def texts(self) -> Iterator[str]:
        for nodes in self._found("body"):
            bodies = _outermost(nodes, _MOST_BODIES)
            yield _first_of([self._text(node) for node in bodies if not _is_list(node)])
        for nodes in self._found("body_all"):
            yield "\n".join(filter(None, map(self._text, _outermost(nodes, _MOST_POSTS))))
        for values in self._embedded("body"):
            yield self._wanted("\n".join(map(html_to_text, values)))

    def field(self, name: str) -> str | None:
        for nodes in self._found(name):
            for node in nodes[:_MOST_BODIES]:
                if line := _line(node if isinstance(node, str) else node.text_content()):
                    return line
        lines = (_line(value) for values in self._embedded(name) for value in values)
        return next(filter(None, lines), None)

    def _found(self, field: str) -> Iterator[list[Any]]:
        for find in self._rule.finders[field]:
            if find.names <= self._names:
                yield find(self._tree)

    def _embedded(self, field: str) -> Iterator[list[str]]:
        for place, embedded in enumerate(self._rule.embedded):
            paths = getattr(embedded, field)
            if paths and place not in self._read:
                self._read[place] = values_of(embedded, self._tree)
            yield self._read[place](paths) if paths else []

    def _text(self, node: Any) -> str:
        if isinstance(node, str):
            return self._wanted(html_to_text(node))
        drops = [find for find in self._rule.finders["drop"] if find.names <= self._names]
        return self._wanted(tree_to_text(_without(drops, node) if drops else node))

    def _wanted(self, text: str) -> str:
        unwanted = self._rule.unwanted_line
        if unwanted is None:
            return text
        return "\n".join(line for line in text.split("\n") if not unwanted.search(line))


def _without(drops: list[Finder], node: html.HtmlElement) -> html.HtmlElement:
    """Return a copy of *node*, since the tree is others' too, that hides what *drops* find."""
    bare = deepcopy(node)
    for unwanted in [found for find in drops for found in find(bare)]:
        if unwanted is not bare:
            # Taking nodes out one by one would join their tails again and again.
            unwanted.tag = "template"
    return bare


def _outermost(nodes: list[Any], most: int) -> list[Any]:
    """Return the first *most* of *nodes*, less those inside others: no text is read twice."""
    nodes = nodes[:most]
    seen = set(nodes)
    return [
        node for node in nodes if isinstance(node, str) or seen.isdisjoint(node.iterancestors())
    ]


def _first_of(texts: list[str]) -> str:
    """Return the first that is no mere teaser beside the longest."""
    half = max(map(len, texts), default=0) / 2
    return next((text for text in texts if len(text) >= half), "")


def _is_list(node: Any) -> bool:
    """Say whether a long node is mostly links: what bears an article's name may hold a menu."""
    length = 0 if isinstance(node, str) else len(node.text_content())
    if length <= _SHORT_LIST:
        return False
    linked = 0
    for link in islice(node.iter("a"), _MOST_LINKS):
        linked += len(link.text_content())
        if linked * 2 > length:
            return True
    return False


def _date_part(text: str | None) -> str | None:
    """Return the date of a line that says more, such as its source; else the line."""
    found = _DATE.search(text or "")
    return found[0].strip() if found else text


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")[:_LONGEST_FIELD]

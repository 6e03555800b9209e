"""The rules of known hosts: which one a page belongs to, and the article that it finds there."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import html

from crawlers.extraction.embedded_json import Values, values_of
from crawlers.extraction.host_rule import HostRule
from crawlers.plain_text import clean, html_to_text, tree_to_text

_LONGEST_FIELD: Final = 300
_LONGEST_AUTHOR: Final = 40
_MOST_LINKED: Final = 10
_DATE: Final = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
    r"(?:(?:T|-|\s*)\d{1,2}\s*[:：时]\s*\d{1,2}(?:\s*[:：分]\s*\d{1,2})?(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_BYLINE: Final = re.compile(r"^(?:作者|责任编辑|编辑|记者|文|来源)\s*[:：/|丨]\s*")


@dataclass(frozen=True)
class HostArticle:
    """What a host's rule found; *published_at* is raw text, as the page has it."""

    text: str
    title: str | None
    author: str | None
    published_at: str | None


def find_rule(url: str, tree: html.HtmlElement) -> HostRule | None:
    """Return the rule for the page *tree* at *url*, or None.

    By the URL's host and the hosts above it; where there is none, by the host that the page
    itself names as its own (canonical link, ``og:url``), since a saved page may be served from
    elsewhere. For a page from a machine without a public name also by the hosts that it links to
    most, if the rule of one finds its article there.
    """
    for host in (_host(url), *_own_hosts(tree)):
        if rule := _rule_of(host):
            return rule
    if not _is_nowhere(_host(url)):
        return None
    linked = filter(None, map(_rule_of, _linked_hosts(tree)))
    return next((rule for rule in linked if apply(rule, tree)), None)


def apply(rule: HostRule, tree: html.HtmlElement) -> HostArticle | None:
    """Return the article that *rule* finds in *tree*, which stays as it is, or None.

    None means that no selector and no script gave a text of sensible length: the page has
    another template, so its other fields would not be believed either.
    """
    scripts = _Scripts(rule, tree)
    text = next((text for text in _texts(rule, tree, scripts) if len(text) >= rule.shortest), "")
    if not text:
        return None
    author = _BYLINE.sub("", _field(rule, tree, scripts, "author") or "").strip()
    return HostArticle(
        text=text,
        title=_field(rule, tree, scripts, "title"),
        author=author if 0 < len(author) <= _LONGEST_AUTHOR else None,
        published_at=_date_part(_field(rule, tree, scripts, "published_at")),
    )


@cache
def rules() -> tuple[HostRule, ...]:
    """Return all rules that ship, by file and place. Raises ``ValueError`` for a wrong file."""
    folder = files("crawlers.extraction").joinpath("hosts")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple(
        rule for name in names for rule in read_rules(folder.joinpath(name).read_text("utf-8"))
    )


def read_rules(text: str) -> tuple[HostRule, ...]:
    """Read one data file, a list of rules. Raises ``ValueError`` that names what is wrong."""
    return tuple(map(HostRule.model_validate_json, map(json.dumps, json.loads(text))))


class _Scripts:
    """The articles in the page's scripts, read when first asked for."""

    def __init__(self, rule: HostRule, tree: html.HtmlElement) -> None:
        self._rule, self._tree = rule, tree
        self._read: dict[int, Values] = {}

    def values(self, field: str) -> Iterator[list[str]]:
        for place, embedded in enumerate(self._rule.embedded):
            paths = getattr(embedded, field)
            if paths and place not in self._read:
                self._read[place] = values_of(embedded, self._tree)
            yield self._read[place](paths) if paths else []


def _texts(rule: HostRule, tree: html.HtmlElement, scripts: _Scripts) -> Iterator[str]:
    for find in rule.finders["body"]:
        for node in find(tree):
            yield _text(rule, node)
    for find in rule.finders["body_all"]:
        yield "\n".join(filter(None, (_text(rule, node) for node in find(tree))))
    for values in scripts.values("body"):
        yield _wanted(rule, "\n".join(map(html_to_text, values)))


def _text(rule: HostRule, node: Any) -> str:
    if isinstance(node, str):
        return _wanted(rule, html_to_text(node))
    for drop in rule.finders["drop"]:
        if drop(node):
            node = deepcopy(node)  # the tree is others' too
            for unwanted in drop(node):
                _remove(unwanted)
    return _wanted(rule, tree_to_text(node))


def _remove(node: html.HtmlElement) -> None:
    if node.getparent() is not None:
        node.drop_tree()


def _wanted(rule: HostRule, text: str) -> str:
    unwanted = rule.unwanted_line
    if unwanted is None:
        return text
    return "\n".join(line for line in text.split("\n") if not unwanted.search(line))


def _field(rule: HostRule, tree: html.HtmlElement, scripts: _Scripts, field: str) -> str | None:
    found = (node for find in rule.finders[field] for node in find(tree))
    shown = (node if isinstance(node, str) else node.text_content() for node in found)
    for text in shown:
        if line := _line(text):
            return line
    return next(
        (line for values in scripts.values(field) for line in map(_line, values) if line), None
    )


def _date_part(text: str | None) -> str | None:
    """Return the date of a line that says more, such as its source; else the line."""
    found = _DATE.search(text or "")
    return found[0].strip() if found else text


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")[:_LONGEST_FIELD]


@cache
def _index() -> dict[str, HostRule]:
    return {host: rule for rule in rules() for host in rule.hosts}


def _rule_of(host: str) -> HostRule | None:
    index = _index()
    while "." in host:
        if host in index:
            return index[host]
        host = host.partition(".")[2]
    return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _own_hosts(tree: html.HtmlElement) -> Iterator[str]:
    for node in tree.iter("link", "meta"):
        if (node.get("rel") or "").lower() == "canonical":
            yield _host(node.get("href") or "")
        elif (node.get("property") or "").lower() == "og:url":
            yield _host(node.get("content") or "")


def _is_nowhere(host: str) -> bool:
    if "." not in host:
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _linked_hosts(tree: html.HtmlElement) -> list[str]:
    addresses = (node.get("href") or node.get("src") or "" for node in tree.iter("a", "script"))
    hosts = Counter(filter(None, map(_host, addresses)))
    return [host for host, _ in hosts.most_common(_MOST_LINKED)]

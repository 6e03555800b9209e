"""The rules of known hosts, and which one a page belongs to."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from lxml import html

from crawlers.extraction.host_article import HostArticle, apply
from crawlers.extraction.host_rule import HostRule

__all__ = ["HostArticle", "HostRule", "apply", "find_rule", "read_rules", "rules"]

_MOST_LINKED: Final = 10


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

"""What is special to a kind of source: its rules, a file for each kind."""

from collections.abc import Callable
from typing import Any, Final

from crawlers.job import SourceKind
from crawlers.rules import feed, folder, json_api, listing, sitemap
from crawlers.rules.article import COMMENT_RULES, FIELD_RULES
from crawlers.rules.listing import LIST_RULES

__all__ = ["COMMENT_RULES", "FIELD_RULES", "LIST_RULES", "check_rules"]

_CHECKS: Final[dict[SourceKind, Callable[[dict[str, Any]], None]]] = {
    "feed": feed.check,
    "listing": listing.check,
    "sitemap": sitemap.check,
    "json_api": json_api.check,
    "folder": folder.check,
}


def check_rules(kind: SourceKind, rules: dict[str, Any]) -> None:
    """Raise ``InvalidInput`` naming the rule of *kind* that is missing, unknown or wrong."""
    _CHECKS[kind](rules)

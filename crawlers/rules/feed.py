"""Rules of a feed: whether to fetch the article behind an entry, and how to read it."""

from typing import Final

from crawlers.rules import checks
from crawlers.rules.article import PAGE_RULES, REQUEST_RULES, check_pages, check_requests
from crawlers.rules.checks import Rules

FOLLOW_RULES: Final = ("follow", "follow_below")
# An entry with more text than this is an article already.
FOLLOW_BELOW: Final = 200


def check(rules: Rules) -> None:
    """Raise ``InvalidInput`` naming the rule that is unknown or wrong."""
    checks.known_names(rules, (*FOLLOW_RULES, *PAGE_RULES, *REQUEST_RULES))
    checks.flag(rules, "follow")
    checks.number(rules, "follow_below", FOLLOW_BELOW, 1, 100_000)
    check_pages(rules)
    check_requests(rules)

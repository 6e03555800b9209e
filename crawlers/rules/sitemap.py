"""Rules of a sitemap: which of its pages to read, and how."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from crawlers.rules import checks
from crawlers.rules.article import PAGE_RULES, REQUEST_RULES, check_pages, check_requests
from crawlers.rules.checks import Rules

NEWER_DAYS: Final = 7
_LONGEST_DAYS: Final = 3650


@dataclass(frozen=True)
class Choosing:
    """Which pages are read: younger than *newer_days* or without a date, and by address."""

    newer_days: int
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def takes(self, url: str) -> bool:
        """Say whether the patterns let *url* through; exclude is stronger."""
        if any(fnmatchcase(url, pattern) for pattern in self.exclude):
            return False
        return not self.include or any(fnmatchcase(url, pattern) for pattern in self.include)


def check(rules: Rules) -> None:
    """Raise ``InvalidInput`` naming the rule that is unknown or wrong."""
    names = ("newer_days", "include", "exclude")
    checks.known_names(rules, (*names, *PAGE_RULES, *REQUEST_RULES))
    choosing(rules)
    check_pages(rules)
    check_requests(rules)


def choosing(rules: Rules) -> Choosing:
    """Return the choice that *rules* make."""
    return Choosing(
        checks.number(rules, "newer_days", NEWER_DAYS, 1, _LONGEST_DAYS),
        checks.patterns(rules, "include"),
        checks.patterns(rules, "exclude"),
    )

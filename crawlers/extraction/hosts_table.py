"""The table of known hosts in docs/hosts.md. ``python -m crawlers.extraction.hosts_table``."""

import sys
from collections.abc import Iterable

from crawlers.extraction.host_rule import HostRule
from crawlers.extraction.host_rules import rules

_HEAD = """\
# Sites whose pages are read by a rule

A page of these hosts, and of all hosts below them, is read by the rule in
`crawlers/extraction/hosts/`; any other page by its structure. A rule that finds no text of
sensible length steps back, so a site that changed its pages is still read, less exactly.

How far a rule was verified:

- **reference text**: its text of a saved page agrees with one that others marked by hand
  (character 5-gram F1 of .99 or more).
- **saved page**: its text of a saved page was read and compared by us.
- **public knowledge**: written from what is publicly known of the site's pages; not held against
  a page of it.

To add a site, add an object to one of the files; a test checks its form. This table is written by
`python -m crawlers.extraction.hosts_table > docs/hosts.md`.

| Site | Hosts | Verified by | On | Pages |
|---|---|---|---|---|
"""
_ORDER = ("reference text", "saved page", "public knowledge")


def hosts_table(known: Iterable[HostRule]) -> str:
    """Return the document for the rules *known*, the best verified first."""
    ordered = sorted(known, key=lambda rule: (_ORDER.index(rule.verified.how), rule.hosts[0]))
    return _HEAD + "".join(map(_row, ordered))


def _row(rule: HostRule) -> str:
    hosts, pages = ", ".join(rule.hosts), ", ".join(rule.verified.templates)
    return f"| {rule.name} | {hosts} | {rule.verified.how} | {rule.verified.on} | {pages} |\n"


if __name__ == "__main__":
    sys.stdout.write(hosts_table(rules()))

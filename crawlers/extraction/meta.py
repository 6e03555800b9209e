"""What a page declares about itself in its ``<meta>`` elements."""

from itertools import islice
from typing import Final

from lxml import html

from crawlers.plain_text import clean

_MOST: Final = 300


def first_meta(tree: html.HtmlElement, names: tuple[str, ...]) -> str | None:
    """Return the content of the first of *names* (lower case) that the page declares, or None."""
    found: dict[str, str] = {}
    for node in islice(tree.iter("meta"), _MOST):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").lower()
        if name in names and (node.get("content") or "").strip():
            found.setdefault(name, clean(node.get("content")))
    return next((found[name] for name in names if name in found), None)

"""A page's markup becomes one tree, which every stage reads and none changes."""

import re
from typing import Final

from lxml import etree, html

# What a crawl may download at most, as text; the rest of a longer page is not read.
LONGEST_PAGE: Final = 8 * 1024 * 1024
# libxml2 drops what follows the first one, and pages put together on the server have several.
_ENDS: Final = re.compile(r"</(?:html|body)\b[^<>]{0,100}>", re.IGNORECASE)


def parse(page: str) -> html.HtmlElement | None:
    """Return *page* as an lxml tree, or None when there is nothing in it.

    Nesting is followed 2,048 deep, which is libxml2's own end; what is deeper is left out.
    """
    markup = _ENDS.sub("", page[:LONGEST_PAGE]).encode("utf-8", "replace")
    # A parser keeps the errors of its last page, so each page gets its own.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return html.document_fromstring(markup, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None

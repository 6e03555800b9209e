"""A page's markup becomes one tree, which every stage reads and none changes."""

import re
from typing import Final

from lxml import etree, html

# What a crawl may download at most, as text; the rest of a longer page is not read.
LONGEST_PAGE: Final = 8 * 1024 * 1024
# libxml2 drops what follows the first one, and pages put together on the server have several.
_ENDS: Final = re.compile(r"</(?:html|body)\b[^<>]{0,100}>", re.IGNORECASE)
# A tag as libxml2 reads it; scripts and comments are matched to be passed over. Possessive, so that
# each character is looked at once whatever the quotes are.
_TAG: Final = re.compile(
    r"""<(?:script|style)\b(?:[^<]++|<(?!/(?:script|style)))*+|<!--(?:[^-]++|-(?!->))*+"""
    r"""|</?[a-z](?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""",
    re.IGNORECASE,
)
_LONG_TAG: Final = 2_000
# libxml2 takes time with the square of a tag's attributes: 40,000 in one would cost 11 s.
_MOST_ATTRIBUTES: Final = 300
_ATTRIBUTE: Final = re.compile(r"""[^\s=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']\S*)?)?|=""")
_PASSED_OVER: Final = ("<script", "<style ", "<style>")


def parse(page: str) -> html.HtmlElement | None:
    """Return *page* as an lxml tree, or None when there is nothing in it.

    Nesting is followed 2,048 deep, which is libxml2's own end; what is deeper is left out.
    """
    page = _TAG.sub(_shortened, _ENDS.sub("", page[:LONGEST_PAGE]))
    # A parser keeps the errors of its last page, so each page gets its own.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _shortened(found: re.Match[str]) -> str:
    tag = found[0]
    if len(tag) < _LONG_TAG or tag[:7].lower() in _PASSED_OVER or tag.startswith("<!--"):
        return tag
    attributes = _ATTRIBUTE.findall(tag)
    return tag if len(attributes) <= _MOST_ATTRIBUTES else " ".join(attributes[:_MOST_ATTRIBUTES])

"""What is asked where a page's blocks say too little: its own data, then the general libraries.

Both libraries hand back menus where a page has no article, so what they find must have sentences.
"""

import json
import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from lxml import etree, html

from crawlers.extraction.blocks import Block, read_blocks
from crawlers.plain_text import clean, html_to_text

# They take seconds for more, and what is so long had sentences of its own to find.
_LONGEST_PAGE: Final = 400_000
_MOST_BLOCKS: Final = 1_500
_LONGEST_SCRIPT: Final = 1_000_000
_SENTENCE: Final = re.compile(r"[，。！？；,.!?]")


def from_fallbacks(page: str, tree: html.HtmlElement, every: list[Block], url: str) -> str:
    """Return the text that the page's data, readability or trafilatura give, or an empty string.

    *every* are the blocks of *tree*; where they have no sentence, no library is asked for one.
    """
    return next(filter(None, _each(page, tree, every, url)), "")


def _each(page: str, tree: html.HtmlElement, every: list[Block], url: str) -> Iterator[str]:
    yield by_data(tree)
    has_sentences = any(block.marks and block.plain > block.linked for block in every)
    if has_sentences and len(page) <= _LONGEST_PAGE and len(every) <= _MOST_BLOCKS:
        yield by_readability(tree)
        yield by_trafilatura(tree, url)


def by_data(tree: html.HtmlElement) -> str:
    """Return the ``articleBody`` of the page's JSON-LD, or an empty string."""
    for node in tree.iter("script"):
        if node.get("type") == "application/ld+json" and "articleBody" in (node.text or ""):
            try:
                read = json.loads(node.text[:_LONGEST_SCRIPT], strict=False)
            except (ValueError, RecursionError):
                continue
            for value in _bodies(read):
                return html_to_text(value)
    return ""


def by_readability(tree: html.HtmlElement) -> str:
    """Return the text that readability finds, or an empty string."""
    from readability.readability import Unparseable

    # It logs each failure with a traceback, and failing is an ordinary answer here.
    logging.getLogger("readability.readability").setLevel(logging.CRITICAL)
    try:
        markup = _document(tree).summary(html_partial=True)
        found = html.fromstring(markup)
    except (Unparseable, RecursionError, etree.LxmlError, ValueError, TypeError, AttributeError):
        return ""
    every = read_blocks(found).every
    linked = sum(block.linked for block in every)
    if linked > sum(block.plain for block in every):
        return ""
    return _with_sentences(html_to_text(markup))


def by_trafilatura(tree: html.HtmlElement, url: str) -> str:
    """Return the text that trafilatura finds, or an empty string."""
    import trafilatura

    try:
        found = trafilatura.extract(
            deepcopy(tree), url=url, include_comments=False, favor_recall=True
        )
    except (RecursionError, etree.LxmlError, ValueError, TypeError, AttributeError):
        return ""
    return _with_sentences(clean(found or ""))


def _with_sentences(text: str) -> str:
    return text if _SENTENCE.search(text) else ""


def _document(tree: html.HtmlElement) -> Any:
    from readability import Document

    class Parsed(Document):  # type: ignore[misc]
        """A document that is parsed already; each try of readability starts from a fresh copy."""

        def _parse(self, _: str) -> html.HtmlElement:
            return deepcopy(tree)

    return Parsed("<html></html>")


def _bodies(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("articleBody"), str) and one["articleBody"].strip():
                yield one["articleBody"]
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)

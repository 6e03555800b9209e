"""Dates that readers see: the lines below the title, then lines that say what they are."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree, html

_SILENT: Final = frozenset({"script", "style", "noscript", "template", "select", "textarea", "svg"})
_FIGURE: Final = re.compile(r"\d|[昨今前刚〇]")
_SHAPE: Final = re.compile(
    r"\d{4}\s?[-/.年]\s?\d|\d{1,2}\s?[-/月]\s?\d{1,2}|前|昨|今天|刚刚|\d{1,2}:\d{2}|[〇零一二三四五六七八九]年"
)
_CHANGED: Final = re.compile("更新|修改|update", re.IGNORECASE)
_PUBLISHED: Final = re.compile("发布|发表|publish", re.IGNORECASE)
_LABELS: Final = ("发布时间", "发布日期", "发表时间", "发布于", "发表于")
_SAYS_SO: Final = re.compile(
    r"(?:发布|发表)(?:于|(?:时间|日期)\s?[:：])|(?:时间|日期|来源)\s?[:：]"
)
_SAYS_SO_WITHIN: Final = 40
_CLASSED: Final = re.compile(r"time|date|pub|byline", re.IGNORECASE)
_LONGEST_LINE: Final = 70
_WINDOW: Final = 4
_PIECES: Final = 60
_SENTENCE: Final = 25
_BEGUN: Final = 3
_LOOKED_AT: Final = 400
_MOST_ELEMENTS: Final = 30_000  # far below the article of any page


def near_title(tree: html.HtmlElement) -> Iterator[str]:
    """Yield short lines with a figure that follow the title closely."""
    title = _title(tree)
    if title is None:
        return
    lines = _lines(list(_before_text(islice(_pieces_after(title), _PIECES))))
    # A line that says what it is comes before one that may belong to the text.
    yield from sorted(lines, key=lambda line: not _SAYS_SO.search(line[:_SAYS_SO_WITHIN]))


def labelled(tree: html.HtmlElement) -> Iterator[str]:
    """Yield short lines anywhere that say they are the time of publication."""
    has_label = " or ".join(f"contains(., '{label}')" for label in _LABELS)
    for node in islice(tree.xpath(f"//body//*[text()[{has_label}]]"), _LOOKED_AT):
        if node.tag not in _SILENT:
            pieces = [*islice(_own(node), _WINDOW), *islice(_pieces_after(node), 2)]
            yield from islice(_lines(pieces), 1)


def classed(tree: html.HtmlElement) -> Iterator[str]:
    """Yield short lines anywhere whose class or id speaks of a time."""
    nodes = islice(
        tree.iter("span", "div", "p", "em", "i", "small", "td", "li", "a"), _MOST_ELEMENTS
    )
    named = (one for one in nodes if _CLASSED.search(f"{one.get('class')} {one.get('id')}"))
    for node in islice(named, _LOOKED_AT):
        yield from islice(_lines(list(islice(_own(node), _WINDOW))), 1)


def _title(tree: html.HtmlElement) -> html.HtmlElement | None:
    """Return the element that shows the page's title."""
    whole = re.sub(r"\s+", "", tree.findtext(".//title") or "")
    headings = list(islice(tree.iter("h1", "h2", "h3", "h4"), 40))
    for node in headings:
        text = re.sub(r"\s+", "", "".join(islice(node.itertext(), 20)))
        if len(text) > 5 and (text in whole or whole in text):
            return node
    body = tree.find("body")
    if whole and body is not None:
        for node in islice(body.iter("div", "p", "td", "span", "strong", "b", "font"), 1500):
            text = (node.text or "").strip()
            if len(text) > 7 and re.sub(r"\s+", "", text) in whole:
                return node
    return next((node for node in headings if node.tag == "h1"), None)


def _pieces_after(node: html.HtmlElement) -> Iterator[str]:
    """Yield the visible texts behind *node* in the order of the page."""
    here: html.HtmlElement | None = node
    while here is not None:
        if here.tail and here.tail.strip():
            yield here.tail.strip()
        following = here.getnext()
        if following is None:
            here = here.getparent()
            continue
        here = following
        if isinstance(here.tag, str):  # no comment
            yield from _own(here)


def _before_text(pieces: Iterator[str]) -> Iterator[str]:
    """Stop once the article has begun: what follows it are comments and other articles."""
    sentences = 0
    for piece in pieces:
        yield piece
        sentences += len(piece) > _SENTENCE and ("。" in piece or "，" in piece)
        if sentences >= _BEGUN:
            return


def _own(node: html.HtmlElement) -> Iterator[str]:
    """Yield the visible texts within *node*."""
    skipped: html.HtmlElement | None = None
    for event, one in etree.iterwalk(node, events=("start", "end", "comment", "pi")):
        is_element = isinstance(one.tag, str)
        if event == "start" and skipped is None:
            if one.tag in _SILENT:
                skipped = one
            elif one.tag == "time" and one.get("datetime"):
                yield one.get("datetime")
            elif one.text and one.text.strip():
                yield one.text.strip()
        if event == "end" and one is skipped:
            skipped = None
        left = (event == "end" or not is_element) and skipped is None and one is not node
        if left and one.tail and one.tail.strip():
            yield one.tail.strip()


def _lines(pieces: list[str]) -> Iterator[str]:
    for place, piece in enumerate(pieces):
        if not _FIGURE.search(piece) and not piece.endswith(("：", ":")):
            continue
        # 发布时间：10-08 and 12:00 stand in two elements of one line.
        line = " ".join(piece[:_LONGEST_LINE] for piece in pieces[place : place + _WINDOW])
        line = line[:_LONGEST_LINE]
        if len(piece) > _LONGEST_LINE or not _SHAPE.search(line):
            continue
        if _CHANGED.search(piece) and not _PUBLISHED.search(piece):
            continue
        yield line

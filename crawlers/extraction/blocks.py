"""A tree becomes blocks: stretches of text that the browser would set apart, and what is in each.

One walk counts, for every block, the characters outside and inside links and the marks of
punctuation; the text is kept in pieces, so that the article can be read off without another walk.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html

from crawlers.extraction.names import Kind, kind_of

# A page with more is no article but an archive or an attack; its beginning is enough.
_MOST_EVENTS: Final = 120_000
_LONGEST_PIECE: Final = 200_000
_BLOCK_TAGS: Final = frozenset(
    re.split(
        " ",
        "address article aside blockquote body caption center dd details div dl dt "
        "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main "
        "nav ol p pre section summary table tbody td tfoot th thead tr ul",
    )
)
_SKIPPED: Final = frozenset(
    re.split(
        " ",
        "script style noscript template iframe svg math head button select textarea input "
        "object embed audio video canvas map datalist dialog",
    )
)
_AROUND_TAGS: Final = frozenset(("nav", "footer", "aside"))
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MARKS: Final = re.compile(r"[，。！？；：、,;!?…]|\.(?=\s|$)")
_SPACE: Final = re.compile(r"\s+")
_EMOJI: Final = re.compile(r"\[[^\[\]\s]{1,8}\]")


@dataclass(slots=True, eq=False)
class Block:
    """One block: where it is, what it is called, and what its own text (not its children's) has."""

    tag: str
    name: str
    kind: Kind
    parent: "Block | None"
    begin: int
    end: int = 0
    plain: int = 0
    linked: int = 0
    links: int = 0
    marks: int = 0
    own: list[str] = field(default_factory=list)
    children: "list[Block]" = field(default_factory=list)

    def text(self) -> str:
        """Return the block's own text on one line."""
        return _SPACE.sub(" ", "".join(self.own)).strip()


@dataclass(slots=True)
class Blocks:
    """The blocks of a page in document order, and its text in *pieces*."""

    every: list[Block]
    pieces: list[str]


def read_blocks(tree: html.HtmlElement) -> Blocks:
    """Walk *tree* once. Whatever a reader does not see is left out; nothing is changed."""
    return _Walk().over(tree)


class _Walk:
    def __init__(self) -> None:
        root = Block("html", "", "", None, 0)
        self._every, self._open = [root], [root]
        self._pieces: list[str] = []
        self._inside_links = self._inside_pre = 0

    def over(self, tree: html.HtmlElement) -> Blocks:
        walker = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
        for count, (event, node) in enumerate(walker):
            if event == "start":
                if _unseen(node):
                    walker.skip_subtree()
                    continue
                self._begin(node)
                if node.text:
                    self._take(node.text)
            else:
                if event == "end" and not _unseen(node):
                    self._finish(node.tag)
                if node.tail and node is not tree:
                    self._take(node.tail)
            if count > _MOST_EVENTS:
                break
        for block in self._open:
            block.end = len(self._pieces)
        return Blocks(self._every, self._pieces)

    def _begin(self, node: html.HtmlElement) -> None:
        tag = node.tag
        if tag in _BLOCK_TAGS:
            name = f"{node.get('class') or ''} {node.get('id') or ''}"
            kind: Kind = "around" if tag in _AROUND_TAGS else kind_of(name)
            block = Block(tag, name, kind, self._open[-1], len(self._pieces))
            self._open[-1].children.append(block)
            self._open.append(block)
            self._every.append(block)
            self._pieces.append("\n")
            self._inside_pre += tag == "pre"
        elif tag == "a":
            self._inside_links += 1
            self._open[-1].links += 1
        elif tag == "br":
            self._pieces.append("\n")
        elif tag == "img" and _EMOJI.fullmatch(node.get("alt") or ""):
            self._take(node.get("alt"))

    def _finish(self, tag: str) -> None:
        if tag in _BLOCK_TAGS:
            self._pieces.append("\n")
            self._open.pop().end = len(self._pieces)
            self._inside_pre -= tag == "pre"
        elif tag == "a":
            self._inside_links -= 1

    def _take(self, text: str) -> None:
        text = text[:_LONGEST_PIECE]
        seen = len("".join(text.split()))
        self._pieces.append(text if self._inside_pre else _SPACE.sub(" ", text))
        if not seen:
            return
        block = self._open[-1]
        block.own.append(text)
        if self._inside_links:
            block.linked += seen
        else:
            block.plain += seen
            block.marks += len(_MARKS.findall(text))


def _unseen(node: html.HtmlElement) -> bool:
    if node.tag in _SKIPPED:
        return True
    style = node.get("style")
    return style is not None and _HIDDEN.search(style) is not None

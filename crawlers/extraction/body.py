"""The article's body among a page's blocks, by what the blocks say: made for Chinese pages.

Each block is worth what its own text is: sentences (long, with punctuation, not linked) count for
it, link lists, bylines and copyright lines against it. A subtree is worth the sum of its blocks,
where a bad part costs little because it can be left out. The body is the subtree worth most.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawlers.extraction.blocks import Block, Blocks
from crawlers.extraction.lines import SHORT, is_byline, is_dated, is_head, is_margin, is_notice
from crawlers.plain_text import clean

_MARK_WORTH: Final = 4.0
_SENTENCE_COST: Final = 8.0
_LINK_COST: Final = 8.0
_PART_COST: Final = 30.0  # at most this for a bad part among good ones
_AROUND_COST: Final = 12.0
_NAMED_BODY: Final = 1.1
_PAGE_ITSELF: Final = 0.95
_NEARLY_ALL: Final = 0.85
_SURELY: Final = 0.6
_PARAGRAPHS: Final = frozenset(("p", "pre", "blockquote", "li", "ul", "ol", "dl"))
_NOTICE_LENGTH: Final = 400
_LONGEST_TEXT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Body:
    """The text of the body and *share*, its part of all sentences on the page (0 to 1)."""

    text: str
    share: float


def body_of(blocks: Blocks, title: str) -> Body:
    """Return the body among *blocks*, without the page's *title*; empty where there is none."""
    page = _Page(blocks.every, blocks.pieces, title)
    best = page.best()
    if best is None:
        return Body("", 0.0)
    return Body(page.text_of(best), page.share_of(best))


class _Page:
    def __init__(self, every: list[Block], pieces: list[str], title: str) -> None:
        self._every, self._pieces = every, pieces
        self._title = _bare(title)
        self._own = {id(block): self._worth(block) for block in every}
        self._good: dict[int, float] = {}
        self._net: dict[int, float] = {}
        for block in reversed(every):
            good = max(0.0, self._own[id(block)])
            self._good[id(block)] = good + sum(self._good[id(kid)] for kid in block.children)
        self._totals: dict[int, tuple[int, int, int]] = {}
        for block in reversed(every):
            plain, linked, links = block.plain, block.linked, block.links
            for kid in block.children:
                of_kid = self._totals[id(kid)]
                plain, linked, links = plain + of_kid[0], linked + of_kid[1], links + of_kid[2]
            self._totals[id(block)] = plain, linked, links
        self._all_good = self._good[id(every[0])]
        for block in reversed(every):
            parts = sum(map(self._part, block.children))
            self._net[id(block)] = self._own[id(block)] + parts

    def best(self) -> Block | None:
        """Return the block worth most; of equals the innermost."""
        best, most = None, 0.0
        for block in self._every:
            if self._aside(block):
                continue
            worth = self._net[id(block)]
            if block.kind in ("body", "text") or block.tag in ("article", "main"):
                worth *= _NAMED_BODY
            elif block.tag in ("html", "body"):
                worth *= _PAGE_ITSELF
            if worth > 0 and worth >= most:
                best, most = block, worth
        return best and self._first_post(self._inner(best))

    def _inner(self, best: Block) -> Block:
        """Follow *best* inwards while one part of it is nearly all of it, and not one paragraph."""
        while True:
            good = self._good[id(best)]
            big = max(best.children, key=lambda kid: self._good[id(kid)], default=None)
            if big is None or self._aside(big) or big.tag in _PARAGRAPHS:
                return best
            needed = _SURELY if big.kind == "text" else _NEARLY_ALL
            if self._good[id(big)] < needed * good or self._has_twin(best, big):
                return best
            if not self._has_paragraphs(big):
                return best
            best = big

    def _has_twin(self, parent: Block, big: Block) -> bool:
        """Say whether another part of *parent* is made like *big*: then the text is in both."""
        return bool(big.name.strip()) and any(
            kid is not big and kid.name == big.name and self._net[id(kid)] > _PART_COST
            for kid in parent.children
        )

    def _has_paragraphs(self, block: Block) -> bool:
        found = (inner for inner in _descendants(block) if self._own[id(inner)] > 0)
        several = sum(1 for _ in zip(found, range(2), strict=False)) >= 2
        return several or len(block.own) >= 2 or block.kind in ("body", "text")

    def share_of(self, block: Block) -> float:
        """Return what part of the page's sentences *block* holds."""
        return self._good[id(block)] / self._all_good if self._all_good else 0.0

    def text_of(self, block: Block) -> str:
        """Return the text of *block* without what does not belong to an article."""
        kept = "".join(
            piece for begin, end in self._kept(block) for piece in self._pieces[begin:end]
        )[:_LONGEST_TEXT]
        return "\n".join(self._without_margins(clean(kept).split("\n"), block))

    def _worth(self, block: Block) -> float:
        plain, linked = block.plain, block.linked
        if linked >= plain:
            return -linked - _LINK_COST * block.links
        text = block.text() if plain + linked <= _NOTICE_LENGTH else ""
        if text and is_notice(text):
            return -_AROUND_COST - 0.5 * plain
        if text and (block.tag == "h1" or self._is_title(text)):
            return -_AROUND_COST
        if text and block.marks <= 3 and is_byline(text):
            return -_AROUND_COST
        if not block.marks:
            return min(0.2 * plain, 6.0) - linked
        return max(plain + _MARK_WORTH * block.marks - _SENTENCE_COST, 0.0) - linked

    def _part(self, kid: Block) -> float:
        """What *kid* adds to its parent."""
        net = self._net[id(kid)]
        if self._aside(kid):
            return -min(_AROUND_COST, abs(net))
        return max(net, -_PART_COST)

    def _aside(self, block: Block) -> bool:
        """Say whether a name sets *block* apart; one around most of the page proves nothing."""
        if block.kind not in ("around", "talk"):
            return False
        return self._good[id(block)] < 0.5 * self._all_good or not self._all_good

    def _first_post(self, best: Block) -> Block:
        """Return the first of several dated posts of one make, as in threads, else *best*."""
        posts: dict[tuple[str, str], list[Block]] = {}
        for kid in best.children:
            posts.setdefault((kid.tag, re.sub(r"\d+", "", kid.name)), []).append(kid)
        for (tag, name), several in posts.items():
            if tag in ("p", "br") or not name.strip() or len(several) < 2:
                continue
            good = [kid for kid in several if self._net[id(kid)] > 0 and self._is_dated(kid)]
            held = sum(self._good[id(kid)] for kid in good)
            if len(good) >= 2 and held > 0.6 * self._good[id(best)]:
                return self._within(good[0])
        return best

    def _within(self, post: Block) -> Block:
        inside = [post, *_descendants(post)]
        return max(inside, key=lambda block: (self._net[id(block)], block.begin))

    def _is_dated(self, post: Block) -> bool:
        return any(
            is_dated(block.text())
            for block in [post, *_descendants(post)]
            if 0 < block.plain + block.linked <= SHORT
        )

    def _kept(self, block: Block) -> Iterator[tuple[int, int]]:
        at = block.begin
        left_out = block.begin
        for inner in _descendants(block):
            if inner.begin < left_out or not self._unwanted(inner, block):
                continue
            yield at, inner.begin
            at = left_out = inner.end
        yield at, block.end

    def _unwanted(self, inner: Block, body: Block) -> bool:
        if inner.kind in ("around", "talk"):
            return self._good[id(inner)] < 0.4 * self._good[id(body)]
        plain, linked, links = self._totals[id(inner)]
        if links >= 3 and linked >= 0.7 * (plain + linked):
            return True
        own = inner.plain + inner.linked
        return 0 < own <= _NOTICE_LENGTH and self._is_title(inner.text())

    def _is_title(self, text: str) -> bool:
        """Say whether *text* is the title, perhaps without the site's name or with a label."""
        bare, title = _bare(text), self._title
        if len(bare) < 4 or len(title) < 4:
            return False
        if bare in title:
            return title.startswith(bare) and len(bare) >= 0.5 * len(title)
        return title in bare and len(bare) <= len(title) + 6

    def _without_margins(self, lines: list[str], body: Block) -> list[str]:
        # Inside what is named as the article a notice is the article's own; elsewhere the site's.
        own_notices = body.kind in ("text", "body")
        first, last = 0, len(lines)
        while first < last and (is_head(lines[first]) or self._marginal(lines[first], own_notices)):
            first += 1
        while last > first and self._marginal(lines[last - 1], own_notices):
            last -= 1
        return lines[first:last]

    def _marginal(self, line: str, own_notices: bool) -> bool:
        if is_margin(line) or self._is_title(line):
            return True
        return not own_notices and len(line) <= _NOTICE_LENGTH and is_notice(line)


def _descendants(block: Block) -> Iterator[Block]:
    """Yield all blocks inside *block* in document order."""
    waiting = block.children[::-1]
    while waiting:
        inner = waiting.pop()
        yield inner
        waiting.extend(reversed(inner.children))


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text)

"""Which part of a text speaks of which brand, and the sentiment towards it.

A text may praise us and blame a rival. Each brand gets the clauses that name it and those that
follow until another brand begins; a clause with two brands is cut where the second begins. An
engine that can aim (``AimingScorer``) weighs the score of this window with the rest of the text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sentiment.clauses import split_clauses
from sentiment.scorer import Score, Scorer
from storage.mentions import Span

# Code points up to which a text is about its only brand throughout: a post that names one watched
# brand is about it from end to end. Of a bare target nobody knows what else the text is about.
LONE_BRAND = 400
LONE_TARGET = 140
REACH = 6  # pieces without any brand that still belong to the brand before (or, first, after) them

_JOINED = re.compile(
    r"[\s、,，/&+和与跟及或同vs对还有以的]*"
)  # 小米和华为都…: one statement on both
_COMPARED = re.compile(r"比|不如|超过|吊打|碾压|秒杀|完爆|领先")  # what is said is about the first
_LEADING = re.compile(  # words that speak of the brand behind them
    r"(?:我?(?:更|很|最|不|只)?(?:讨厌|喜欢|支持|抵制|选择|推荐|投诉|举报|吐槽|拉黑|再见|恶心|垃圾)的?)$"
)


@dataclass(frozen=True)
class Aim:
    """A text, the spans that name the target in it, and those that name others, if known."""

    text: str
    spans: tuple[Span, ...]
    others: tuple[Span, ...] = ()


@runtime_checkable
class AimingScorer(Scorer, Protocol):
    """An engine that knows more of a target than its window tells."""

    def aimed(
        self, aims: Sequence[Aim], windows: Sequence[Score], source_type: str | None = None
    ) -> list[Score]:
        """Return the scores towards *aims*, given those of their windows, in order."""
        ...


@dataclass
class _Piece:
    """A stretch of text and the brands it is about; none yet for a piece that names nobody."""

    start: int
    end: int
    brands: frozenset[str] = frozenset()


_Hit = tuple[int, int, str]


def brand_windows(
    text: str, spans_by_brand: Mapping[str, Sequence[Span]], lone_limit: int = LONE_BRAND
) -> dict[str, tuple[Span, ...]]:
    """Return for each brand the spans of *text* that speak of it, in order, not overlapping.

    A brand without spans gets the whole text, and so does the only brand of a text of up to
    *lone_limit* code points.
    """
    hits = sorted(
        (span.start, span.end, brand) for brand, spans in spans_by_brand.items() for span in spans
    )
    whole = (Span(0, len(text)),)
    named = {brand for _start, _end, brand in hits}
    if len(named) <= 1 and len(text) <= lone_limit:
        return dict.fromkeys(spans_by_brand, whole)
    pieces = _pieces(text, hits)
    _hand_on(pieces)
    windows: dict[str, list[Span]] = {brand: [] for brand in spans_by_brand}
    for piece in pieces:
        for brand in piece.brands:
            _append(windows[brand], piece, text)
    return {brand: tuple(spans) or whole for brand, spans in windows.items()}


def score_brands(
    scorer: Scorer,
    text: str,
    spans_by_brand: Mapping[str, Sequence[Span]],
    source_type: str | None = None,
    lone_limit: int = LONE_BRAND,
) -> dict[str, Score]:
    """Score *text* towards each brand by its window, and by the whole if the engine can aim."""
    windows = brand_windows(text, spans_by_brand, lone_limit)
    texts = [window_text(text, spans) for spans in windows.values()]
    aims = brand_aims(text, spans_by_brand, lone_limit)
    found = aimed_scores(scorer, aims, scorer.score(texts, source_type), source_type)
    return dict(zip(windows, found, strict=True))


def score_towards(
    scorer: Scorer,
    text: str,
    spans: Sequence[Span],
    other_spans: Sequence[Span] = (),
    source_type: str | None = None,
) -> Score:
    """Score *text* towards what *spans* name; *other_spans* name the other brands in it."""
    own = set(spans)
    named = {"target": spans, "others": [span for span in other_spans if span not in own]}
    aim = brand_aims(text, named, 0)[0]
    window = window_text(text, brand_windows(text, named, LONE_TARGET)["target"])
    return aimed_scores(scorer, [aim], scorer.score([window], source_type), source_type)[0]


def brand_aims(
    text: str, spans_by_brand: Mapping[str, Sequence[Span]], lone_limit: int = LONE_BRAND
) -> list[Aim]:
    """Return for each brand, in order, where it and where the other brands are named.

    Two are aimed at nowhere, so that they keep the score of their window: the only brand of a text
    of up to *lone_limit* code points, and one that others are only compared with.
    """
    named = [brand for brand, spans in spans_by_brand.items() if spans]
    if len(named) <= 1 and len(text) <= lone_limit:
        return [Aim(text, ()) for _ in spans_by_brand]
    windows = brand_windows(text, spans_by_brand, lone_limit)
    return [
        Aim(
            text,
            () if set(windows[brand]) <= set(own) else tuple(own),
            tuple(span for other in named if other != brand for span in spans_by_brand[other]),
        )
        for brand, own in spans_by_brand.items()
    ]


def aimed_scores(
    scorer: Scorer, aims: Sequence[Aim], windows: Sequence[Score], source_type: str | None = None
) -> list[Score]:
    """Return the scores towards *aims*, given those of their windows; the same from most engines.

    An aim without spans keeps the score of its window.
    """
    if isinstance(scorer, AimingScorer):
        return scorer.aimed(aims, windows, source_type)
    return list(windows)


def aim_window(aim: Aim, lone_limit: int = LONE_BRAND) -> str:
    """Return the text of the window of *aim*."""
    named = {"target": aim.spans, "others": aim.others}
    return window_text(aim.text, brand_windows(aim.text, named, lone_limit)["target"])


def window_text(text: str, spans: Sequence[Span]) -> str:
    """Return the text of a window, one line a span."""
    return "\n".join(text[span.start : span.end] for span in spans)


def _pieces(text: str, hits: Sequence[_Hit]) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    for clause in split_clauses(text):
        here: list[_Hit] = []
        while at < len(hits) and hits[at][0] < clause.end:
            here.append(hits[at])
            at += 1
        pieces.extend(_cut(text, clause, here))
    return pieces


def _cut(text: str, clause: Span, hits: Sequence[_Hit]) -> list[_Piece]:
    """Cut a clause where another brand begins, unless the brands are joined or compared."""
    pieces = [_Piece(clause.start, clause.end)]
    last_end = clause.start
    for start, end, brand in hits:
        piece, between = pieces[-1], text[last_end:start]
        last_end = max(last_end, end)
        if not piece.brands:
            piece.brands = frozenset({brand})
        elif brand in piece.brands:
            continue
        elif _JOINED.fullmatch(between):
            piece.brands |= {brand}
        elif not _COMPARED.search(between):
            lead = _LEADING.search(between[-10:])
            border = start - len(lead[0]) if lead else start
            piece.end = border
            pieces.append(_Piece(border, clause.end, frozenset({brand})))
        else:
            # What is said of the first is not said of the second: it gets its bare name.
            pieces.insert(-1, _Piece(start, end, frozenset({brand})))
    return pieces


def _hand_on(pieces: Sequence[_Piece]) -> None:
    """Give pieces without a brand to the brand before them; those at the head to the first."""
    for line in (pieces, _head(pieces)):
        brands: frozenset[str] = frozenset()
        far = 0
        for piece in line:
            if piece.brands:
                brands, far = piece.brands, 0
            elif far < REACH:
                piece.brands = brands
                far += 1


def _head(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Return the pieces up to the first that has a brand, backwards."""
    first = next((at for at, piece in enumerate(pieces) if piece.brands), -1)
    return list(reversed(pieces[: first + 1]))


def _append(spans: list[Span], piece: _Piece, text: str) -> None:
    if spans and not text[spans[-1].end : piece.start].strip():
        spans[-1] = Span(spans[-1].start, piece.end)
    else:
        spans.append(Span(piece.start, piece.end))

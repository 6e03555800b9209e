"""The mention: what every room above storage passes around, and its form in the search index."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Label = Literal["negative", "neutral", "positive"]
Kind = Literal["post", "comment", "review", "article", "video"]
BrandRole = Literal["own", "competitor", "industry"]


@dataclass(frozen=True)
class Engagement:
    """Counts at the last sight; None where the source does not tell."""

    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    views: int | None = None

    @property
    def reach(self) -> int:
        """Heat of one mention: likes + comments + shares; views count a hundredth."""
        return (
            (self.likes or 0) + (self.comments or 0) + (self.shares or 0) + (self.views or 0) // 100
        )


@dataclass(frozen=True)
class Span:
    """A half-open range of code points in ``Mention.full_text``."""

    start: int
    end: int


@dataclass(frozen=True)
class MentionBrand:
    """A brand in a mention and the sentiment towards it; *calibration* as in ``Mention``."""

    id: str
    name: str
    role: BrandRole
    spans: tuple[Span, ...]
    label: Label
    p_negative: float
    p_neutral: float
    p_positive: float
    calibration: int | None = None


@dataclass(frozen=True)
class Contribution:
    """What a clause or word adds to the score: log-odds, below 0 towards negative."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Mention:
    """One thing that was said. Times are aware UTC; spans index ``full_text``.

    *contributions* are those of the clauses, *words* the few words that weigh most.
    *calibration* is the id of the workspace's own calibration that shaped the probabilities, if
    any did. *marked* is the id of the newest person's mark that labels and probabilities reflect,
    0 without any.
    """

    id: str
    url: str | None
    platform: str
    kind: Kind
    title: str
    text: str
    author: str | None
    published_at: datetime
    detected_at: datetime
    engagement: Engagement
    brands: tuple[MentionBrand, ...]
    label: Label
    p_negative: float
    p_neutral: float
    p_positive: float
    contributions: tuple[Contribution, ...]
    activity: str | None
    story_id: str
    source_id: str | None
    scorer: str
    batch_id: str
    trace_id: str
    case_ids: tuple[str, ...] = field(default=())
    calibration: int | None = None
    marked: int = 0
    words: tuple[Contribution, ...] = ()

    @property
    def full_text(self) -> str:
        """Title and text as one string, the string that spans and scores refer to."""
        return full_text(self.title, self.text)


def full_text(title: str, text: str) -> str:
    """Join *title* and *text*; a title that only repeats the text's beginning is left out."""
    if not title or text.startswith(title.rstrip("….")):
        return text
    return f"{title}\n{text}"

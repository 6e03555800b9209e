"""A raw mention becomes a mention: its id, its brands, its sentiment, its activity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawlers.identity import mention_id
from crawlers.raw import BatchHead, RawMention
from sentiment.activity import classify_all
from sentiment.correcting.applying import Calibrations, OwnCalibration
from sentiment.matching import BrandMatch, Watchlist
from sentiment.scorer import Explanation, Score, Scorer
from sentiment.target import Aim, aimed_scores, brand_aims, brand_windows, window_text
from sentiment.telling_words import telling_words
from storage.mentions import Mention, MentionBrand, full_text


@dataclass(frozen=True)
class Judge:
    """Matches and scores with one watchlist, one scorer, and what people taught about it.

    *calibrations* must be those of this scorer.
    """

    watchlist: Watchlist
    scorer: Scorer
    calibrations: Calibrations = field(default_factory=Calibrations)

    def identify(self, raw: RawMention, head: BatchHead) -> str:
        """Return the id of the mention: it depends on the entry and its source, nothing else."""
        source = head.source_id or head.source_name
        return mention_id(raw.platform, head.identity, raw, source)

    def judge(self, entries: Mapping[str, RawMention], head: BatchHead) -> list[Mention]:
        """Return the mentions of *entries* (id → raw) that name a watched brand, without story."""
        matched = [each for key, raw in entries.items() if (each := self._match(key, raw))]
        # One call for the whole batch; a post about one brand is its own window.
        explained = self._explained(matched, head)
        scores = {text: each.score for text, each in explained.items()}
        windows = {window for each in matched for window in each.windows} - scores.keys()
        scores |= zip(windows, self.scorer.score(list(windows), head.source_type), strict=True)
        aims = [aim for each in matched for aim in each.aims]
        heard = [scores[window] for each in matched for window in each.windows]
        towards = iter(aimed_scores(self.scorer, aims, heard, head.source_type))
        activities = _activities(matched)
        return [
            self._mention(
                each,
                explained[each.text],
                [next(towards) for _ in each.brands],
                activities.get(each.text),
                head,
            )
            for each in matched
        ]

    def _explained(self, matched: Sequence["_Matched"], head: BatchHead) -> dict[str, Explanation]:
        texts = list(dict.fromkeys(each.text for each in matched))
        return dict(zip(texts, self.scorer.explain(texts, head.source_type), strict=True))

    def _match(self, key: str, raw: RawMention) -> "_Matched | None":
        text = full_text(raw.title, raw.text)
        brands = self.watchlist.match(text)
        if not brands:
            return None
        named = {match.brand.id: match.spans for match in brands}
        spans = brand_windows(text, named)
        windows = tuple(window_text(text, spans[match.brand.id]) for match in brands)
        return _Matched(key, raw, text, tuple(brands), windows, tuple(brand_aims(text, named)))

    def _mention(
        self,
        matched: "_Matched",
        whole: Explanation,
        towards: Sequence[Score],
        activity: str | None,
        head: BatchHead,
    ) -> Mention:
        raw, text = matched.raw, matched.text
        # A mention of one brand is about it: whole text and brand are shaped alike.
        only = matched.brands[0].brand.id if len(matched.brands) == 1 else None
        own = self.calibrations.of(only, head.source_type)
        score = _shaped(whole.score, own)
        return Mention(
            id=matched.id,
            url=raw.url,
            platform=raw.platform,
            kind=raw.kind,
            title=raw.title,
            text=raw.text,
            author=raw.author,
            published_at=published(raw),
            detected_at=raw.detected_at,
            engagement=raw.engagement,
            brands=tuple(
                _towards(match, found, self.calibrations.of(match.brand.id, head.source_type))
                for match, found in zip(matched.brands, towards, strict=True)
            ),
            label=score.label,
            p_negative=score.p_negative,
            p_neutral=score.p_neutral,
            p_positive=score.p_positive,
            contributions=whole.clauses,
            words=telling_words(text, whole.characters),
            activity=activity,
            story_id="",
            source_id=head.source_id,
            scorer=self.scorer.name,
            batch_id=head.id,
            trace_id=head.trace_id,
            calibration=own.id if own else None,
        )


@dataclass(frozen=True)
class _Matched:
    """An entry that names watched brands, and for each the text that speaks of it and its aim."""

    id: str
    raw: RawMention
    text: str
    brands: tuple[BrandMatch, ...]
    windows: tuple[str, ...]
    aims: tuple[Aim, ...]

    @property
    def about_rival(self) -> bool:
        """Whether a competitor is named, whose activity is then told."""
        return any(match.brand.role == "competitor" for match in self.brands)


def _activities(matched: Sequence[_Matched]) -> dict[str, str]:
    """Return the activity of each text about a competitor: one call for the whole batch."""
    texts = list(dict.fromkeys(each.text for each in matched if each.about_rival))
    return dict(zip(texts, classify_all(texts), strict=True)) if texts else {}


def _shaped(score: Score, own: OwnCalibration | None) -> Score:
    return own.applied(score) if own else score


def _towards(match: BrandMatch, found: Score, own: OwnCalibration | None) -> MentionBrand:
    score = _shaped(found, own)
    return MentionBrand(
        id=match.brand.id,
        name=match.brand.name,
        role=match.brand.role,
        spans=match.spans,
        label=score.label,
        p_negative=score.p_negative,
        p_neutral=score.p_neutral,
        p_positive=score.p_positive,
        calibration=own.id if own else None,
    )


def published(raw: RawMention) -> datetime:
    """The source's date, never after the fetch; without one, the time of the fetch."""
    if raw.published_at is None:
        return raw.detected_at
    return min(raw.published_at, raw.detected_at)

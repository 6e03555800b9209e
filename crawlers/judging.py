"""A raw mention becomes a mention: its id, its brands, its sentiment, its activity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawlers.identity import mention_id
from crawlers.raw import BatchHead, RawMention
from sentiment.activity import classify
from sentiment.matching import BrandMatch, Watchlist
from sentiment.scorer import Score, Scorer
from sentiment.target import score_brands
from storage.mentions import Mention, MentionBrand, full_text


@dataclass(frozen=True)
class Judge:
    """Matches and scores with one watchlist and one scorer."""

    watchlist: Watchlist
    scorer: Scorer

    def identify(self, raw: RawMention, head: BatchHead) -> str:
        """Return the id of the mention: it depends on the entry and its source, nothing else."""
        source = head.source_id or head.source_name
        return mention_id(raw.platform, head.identity, raw, source)

    def judge(self, entries: Mapping[str, RawMention], head: BatchHead) -> list[Mention]:
        """Return the mentions of *entries* (id → raw) that name a watched brand, without story."""
        matched: list[tuple[str, RawMention, str, list[BrandMatch]]] = []
        for key, raw in entries.items():
            text = full_text(raw.title, raw.text)
            brands = self.watchlist.match(text)
            if brands:
                matched.append((key, raw, text, brands))
        scores = self.scorer.score([text for _, _, text, _ in matched], head.source_type)
        return [
            self._mention(key, raw, text, brands, head, score)
            for (key, raw, text, brands), score in zip(matched, scores, strict=True)
        ]

    def _mention(
        self,
        key: str,
        raw: RawMention,
        text: str,
        brands: list[BrandMatch],
        head: BatchHead,
        score: Score,
    ) -> Mention:
        about_rival = any(match.brand.role == "competitor" for match in brands)
        return Mention(
            id=key,
            url=raw.url,
            platform=raw.platform,
            kind=raw.kind,
            title=raw.title,
            text=raw.text,
            author=raw.author,
            published_at=published(raw),
            detected_at=raw.detected_at,
            engagement=raw.engagement,
            brands=self._towards(text, brands, head),
            label=score.label,
            p_negative=score.p_negative,
            p_neutral=score.p_neutral,
            p_positive=score.p_positive,
            contributions=tuple(self.scorer.explain(text)),
            activity=classify(text) if about_rival else None,
            story_id="",
            source_id=head.source_id,
            scorer=self.scorer.name,
            batch_id=head.id,
            trace_id=head.trace_id,
        )

    def _towards(
        self, text: str, brands: list[BrandMatch], head: BatchHead
    ) -> tuple[MentionBrand, ...]:
        spans = {match.brand.id: match.spans for match in brands}
        scores = score_brands(self.scorer, text, spans, head.source_type)
        return tuple(
            MentionBrand(
                id=match.brand.id,
                name=match.brand.name,
                role=match.brand.role,
                spans=match.spans,
                label=scores[match.brand.id].label,
                p_negative=scores[match.brand.id].p_negative,
                p_neutral=scores[match.brand.id].p_neutral,
                p_positive=scores[match.brand.id].p_positive,
            )
            for match in brands
        )


def published(raw: RawMention) -> datetime:
    """The source's date, never after the fetch; without one, the time of the fetch."""
    if raw.published_at is None:
        return raw.detected_at
    return min(raw.published_at, raw.detected_at)

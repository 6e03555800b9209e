"""Hits of a search as the rows of the mentions page: copies folded, marks and reasons ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select

from alerts.queries import case_ids_of
from api.auth.identity import SignedIn
from api.pages.i18n import _
from api.pages.mention_judging import Judged, judged
from api.pages.mention_query import MentionQuery
from api.pages.naming import engagement_counts, label_name, platform_names
from api.pages.parts import Chip
from api.pages.reasons import NONE, Reasons, Weight, reasons
from api.pages.said import Said, said
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from sentiment.correcting.marks import last_words
from storage.mentions import Mention, MentionBrand
from storage.records.cases import Case
from storage.records.marks import MentionMark
from storage.records.stories import Story
from storage.search import Hit

_EXCERPT: Final = 160


@dataclass(frozen=True)
class Joined:
    """A case that a mention is part of."""

    title: str
    href: str


@dataclass(frozen=True)
class MentionRow:
    """One mention of the feed. *engine* and *by* are those of what *chip* shows."""

    id: str
    platform: str
    author: str
    at: Moment
    url: str | None
    chip: Chip
    judged: tuple[Judged, ...]
    engine: Chip | None
    by: str
    said: Said
    towards: str
    weights: tuple[Weight, ...]
    words: tuple[str, ...]
    negative: bool
    counts: tuple[str, ...]
    copies: int
    copies_href: str
    cases: tuple[Joined, ...]


def mention_rows(
    service: Service, person: SignedIn, query: MentionQuery, hits: Sequence[Hit]
) -> tuple[MentionRow, ...]:
    """Return a row for each story among *hits*, newest first; one story's copies stay apart."""
    shown = list(hits) if query.one_story else _first_of_each_story(hits)
    mentions = [hit.mention for hit in shown]
    sizes = _story_sizes(service, mentions)
    joined = _joined(service, person, mentions)
    with service.records.read() as session:
        words = last_words(session, [mention.id for mention in mentions])
    names, times = platform_names(service.records), Times(service.clock.now(), service.zone)
    only_brand = query.brand[0] if len(query.brand) == 1 else None
    return tuple(
        _row(
            hit,
            platform=names.get(hit.mention.platform, hit.mention.platform),
            times=times,
            words=words.get(hit.mention.id, {}),
            copies=0 if query.one_story else max(0, sizes.get(hit.mention.story_id, 1) - 1),
            cases=joined.get(hit.mention.id, ()),
            only_brand=only_brand,
        )
        for hit in shown
    )


def _row(
    hit: Hit,
    *,
    platform: str,
    times: Times,
    words: Mapping[str, MentionMark],
    copies: int,
    cases: tuple[Joined, ...],
    only_brand: str | None,
) -> MentionRow:
    mention = hit.mention
    subjects = tuple(
        _said_of_copy(each, words.get(each.brand)) for each in judged(mention, words, times)
    )
    shown = next((each for each in subjects if each.brand == only_brand), subjects[0])
    found: Mention | MentionBrand = next(
        (brand for brand in mention.brands if brand.id == only_brand), mention
    )
    labels = {mention.label, *(brand.label for brand in mention.brands)}
    negative = "negative" in labels
    why = _reasons(mention, subjects, negative=negative)
    # The engine's reasons say nothing for a label that a person set against it.
    told = why if found.label != "neutral" and not shown.engine else NONE
    return MentionRow(
        id=mention.id,
        platform=platform,
        author=mention.author or "",
        at=times.moment(mention.published_at),
        url=mention.url,
        chip=shown.chip,
        judged=subjects,
        engine=shown.engine,
        by=shown.by,
        said=said(mention.full_text, mention.text, why.hurt, hit.highlights, _EXCERPT, why.worst),
        towards=_towards(mention, found.label),
        weights=told.weights,
        words=told.words,
        negative=negative,
        counts=engagement_counts(mention.engagement),
        copies=copies,
        copies_href=MentionQuery(q=f"story:{mention.story_id}").href,
        cases=cases,
    )


def _said_of_copy(found: Judged, mark: MentionMark | None) -> Judged:
    """Say so where the label was taken over from a mention with the same text."""
    if mark is None or not mark.taken_label:
        return found
    by = _("同文，按%(who)s的修改", who=mark.actor_name)
    return replace(found, by=by, chip=replace(found.chip, title=by))


def _reasons(mention: Mention, subjects: Sequence[Judged], *, negative: bool) -> Reasons:
    """Return the engine's reasons; none for what is negative by people's words alone."""
    if negative and not any(each.label == "negative" and not each.engine for each in subjects):
        return NONE
    return reasons(mention.full_text, mention.contributions, mention.words, negative=negative)


def _towards(mention: Mention, shown: str) -> str:
    """Say what is meant for whom, unless there is one brand and the chip says it already."""
    if len(mention.brands) == 1 and mention.brands[0].label == shown:
        return ""
    return " · ".join(
        _("对%(brand)s %(label)s", brand=brand.name, label=label_name(brand.label))
        for brand in mention.brands
    )


def _first_of_each_story(hits: Sequence[Hit]) -> list[Hit]:
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.mention.story_id, hit)
    return list(first.values())


def _story_sizes(service: Service, mentions: Sequence[Mention]) -> Mapping[str, int]:
    ids = {mention.story_id for mention in mentions}
    with service.records.read() as session:
        rows = session.execute(select(Story.id, Story.mention_count).where(Story.id.in_(ids)))
        return {row.id: row.mention_count for row in rows}


def _joined(
    service: Service, person: SignedIn, mentions: Sequence[Mention]
) -> Mapping[str, tuple[Joined, ...]]:
    """Cases are told only to those who may see them."""
    if not person.may(Permission.READ_CASES):
        return {}
    with service.records.read() as session:
        case_ids = case_ids_of(session, [mention.id for mention in mentions])
        wanted = {case for ids in case_ids.values() for case in ids}
        rows = session.execute(select(Case.id, Case.title).where(Case.id.in_(wanted)))
        titles = {row.id: row.title for row in rows}
    return {
        mention: tuple(Joined(titles[case], f"/cases/{case}") for case in ids if case in titles)
        for mention, ids in case_ids.items()
    }

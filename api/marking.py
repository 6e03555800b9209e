"""What a person may say about the sentiment of a mention, for the pages and for REST alike."""

from dataclasses import dataclass

from alerts.actions import Actor
from alerts.correcting import Correction
from api.auth.identity import SignedIn
from api.wiring import Service
from core.errors import InvalidInput
from sentiment.correcting.checking import is_check, todays_checks
from sentiment.correcting.marks import Origin, last_words
from storage.mentions import Label, Mention
from storage.records.marks import MentionMark


@dataclass(frozen=True)
class CheckItem:
    """A mention of today's draw, its own brand, and the mark it has by now."""

    mention: Mention
    brand_id: str
    mark: MentionMark | None


def mark(
    service: Service,
    person: SignedIn,
    mention_id: str,
    label: Label,
    brand_id: str | None,
    *,
    check: bool = False,
) -> Correction:
    """Let *person* say that a mention is *label*; *check* says that it was drawn by chance.

    Raises ``NotFound``, or ``InvalidInput`` for a check that was not drawn lately.
    """
    if check:
        with service.records.read() as session:
            drawn = is_check(session, mention_id, brand_id or "")
        if not drawn:
            raise InvalidInput("这条提及不在最近的抽查里。请刷新抽查页后重试。", field="check")
    origin: Origin = "sample" if check else "found"
    actor = Actor(person.id, person.name)
    return service.corrector.mark(mention_id, label, actor, brand_id, origin)


def take_back(
    service: Service, person: SignedIn, mention_id: str, brand_id: str | None
) -> Correction:
    """Let the engine's label hold again. Raises ``NotFound``."""
    return service.corrector.take_back(mention_id, Actor(person.id, person.name), brand_id)


def checks(service: Service) -> list[CheckItem]:
    """Return today's draw from the mentions of the own brands."""
    own = [brand.id for brand in service.brands() if brand.role == "own"]
    drawn = todays_checks(service.records, service.index, own, service.clock.now(), service.zone)
    mentions = service.index.get_many([each.mention_id for each in drawn])
    with service.records.read() as session:
        words = last_words(session, mentions)
    return [
        CheckItem(
            mentions[each.mention_id],
            each.brand_id,
            _standing(words, each.mention_id, each.brand_id),
        )
        for each in drawn
        if each.mention_id in mentions
    ]


def _standing(
    words: dict[str, dict[str, MentionMark]], mention_id: str, brand_id: str
) -> MentionMark | None:
    """What was taken over from a copy checks nothing: somebody has yet to look at this mention."""
    found = words.get(mention_id, {}).get(brand_id)
    return found if found is not None and found.said else None

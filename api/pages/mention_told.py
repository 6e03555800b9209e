"""What was just done to a mention, told on the page that its form leads back to."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from api.pages.i18n import _
from api.pages.naming import label_name
from api.wiring import Service
from sentiment.clusters import story_sizes
from sentiment.correcting.marks import last_words
from storage.mentions import Mention, MentionBrand
from storage.records.marks import MentionMark


@dataclass(frozen=True)
class Told:
    """A sentence, how to undo it, and the case that it opened."""

    text: str
    mention_id: str
    brand: str
    may_undo: bool
    case_href: str | None


def told(service: Service, params: QueryParams) -> Told | None:
    """Return what the address says was done; None without, or for a mention that is gone."""
    mention_id, brand = params.get("marked", "")[:80], params.get("toward", "")[:80]
    mention = service.index.get(mention_id) if mention_id else None
    if mention is None:
        return None
    with service.records.read() as session:
        words = last_words(session, [mention_id]).get(mention_id, {})
        told_again = story_sizes(session, [mention.story_id]).get(mention.story_id, 1) > 1
    mark = words.get(brand)
    if mark is None:
        return None
    case = params.get("case", "")[:80]
    stands = bool(mark.label)
    text = _sentence(mention, brand, mark)
    if told_again:
        text += _("同文的提及会跟着改。") if stands else _("同文的提及会跟着恢复。")
    return Told(text, mention_id, brand, stands, f"/cases/{case}" if case else None)


def _sentence(mention: Mention, brand: str, mark: MentionMark) -> str:
    judged: Mention | MentionBrand = next(
        (each for each in mention.brands if each.id == brand), mention
    )
    label = label_name(judged.label)
    if not mark.label:
        return _("已取消，恢复为机器判断的“%(label)s”。", label=label)
    if mark.label == mark.engine_label:
        return _("已认可为“%(label)s”。", label=label)
    if isinstance(judged, MentionBrand) and len(mention.brands) > 1:
        return _("对%(brand)s的态度已改判为“%(label)s”。", brand=judged.name, label=label)
    return _("已改判为“%(label)s”，各页和报告都按它计算。", label=label)

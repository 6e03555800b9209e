"""What labels, platforms and counts are called on the pages."""

from collections.abc import Mapping

from babel.numbers import format_compact_decimal
from sqlalchemy import select

from alerts.words import PLATFORMS
from api.pages.i18n import _, language, translate
from api.pages.parts import Chip
from storage.mentions import Engagement, Label
from storage.records import Records
from storage.records.watch import Source


def label_name(label: Label) -> str:
    """Return what a label is called."""
    return {"negative": _("负面"), "neutral": _("中性"), "positive": _("正面")}[label]


def label_chip(label: Label, p_negative: float, p_positive: float) -> Chip:
    """Return the chip of a judgement; a neutral one has no figure worth reading."""
    if label == "negative":
        return Chip(f"{label_name(label)} {p_negative:.2f}", "bad", _("负面的概率"))
    if label == "positive":
        return Chip(f"{label_name(label)} {p_positive:.2f}", "good", _("正面的概率"))
    return Chip(label_name(label))


def platform_names(records: Records) -> Mapping[str, str]:
    """Return platform code → name: a known platform's, else that of the source it comes from."""
    with records.read() as session:
        rows = session.execute(
            select(Source.platform, Source.name).order_by(Source.created_at.desc(), Source.name)
        )
        names = {row.platform: row.name for row in rows}
    return names | {code: translate(name) for code, name in PLATFORMS.items()}


def engagement_counts(engagement: Engagement) -> tuple[str, ...]:
    """Return likes, comments, shares and views in words, leaving out what is not told or none."""
    told = (
        (_("赞 %(n)s"), engagement.likes),
        (_("评 %(n)s"), engagement.comments),
        (_("转 %(n)s"), engagement.shares),
        (_("阅 %(n)s"), engagement.views),
    )
    return tuple(words % {"n": compact(number)} for words, number in told if number)


def compact(number: int) -> str:
    """Return 1,204 as it is, and 18,300 as 1.8万 or 18.3K, by the language of the page."""
    if number < 10_000:
        return f"{number:,}"
    return format_compact_decimal(number, locale=language(), fraction_digits=1)

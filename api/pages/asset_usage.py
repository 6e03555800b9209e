"""May I use this, there and then? The answer with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.pages.i18n import _, translate
from assets.availability import blocks, usable_window
from assets.block import Block
from assets.row_shapes import AssetDetail
from assets.sentences import block_sentence
from assets.words import CHANNELS


@dataclass(frozen=True)
class Answer:
    """Yes or no in a sentence, and every reason of a no."""

    good: bool
    sentence: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Usage:
    """The answer for today, what was asked besides, and the limits that rights and proofs set."""

    now: Answer
    limits: tuple[str, ...]
    channels: tuple[tuple[str, str], ...]
    channel: str
    on: str
    asked: Answer | None


def channel_names() -> tuple[tuple[str, str], ...]:
    """Return every channel that a material may be used on: its code and its name."""
    return tuple((code, translate(name)) for code, name in CHANNELS.items())


def usage(detail: AssetDetail, today: date, channel: str, on: str) -> Usage:
    """Answer for *today*, and for *channel* and the day *on* (ISO) when either is given."""
    channel = channel if channel in CHANNELS else ""
    day = _day(on)
    return Usage(
        now=_now(detail, today),
        limits=_limits(detail),
        channels=channel_names(),
        channel=channel,
        on=(day or today).isoformat(),
        asked=_asked(detail, channel, day or today) if channel or day else None,
    )


def _now(detail: AssetDetail, today: date) -> Answer:
    found = _blocks(detail, today, "")
    if found:
        return Answer(False, _("现在不能使用"), _said(found))
    return Answer(True, _("现在可以使用"))


def _asked(detail: AssetDetail, channel: str, day: date) -> Answer:
    found = _blocks(detail, day, channel)
    where = translate(CHANNELS[channel]) if channel else _("任何渠道")
    words = _("%(day)s 不能用在%(where)s") if found else _("%(day)s 可以用在%(where)s")
    return Answer(not found, words % {"day": day.isoformat(), "where": where}, _said(found))


def _blocks(detail: AssetDetail, day: date, channel: str) -> Sequence[Block]:
    return blocks(
        detail.row.state,
        detail.rights,
        detail.evidence,
        today=day,
        channel=channel or None,
        recall_reason=detail.row.recall_reason,
    )


def _said(found: Sequence[Block]) -> tuple[str, ...]:
    return tuple(block_sentence(block, translate) for block in found)


def _limits(detail: AssetDetail) -> tuple[str, ...]:
    """Say from when to when and where, in as few words as there are limits."""
    first, last, channels = usable_window(detail.rights, detail.evidence)
    named = [translate(CHANNELS[code]) for code in channels if code in CHANNELS]
    told = [
        _("从 %(day)s 起", day=first.isoformat()) if first else "",
        _("到 %(day)s 为止", day=last.isoformat()) if last else "",
        _("只限%(channels)s", channels=_("、").join(named)) if named else "",
    ]
    return tuple(part for part in told if part)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""What the rows of a feed say of their sentiment: the engine's word, a person's, and the choice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from api.pages.i18n import _
from api.pages.naming import label_chip, label_name
from api.pages.parts import Chip
from api.pages.times import Times
from sentiment.correcting.marks import TAKEN_BACK, WHOLE
from storage.mentions import Label, Mention, MentionBrand
from storage.records.marks import MentionMark


@dataclass(frozen=True)
class Choice:
    """One label to choose; *current* is the one that stands."""

    label: str
    name: str
    current: bool


@dataclass(frozen=True)
class Judged:
    """The sentiment of one subject: the whole text (*brand* empty) or towards a brand.

    *by* says who set the label and when, empty where the engine did. *engine* is the engine's word
    where a person said otherwise.
    """

    brand: str
    name: str
    chip: Chip
    choices: tuple[Choice, ...]
    by: str = ""
    engine: Chip | None = None

    @property
    def label(self) -> str:
        """The label that stands."""
        return next(choice.label for choice in self.choices if choice.current)


def judged(mention: Mention, words: Mapping[str, MentionMark], times: Times) -> tuple[Judged, ...]:
    """Return what can be judged in *mention*: a mention of one brand is about it.

    *words* are people's last ones, by subject.
    """
    return tuple(
        _judged(subject, name, found, words.get(subject), times)
        for subject, name, found in _subjects(mention)
    )


def _subjects(mention: Mention) -> Iterator[tuple[str, str, Mention | MentionBrand]]:
    several = len({brand.id for brand in mention.brands}) > 1
    yield WHOLE, _("整条") if several else "", mention
    if several:
        for brand in mention.brands:
            yield brand.id, brand.name, brand


def _judged(
    subject: str,
    name: str,
    found: Mention | MentionBrand,
    mark: MentionMark | None,
    times: Times,
) -> Judged:
    stands = mark is not None and mark.label != TAKEN_BACK
    choices = tuple(
        Choice(label, label_name(label), label == found.label) for label in get_args(Label)
    )
    if mark is None or not stands:
        chip = label_chip(found.label, found.p_negative, found.p_positive)
        return Judged(subject, name, chip, choices)
    label, engines = cast(Label, mark.label), cast(Label, mark.engine_label)
    when = times.date_and_time(mark.at)
    agrees = label == engines
    words = _("%(who)s 认可，%(at)s") if agrees else _("%(who)s 改判，%(at)s")
    by = words % {"who": mark.actor_name, "at": when}
    was = None if agrees else label_chip(engines, mark.p_negative, mark.p_positive)
    tone = label_chip(label, 1.0, 1.0).tone
    return Judged(subject, name, Chip(label_name(label), tone, by), choices, by, was)

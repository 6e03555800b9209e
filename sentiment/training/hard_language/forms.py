"""The forms of the two data files: templates by phenomenon and label, and the words for them."""

import json
import string
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sentiment.scorer import SourceType
from storage.mentions import Label

_Word = Annotated[str, Field(min_length=1)]
_Words = Annotated[tuple[_Word, ...], Field(min_length=2)]
Aspect = tuple[str, _Words, _Words]  # what is judged, gradable words for it, and against it

# Slots that a domain fills; every other slot draws from a list of the words.
OF_DOMAIN: Final = frozenset(("p", "a", "g", "g2", "h", "h2", "b", "bg", "bh"))
OF_EVENTS: Final = frozenset(("win", "win2", "fault", "fault2"))
OF_LISTS: Final = {
    "x": "brands",
    "y": "brands",
    "industry": "industries",
    "who": "people",
    "span": "spans",
    "amount": "amounts",
    "day": "days",
    "day2": "days",
    "hour": "hours",
    "hour2": "hours",
    "city": "cities",
    "n": "numbers",
    "title": "titles",
    "venue": "venues",
    "place": "places",
    "place2": "places",
    "praise": "praise",
    "blame": "blame",
    "good": "good_word",
    "sg": "slang_good",
    "sg2": "slang_good",
    "sb": "slang_bad",
    "sb2": "slang_bad",
    "snoun": "slang_noun",
    "eg": "emoji_good",
    "eg2": "emoji_good",
    "eb": "emoji_bad",
    "eb2": "emoji_bad",
    "ep": "emoji_plain",
    "ep2": "emoji_plain",
    "crime": "crime",
    "disaster": "disaster",
    "accident": "accident",
    "violation": "violation",
    "film": "film",
}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Domain(_Form):
    """What people write about: products, their aspects, and what happens with them."""

    name: str
    source_types: tuple[SourceType, ...] = Field(min_length=1)
    products: _Words
    aspects: tuple[Aspect, ...] = Field(min_length=2)
    wins: _Words
    faults: _Words


class Words(_Form):
    """The form of words.json."""

    about: str
    domains: tuple[Domain, ...] = Field(min_length=1)
    brands: _Words
    industries: _Words
    people: _Words
    spans: _Words
    amounts: _Words
    days: _Words
    hours: _Words
    cities: _Words
    numbers: _Words
    titles: _Words
    venues: _Words
    places: _Words
    praise: _Words
    blame: _Words
    good_word: _Words
    slang_good: _Words
    slang_bad: _Words
    slang_noun: _Words
    emoji_good: _Words
    emoji_bad: _Words
    emoji_plain: _Words
    crime: _Words
    disaster: _Words
    accident: _Words
    violation: _Words
    film: _Words


class Templates(_Form):
    """The form of templates.json; every slot of a template is one that can be filled."""

    about: str
    phenomena: dict[str, dict[Label, tuple[_Word, ...]]]

    @model_validator(mode="after")
    def _slots_are_known(self) -> Self:
        known = OF_DOMAIN | OF_EVENTS | OF_LISTS.keys()
        for by_label in self.phenomena.values():
            for template in (one for templates in by_label.values() for one in templates):
                for _text, slot, _format, _conversion in string.Formatter().parse(template):
                    if slot is not None and slot not in known:
                        raise ValueError(f"{template!r}: no slot is called {slot!r}")
        return self


@cache
def words() -> Words:
    """Return the words that ship with the program."""
    return Words.model_validate(_read("words.json"))


@cache
def templates() -> Templates:
    """Return the templates that ship with the program."""
    return Templates.model_validate(_read("templates.json"))


def _read(name: str) -> object:
    folder = files("sentiment.training.hard_language")
    return json.loads(folder.joinpath(name).read_text(encoding="utf-8"))

"""One host's rule, as its data file states it and as the extractor runs it."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from lxml import etree, html
from parsel.csstranslator import HTMLTranslator
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Selector = Annotated[str, Field(min_length=1, max_length=300)]
Path = Annotated[str, Field(pattern=r"^(\*|[\w$-]+)(\.(\*|[\w$-]+))*$", max_length=200)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]

_CSS: Final = HTMLTranslator()
# Two passes cost less than one for both, whose result would have to be sorted.
_CLASSES: Final = etree.XPath("//@class", smart_strings=False)
_IDS: Final = etree.XPath("//@id", smart_strings=False)
_BY_ID: Final = re.compile(r"^descendant-or-self::\*\[@id = ('[\w-]+')\](?!.* \| )")
_NAME: Final = re.compile(r"[.#]([\w-]+)")
_ATTRIBUTE: Final = re.compile(r"\[[^\]]*\]|::.*")
_BRANCHING: Final = re.compile(r"[,(]|^/")


@dataclass(frozen=True)
class Finder:
    """A compiled selector; only a page that has all its *names* (classes, ids) can match it."""

    names: frozenset[str]
    xpath: etree.XPath

    @classmethod
    def of(cls, selector: str) -> Self:
        """Compile *selector* to be looked for in a whole page or, from its root, in a part."""
        # An id is found by the attributes in a third of the time that all elements take.
        xpath = _BY_ID.sub(r"//@id[. = \1]/..", to_xpath(selector))
        return cls(_names_of(selector), etree.XPath(xpath, smart_strings=False))

    def __call__(self, tree: html.HtmlElement) -> list[Any]:
        """Return the elements or strings that match, in the page's order."""
        found: list[Any] = self.xpath(tree)
        return found


class Verified(BaseModel):
    """How far a rule was held against the site: by what, when, and for which page templates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    how: Literal["reference text", "saved page", "public knowledge"]
    on: date
    templates: Annotated[tuple[str, ...], Field(min_length=1)]


class Embedded(BaseModel):
    """An article that a script of the page carries.

    The script is the one with the *id*, or one that has the *marker* in its text. ``json`` reads
    the first JSON value after it (also as a string, as ``JSON.parse("…")`` and percent-encoded),
    in the first such script that has one; a path is then keys and list places joined by dots,
    ``*`` for all of them. ``js`` looks for ``name: "…"`` and ``name = "…"``; a path is then one
    name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = ""
    marker: str = ""
    form: Literal["json", "js"] = "json"
    body: tuple[Path, ...] = ()
    title: tuple[Path, ...] = ()
    author: tuple[Path, ...] = ()
    published_at: tuple[Path, ...] = ()

    @model_validator(mode="after")
    def _names_one_script(self) -> Self:
        if bool(self.id) == bool(self.marker):
            raise ValueError("an embedded article is found by its script's id or by a marker")
        return self


class HostRule(BaseModel):
    """Where the article stands on the pages of *hosts* and of all hosts below them.

    A selector is CSS (with ``::attr(name)`` and ``::text``) or, from its first ``/`` or ``(``,
    XPath. *body* selectors are tried in order and the first match of sensible length is taken;
    of *body_all* all matches are joined, as for the posts of a thread. *drop* is looked for
    inside the body. A line of the text that a *drop_lines* pattern finds is left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]
    body: tuple[Selector, ...] = ()
    body_all: tuple[Selector, ...] = ()
    embedded: tuple[Embedded, ...] = ()
    drop: tuple[Selector, ...] = ()
    drop_lines: tuple[str, ...] = ()
    title: tuple[Selector, ...] = ()
    author: tuple[Selector, ...] = ()
    published_at: tuple[Selector, ...] = ()
    shortest: Annotated[int, Field(ge=1, le=200)] = 30
    verified: Verified

    @field_validator("body", "body_all", "drop", "title", "author", "published_at")
    @classmethod
    def _selectors_compile(cls, selectors: tuple[str, ...]) -> tuple[str, ...]:
        for selector in selectors:
            try:
                etree.XPath(to_xpath(selector))
            except (etree.XPathError, SyntaxError) as error:  # cssselect's are SyntaxErrors
                raise ValueError(f"{selector!r} is no selector: {error}") from error
        return selectors

    @field_validator("drop_lines")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no pattern: {error}") from error
        return patterns

    @model_validator(mode="after")
    def _has_a_body(self) -> Self:
        if not (self.body or self.body_all or any(one.body for one in self.embedded)):
            raise ValueError("a rule says where the body is")
        return self

    @cached_property
    def finders(self) -> dict[str, tuple[Finder, ...]]:
        """The compiled selectors of each field."""
        fields = ("body", "body_all", "drop", "title", "author", "published_at")
        return {field: tuple(map(Finder.of, getattr(self, field))) for field in fields}

    @cached_property
    def unwanted_line(self) -> re.Pattern[str] | None:
        """What finds a line that is left out, if any is."""
        joined = "|".join(f"(?:{pattern})" for pattern in self.drop_lines)
        return re.compile(joined) if joined else None


def to_xpath(selector: str) -> str:
    """Return *selector* as XPath. Raises ``SyntaxError`` for what is no CSS."""
    return selector if selector.startswith(("/", "(", ".//")) else _CSS.css_to_xpath(selector)


def names_in(tree: html.HtmlElement) -> frozenset[str]:
    """Return all classes and ids of a page."""
    return frozenset(" ".join(_CLASSES(tree)).split()).union(_IDS(tree))


def _names_of(selector: str) -> frozenset[str]:
    plain = _ATTRIBUTE.sub("", selector)
    return frozenset(() if _BRANCHING.search(plain) else _NAME.findall(plain))

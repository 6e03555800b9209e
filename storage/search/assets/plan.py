"""Turns a request into one tree and its dates: what is left is translation by an engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage.search.assets.colours import family_meant
from storage.search.assets.interface import AssetRequest
from storage.search.assets.keywords import ANY_CHANNEL
from storage.search.query import parse
from storage.search.syntax import Field, FieldName, Node, Term, all_of, any_of
from storage.search.vocabulary import ASSETS

# No asset has it, so a condition on it lets nothing through.
_NONE = Field("state", "")


@dataclass(frozen=True)
class AssetPlan:
    """A request made ready. Times are aware: *after* includes, *before* excludes.

    *days* are those on all of which the asset must be usable; *terms* are the words to find,
    *without* the ids to leave out.
    """

    root: Node | None
    after: datetime | None
    before: datetime | None
    days: tuple[date, ...]
    terms: tuple[Term, ...]
    without: tuple[str, ...]


def plan(request: AssetRequest) -> AssetPlan:
    """Parse the query of *request* and join it with its filters. Raises ``QueryError``."""
    query = parse(request.q, request.zone, request.brand_names, ASSETS)
    nodes = (query.root, *_filters(request), *_usable(request), _visible(request))
    days = {day for day in (request.usable_on, request.visible_on) if day is not None}
    return AssetPlan(
        root=all_of([node for node in nodes if node is not None]),
        after=query.after,
        before=query.before,
        days=tuple(sorted(days)),
        terms=query.terms,
        without=request.without,
    )


def _filters(request: AssetRequest) -> Iterable[Node | None]:
    alternatives: tuple[tuple[FieldName, tuple[str, ...]], ...] = (
        ("kind", request.kinds),
        ("state", request.states),
        ("brand", request.brands),
        ("tag", request.tags),
        ("scenario", request.scenarios),
        ("media", tuple(each.removesuffix("/*") for each in request.media_types)),
        ("colour", tuple(map(family_meant, request.colours))),
        ("orientation", (request.orientation,) if request.orientation else ()),
    )
    return (any_of([Field(name, value) for value in values]) for name, values in alternatives)


def _usable(request: AssetRequest) -> Iterable[Node | None]:
    if request.usable_on is not None or request.visible_on is not None:
        yield Field("state", "published")
    if request.channel is not None:
        yield any_of([Field("channel", request.channel), Field("channel", ANY_CHANNEL)])


def _visible(request: AssetRequest) -> Node | None:
    if request.visible_states is None:
        return None
    return any_of([Field("state", state) for state in request.visible_states]) or _NONE

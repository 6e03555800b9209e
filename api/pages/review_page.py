"""Everything the page of one review shows: what is to be approved, and what speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from api.auth.identity import SignedIn
from api.pages.asset_places import page_number, place_name
from api.pages.asset_view import AssetCard, asset_card, picture_href
from api.pages.finding_view import FindingBox, finding_boxes, findings_say
from api.pages.i18n import _, translate
from api.pages.marked_text import Piece, marked
from api.pages.parts import Chip
from api.pages.review_queue import waiting_for
from api.pages.review_sides import SideView, review_chip, sides, still_needed
from api.pages.text_diff import DiffRow, text_diff
from api.pages.times import Moment, Times
from api.permissions import Permission
from api.wiring import Service
from assets.findings import places
from assets.row_detail import finding_rows
from assets.row_shapes import AssetDetail, FindingRow, ReviewRow, VersionRow
from assets.rows import asset_detail
from assets.words import CHANNELS
from core.errors import NotFound
from storage.records.library import AssetVersion, Review

_LONGEST_PLACE: Final = 8_000
_ALWAYS_SHOWN: Final = 3


@dataclass(frozen=True)
class PlaceView:
    """One text of the version with what was found in it; *open* says that it is not folded."""

    name: str
    flowing: bool
    pieces: tuple[Piece, ...]
    open: bool
    cut: bool


@dataclass(frozen=True)
class ReviewPageView:
    """One review."""

    review: ReviewRow
    detail: AssetDetail
    version: VersionRow
    card: AssetCard
    chip: Chip
    digest: str
    requested: Moment
    places: tuple[PlaceView, ...]
    picture: str | None
    before: VersionRow | None
    before_picture: str | None
    diff: tuple[DiffRow, ...]
    findings: tuple[FindingBox, ...]
    findings_say: str
    sides: tuple[SideView, ...]
    needed: str
    decides: bool
    waives: bool
    withdraws: bool
    channels: Mapping[str, str]


def review_page_view(service: Service, person: SignedIn, review_id: str) -> ReviewPageView:
    """Read a review for *person*. Raises ``NotFound``."""
    times = Times(service.clock.now(), service.zone)
    today = times.now.astimezone(times.zone).date()
    with service.records.read() as session:
        stored = session.get(Review, review_id)
        if stored is None:
            raise NotFound(_("没有这个审核，请回到审核列表。"))
        detail = asset_detail(session, stored.asset_id, today=today)
        review = next(one for one in detail.reviews if one.id == review_id)
        version = next(one for one in detail.versions if one.id == review.version_id)
        found = finding_rows(session, version.id)
        texts = _texts(session, version.id)
        before = _before(detail, version)
        older = _texts(session, before.id) if before else []
        mine = review_id in waiting_for(session, person)
    is_open = review.state == "open"
    return ReviewPageView(
        review=review,
        detail=detail,
        version=version,
        card=asset_card(detail.row, times),
        chip=review_chip(review),
        digest=review.digest[:12],
        requested=times.moment(review.requested_at),
        places=_places(texts, found),
        picture=_picture(detail, version),
        before=before,
        before_picture=_picture(detail, before) if before else None,
        diff=text_diff(_body(older), _body(texts)) if before else (),
        findings=finding_boxes(found),
        findings_say=findings_say(found),
        sides=sides(review, times),
        needed=still_needed(review),
        decides=is_open and mine,
        waives=is_open and person.may(Permission.DECIDE_REVIEWS) and person.id != version.author_id,
        withdraws=is_open and person.may(Permission.EDIT_ASSETS),
        channels={code: translate(name) for code, name in CHANNELS.items()},
    )


def _texts(session: Session, version_id: str) -> list[tuple[str, str]]:
    version = session.get_one(AssetVersion, version_id)
    return [(place, text) for place, text in places(session, version) if text.strip()]


def _before(detail: AssetDetail, version: VersionRow) -> VersionRow | None:
    """Return the published version that this one would take the place of."""
    older = [one for one in detail.versions if one.number < version.number]
    published = [one for one in older if one.state in {"published", "superseded"}]
    current = [one for one in published if one.state == "published"]
    return next(iter(current or published), None)


def _body(texts: Sequence[tuple[str, str]]) -> str:
    """The title and the description belong to the asset, not to one of its versions."""
    return "\n".join(text for place, text in texts if place not in {"title", "description"})


def _places(texts: Sequence[tuple[str, str]], found: Sequence[FindingRow]) -> tuple[PlaceView, ...]:
    """Pages of a file in which nothing was found are folded, but for the first ones."""
    views = []
    for place, text in texts:
        here = [one for one in found if one.place == place]
        shown = text[:_LONGEST_PLACE]
        views.append(
            PlaceView(
                name=place_name(place),
                flowing=place == "tags",
                pieces=marked(shown, here),
                open=bool(here) or page_number(place) <= _ALWAYS_SHOWN,
                cut=len(text) > len(shown),
            )
        )
    return tuple(views)


def _picture(detail: AssetDetail, version: VersionRow) -> str | None:
    if "preview" not in version.pictures:
        return None
    return picture_href(detail.row.id, "preview", version.number)

"""Reviews as rows of their list."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.pages.i18n import _, translate
from api.pages.parts import Chip
from api.pages.times import Moment, Times
from assets.words import KINDS, SIDES
from storage.records.library import Asset, AssetVersion, Decision, Review, WordingFinding


@dataclass(frozen=True)
class ReviewLine:
    """One review: what, who asked, when, how far it is; *mine* says that it waits for me."""

    title: str
    href: str
    kind: str
    number: int
    requester: str
    at: Moment
    found: str
    blocks: bool
    chips: tuple[Chip, ...]
    mine: bool


def review_lines(
    session: Session, ids: Sequence[str], mine: Collection[str], times: Times
) -> tuple[ReviewLine, ...]:
    """Return the rows of *ids* in their order."""
    wanted = (
        select(Review, Asset, AssetVersion.number)
        .join(Asset, Asset.id == Review.asset_id)
        .join(AssetVersion, AssetVersion.id == Review.version_id)
        .where(Review.id.in_(ids))
    )
    rows = {review.id: (review, asset, number) for review, asset, number in session.execute(wanted)}
    decided = _decided(session, ids)
    found = _found(session, [review.version_id for review, _asset, _number in rows.values()])
    return tuple(
        _line(
            *rows[each],
            decided[each],
            found[rows[each][0].version_id],
            times,
            mine=each in mine,
        )
        for each in ids
        if each in rows
    )


def _line(
    review: Review,
    asset: Asset,
    number: int,
    decided: dict[str, str],
    found: Counter[str],
    times: Times,
    *,
    mine: bool,
) -> ReviewLine:
    standing = found.total()
    return ReviewLine(
        title=asset.title,
        href=f"/reviews/{review.id}",
        kind=translate(KINDS[asset.kind]),
        number=number,
        requester=review.requester,
        at=times.moment(review.closed_at or review.requested_at),
        found=_("用语提示 %(n)s 处", n=standing) if standing else "",
        blocks=bool(found["block"]),
        chips=_chips(review, decided),
        mine=mine,
    )


def _chips(review: Review, decided: dict[str, str]) -> tuple[Chip, ...]:
    """Of an open review, how far each side is; of a closed one, how it ended."""
    if review.state != "open":
        return (
            {
                "approved": Chip(_("已通过"), "good"),
                "rejected": Chip(_("已退回"), "soon"),
                "withdrawn": Chip(_("已撤回")),
            }.get(review.state, Chip(_("已作废"))),
        )
    return tuple(
        Chip(_("%(side)s已通过", side=translate(name)), "good")
        if side in decided
        else Chip(_("待%(side)s", side=translate(name)))
        for side, name in SIDES.items()
    )


def _decided(session: Session, ids: Sequence[str]) -> defaultdict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    wanted = select(Decision.review_id, Decision.side, Decision.verdict)
    for review_id, side, verdict in session.execute(wanted.where(Decision.review_id.in_(ids))):
        found[review_id][side] = verdict
    return found


def _found(session: Session, version_ids: Sequence[str]) -> defaultdict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    wanted = select(WordingFinding.version_id, WordingFinding.severity).where(
        WordingFinding.version_id.in_(version_ids), WordingFinding.waived_by.is_(None)
    )
    for version_id, severity in session.execute(wanted):
        found[version_id][severity] += 1
    return found

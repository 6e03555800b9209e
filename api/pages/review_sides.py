"""A review as the pages show it: its state, and what each of the two sides decided."""

from dataclasses import dataclass

from api.pages.i18n import _, translate
from api.pages.parts import Chip
from api.pages.times import Moment, Times
from assets.row_shapes import ReviewRow
from assets.words import SIDES


@dataclass(frozen=True)
class SideView:
    """One of the two sides; without a decision it *waits*."""

    side: str
    name: str
    chip: Chip
    reviewer: str
    comment: str
    at: Moment | None


def sides(review: ReviewRow, times: Times) -> tuple[SideView, ...]:
    """Return both sides of *review*."""
    return tuple(_side(review, side, translate(name), times) for side, name in SIDES.items())


def review_chip(review: ReviewRow) -> Chip:
    """Return the state of a review."""
    return {
        "open": Chip(_("审核中"), "act"),
        "approved": Chip(_("已通过"), "good"),
        "rejected": Chip(_("已退回"), "soon"),
        "void": Chip(_("已作废"), "", _("内容有改动，审核作废")),
        "withdrawn": Chip(_("已撤回")),
    }.get(review.state, Chip(review.state))


def still_needed(review: ReviewRow) -> str:
    """Say what an open review waits for."""
    missing = [translate(name) for side, name in SIDES.items() if review.decision(side) is None]
    if review.state != "open" or not missing:
        return ""
    if len(missing) == len(SIDES):
        return _("还需要法务与合规各一人通过，通过后自动发布。")
    return _("还需要%(side)s通过，通过后自动发布。", side=missing[0])


def _side(review: ReviewRow, side: str, name: str, times: Times) -> SideView:
    decision = review.decision(side)
    if decision is None:
        waits = Chip(_("待审"), "act") if review.state == "open" else Chip(_("未审"))
        return SideView(side, name, waits, "", "", None)
    approved = decision.verdict == "approve"
    chip = Chip(_("通过"), "good") if approved else Chip(_("退回"), "soon")
    at = times.moment(decision.at)
    return SideView(side, name, chip, decision.reviewer, decision.comment, at)

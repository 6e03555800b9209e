"""What reviewers do, for the pages and for REST alike, each in its own transaction."""

from datetime import date

from sqlalchemy.orm import Session

from api.asset_sight import actor_of, today_of
from api.auth.identity import SignedIn
from api.wiring import Service
from assets import reviewing
from assets.findings import Checked, check_version, checked, places
from assets.reviewing import DigestChanged, Verdict, WordingBlocked
from assets.words import Side
from core.errors import NotPermitted
from storage.records.library import Asset, AssetVersion, Review


def request_review(
    service: Service, person: SignedIn, asset_id: str, version: int, note: str
) -> str:
    """Send an asset for review and return the review's id."""
    today = today_of(service)
    with service.records.read() as session:
        asset = session.get(Asset, asset_id)
        ahead = _checked(session, asset.current_version_id if asset else None, today)
    with service.records.write() as session:
        return reviewing.request(
            session,
            asset_id,
            version,
            actor=actor_of(person),
            note=note,
            clock=service.clock,
            ids=service.ids,
            today=today,
            ahead=ahead,
        ).id


def decide(
    service: Service,
    person: SignedIn,
    review_id: str,
    version: int,
    verdict: Verdict,
    comment: str,
) -> str:
    """Decide for the side that *person* has, and return the state of the review then.

    A refusal rolls back; what it found out is then written on its own: that the review is void,
    or what the rules of today find.
    """
    actor, today = actor_of(person), today_of(service)
    with service.records.read() as session:
        review = session.get(Review, review_id)
        ahead = _checked(session, review.version_id if review else None, today)
    try:
        with service.records.write() as session:
            return reviewing.decide(
                session,
                review_id,
                version,
                side=_side(actor.role),
                verdict=verdict,
                comment=comment,
                actor=actor,
                clock=service.clock,
                ids=service.ids,
                today=today,
                ahead=ahead,
            ).state
    except DigestChanged:
        with service.records.write() as session:
            reviewing.void_stale(session, review_id, actor=actor, clock=service.clock)
        raise
    except WordingBlocked:
        with service.records.write() as session:
            version_id = session.get_one(Review, review_id).version_id
            check_version(session, version_id, service.clock, today=today, ahead=ahead)
        raise


def withdraw(service: Service, person: SignedIn, review_id: str, version: int) -> None:
    """Take a request for review back."""
    with service.records.write() as session:
        reviewing.withdraw(session, review_id, version, actor=actor_of(person), clock=service.clock)


def waive(service: Service, person: SignedIn, finding_id: int, reason: str) -> None:
    """Let a finding of the wording check pass."""
    with service.records.write() as session:
        reviewing.waive(session, finding_id, actor_of(person), reason, service.clock)


def _checked(session: Session, version_id: str | None, today: date) -> Checked | None:
    """Check the texts of a version while nobody waits; without one, who asks is told later."""
    version = session.get(AssetVersion, version_id) if version_id else None
    if version is None:
        return None
    return checked([text for _place, text in places(session, version)], today)


def _side(role: str) -> Side:
    if role == "legal":
        return "legal"
    if role == "compliance":
        return "compliance"
    raise NotPermitted("只有法务和合规的同事可以审核。")

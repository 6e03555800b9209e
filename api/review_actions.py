"""What reviewers do, for the pages and for REST alike, each in its own transaction."""

from api.asset_sight import actor_of, today_of
from api.auth.identity import SignedIn
from api.wiring import Service
from assets import reviewing
from assets.findings import check_version
from assets.reviewing import DigestChanged, Verdict, WordingBlocked
from assets.words import Side
from core.errors import NotPermitted
from storage.records.library import Review


def request_review(
    service: Service, person: SignedIn, asset_id: str, version: int, note: str
) -> str:
    """Send an asset for review and return the review's id."""
    with service.records.write() as session:
        return reviewing.request(
            session,
            asset_id,
            version,
            actor=actor_of(person),
            note=note,
            clock=service.clock,
            ids=service.ids,
            today=today_of(service),
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
    actor = actor_of(person)
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
                today=today_of(service),
            ).state
    except DigestChanged:
        with service.records.write() as session:
            reviewing.void_stale(session, review_id, actor=actor, clock=service.clock)
        raise
    except WordingBlocked:
        with service.records.write() as session:
            version_id = session.get_one(Review, review_id).version_id
            check_version(session, version_id, service.clock, today=today_of(service))
        raise


def withdraw(service: Service, person: SignedIn, review_id: str, version: int) -> None:
    """Take a request for review back."""
    with service.records.write() as session:
        reviewing.withdraw(session, review_id, version, actor=actor_of(person), clock=service.clock)


def waive(service: Service, person: SignedIn, finding_id: int, reason: str) -> None:
    """Let a finding of the wording check pass."""
    with service.records.write() as session:
        reviewing.waive(session, finding_id, actor_of(person), reason, service.clock)


def _side(role: str) -> Side:
    if role == "legal":
        return "legal"
    if role == "compliance":
        return "compliance"
    raise NotPermitted("只有法务和合规的同事可以审核。")

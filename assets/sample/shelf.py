"""What the sample's people did with the library, through the functions that everybody uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import rights
from assets.actor import Actor
from assets.reviewing import Verdict, decide, request
from assets.sample.documents import make_file
from assets.sample.plan import PlannedEvidence, PlannedRight, PlannedVersion, days_on
from assets.uploads import CompletedUpload, take_file
from assets.voiding import open_review
from assets.words import Side
from core.clock import Clock
from core.errors import NotFound
from core.ids import Ids
from storage.objects import ObjectStore
from storage.records import Records
from storage.records.library import Asset, Decision
from storage.records.workspace import Fact

_KEY: Final = "sample_asset:"
_REVIEWERS: Final[Mapping[Side, str]] = {"legal": "shenzhiwei", "compliance": "heming"}


@dataclass(frozen=True)
class Shelf:
    """Where the library is put together; *people* are by user name.

    Days of the plan are counted from *started_at* (aware).
    """

    records: Records
    files: ObjectStore
    ids: Ids
    people: Mapping[str, Actor]
    brand_id: str
    started_at: datetime


def name_asset(session: Session, key: str, asset: Asset) -> None:
    """Remember that *asset* is the plan's *key*, in the transaction that makes it."""
    session.add(Fact(name=f"{_KEY}{key}", value=asset.id))


def planned_asset(session: Session, key: str) -> Asset:
    """Return the asset that is the plan's *key*. Raises ``NotFound``."""
    fact = session.get(Fact, f"{_KEY}{key}")
    asset = session.get(Asset, fact.value) if fact else None
    if asset is None:
        raise NotFound(f"the sample's library has no {key!r}")
    return asset


def take(shelf: Shelf, version: PlannedVersion, by: str, clock: Clock) -> CompletedUpload:
    """Make the file of *version* and bring it in."""
    return take_file(
        shelf.records,
        shelf.files,
        BytesIO(make_file(version.made)),
        actor=shelf.people[by],
        filename=version.name,
        clock=clock,
        ids=shelf.ids,
    )


def license_asset(
    session: Session, shelf: Shelf, asset: Asset, by: str, plan: PlannedRight, clock: Clock
) -> None:
    """Limit *asset* by a licence of the plan."""
    start = shelf.started_at
    rights.add_right(
        session,
        asset.id,
        asset.version,
        actor=shelf.people[by],
        clock=clock,
        ids=shelf.ids,
        subject=plan.subject,
        licensor=plan.licensor,
        contract=plan.contract,
        territories=plan.territories,
        channels=plan.channels,
        valid_from=days_on(start, -plan.begins),
        valid_until=None if plan.until is None else days_on(start, plan.until),
        note=plan.note,
    )


def prove(
    session: Session, shelf: Shelf, asset: Asset, by: str, plan: PlannedEvidence, clock: Clock
) -> None:
    """Prove a claim of *asset* as the plan says."""
    rights.add_evidence(
        session,
        asset.id,
        asset.version,
        actor=shelf.people[by],
        clock=clock,
        ids=shelf.ids,
        claim=plan.claim,
        issuer=plan.issuer,
        method=plan.method,
        scope=plan.scope,
        period=plan.period,
        valid_until=days_on(shelf.started_at, plan.until),
        file_asset_id=planned_asset(session, plan.file).id,
    )


def ask_review(shelf: Shelf, key: str, by: str, note: str, clock: Clock) -> None:
    """Send the newest version for review."""
    with shelf.records.write() as session:
        asset, actor = planned_asset(session, key), shelf.people[by]
        request(
            session, asset.id, asset.version, actor=actor, note=note, clock=clock, ids=shelf.ids
        )


def judge(
    shelf: Shelf,
    key: str,
    side: Side,
    clock: Clock,
    verdict: Verdict = "approve",
    comment: str = "",
) -> None:
    """Let *side* decide the open review, unless it has."""
    with shelf.records.write() as session:
        review = open_review(session, planned_asset(session, key).id)
        if review is None:
            return
        done = select(Decision.id).where(Decision.review_id == review.id, Decision.side == side)
        if session.scalar(done) is not None:
            return
        decide(
            session,
            review.id,
            review.version,
            side=side,
            verdict=verdict,
            comment=comment,
            actor=shelf.people[_REVIEWERS[side]],
            clock=clock,
            ids=shelf.ids,
        )

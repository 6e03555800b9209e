"""Keeps search in step with the records: what changed is marked with it, and carried afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assets.documents import documents_of
from core.clock import Clock
from core.errors import LeaseLost, StorageError
from core.faults import fault_point
from storage.records import Records
from storage.records.lease import Lease, claim_due, settle
from storage.records.library import Asset, IndexOutbox
from storage.search.assets import AssetIndex

RECORD_TYPE: Final = "asset"
_LEASE: Final = timedelta(minutes=2)
_REST: Final = timedelta(seconds=10)
_BATCH: Final = 100
# Due whatever the clock says: search should learn of a change at once.
_AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rebuilt:
    """How many assets were written to the index, and how many that are gone were removed."""

    written: int
    removed: int


def mark(session: Session, asset_id: str) -> None:
    """Note in the caller's write transaction that search must learn of this asset's change."""
    session.flush()
    asset = session.get(Asset, asset_id)
    revision = 0
    if asset is not None:
        asset.revision += 1
        revision = asset.revision
    _note(session, asset_id, revision)


def index_due(records: Records, index: AssetIndex, clock: Clock, *, limit: int = _BATCH) -> int:
    """Carry up to *limit* marked assets into the index; return how many were carried.

    May be killed anywhere: what was not settled is carried again, which changes nothing. Raises
    ``StorageError`` when the index cannot be written; the marks then wait a little.
    """
    with records.write() as session:
        claims = claim_due(
            session,
            IndexOutbox,
            clock.now(),
            lease=_LEASE,
            limit=limit,
            where=(IndexOutbox.record_type == RECORD_TYPE,),
        )
        marks = {claim: _mark_of(session, claim.id) for claim in claims}
    if not marks:
        return 0
    fault_point("library.before-index")
    try:
        _carry(records, index, [asset_id for asset_id, _ in marks.values()])
    except StorageError:
        _put_off(records, list(marks), clock)
        raise
    fault_point("library.after-index")
    with records.write() as session:
        for claim, (_, revision) in marks.items():
            _finish(session, claim, revision)
    return len(marks)


def rebuild(records: Records, index: AssetIndex) -> Rebuilt:
    """Write every asset to the index anew and remove what the records do not know."""
    with records.read() as session:
        ids = list(session.scalars(select(Asset.id).order_by(Asset.id)))
    written = sum(
        _carry(records, index, ids[at : at + _BATCH], anew=True)
        for at in range(0, len(ids), _BATCH)
    )
    strays = sorted(set(index.revisions()) - set(ids))
    return Rebuilt(written, index.delete(strays))


def heal(records: Records, index: AssetIndex) -> int:
    """Mark every asset that the index lacks or holds in another state; return how many.

    So a lost, old or foreign index file mends itself. Run before the worker's loops.
    """
    held = index.revisions()
    with records.read() as session:
        rows = session.execute(select(Asset.id, Asset.revision))
        known = {row.id: row.revision for row in rows}
    # A higher revision than the records know comes from a future that was rolled back.
    foreign = [each for each, revision in held.items() if revision > known.get(each, -1)]
    index.delete(foreign)
    stale = [each for each, revision in known.items() if held.get(each) != revision]
    for at in range(0, len(stale), _BATCH):
        with records.write() as session:
            for asset_id in stale[at : at + _BATCH]:
                _note(session, asset_id, known[asset_id])
    return len(stale)


def _note(session: Session, asset_id: str, revision: int) -> None:
    known = session.scalars(
        select(IndexOutbox).where(
            IndexOutbox.record_type == RECORD_TYPE, IndexOutbox.record_id == asset_id
        )
    ).first()
    if known is None:
        session.add(
            IndexOutbox(
                id=f"{RECORD_TYPE}:{asset_id}",
                record_type=RECORD_TYPE,
                record_id=asset_id,
                revision=revision,
                next_due_at=_AT_ONCE,
            )
        )
        session.flush()
        return
    known.revision, known.next_due_at = revision, _AT_ONCE


def _mark_of(session: Session, claim_id: str) -> tuple[str, int]:
    row = session.execute(
        select(IndexOutbox.record_id, IndexOutbox.revision).where(IndexOutbox.id == claim_id)
    ).one()
    return row.record_id, row.revision


def _carry(records: Records, index: AssetIndex, ids: Sequence[str], *, anew: bool = False) -> int:
    with records.read() as session:
        documents = documents_of(session, ids)
    gone = sorted(set(ids) - {document.id for document in documents})
    if gone:
        index.delete(gone)
    return index.put_many(documents, anew=anew)


def _finish(session: Session, claim: Lease, revision: int) -> None:
    """Take the mark away, unless the asset changed while it was carried: then it stays due."""
    try:
        settle(session, IndexOutbox, claim)
    except LeaseLost:
        return  # another worker carries it and will settle its own claim
    session.execute(
        delete(IndexOutbox).where(IndexOutbox.id == claim.id, IndexOutbox.revision == revision)
    )


def _put_off(records: Records, claims: Sequence[Lease], clock: Clock) -> None:
    with records.write() as session:
        for claim in claims:
            try:
                settle(session, IndexOutbox, claim, next_due_at=clock.now() + _REST)
            except LeaseLost:
                continue

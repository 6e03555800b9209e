"""What became of an upload, written down in one short transaction."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.uploads.plan import LIFE
from core.clock import Clock
from core.errors import Conflict, NotFound
from storage.objects import ObjectStore, StoredObject, blob_key
from storage.records import Records
from storage.records.audit import audit
from storage.records.library import Blob, Upload


def keep(
    records: Records,
    files: ObjectStore,
    upload: Upload,
    blob: StoredObject,
    media_type: str,
    *,
    actor: Actor,
    clock: Clock,
    new: bool = False,
) -> None:
    """Record that *upload* is complete and *blob* held; once, however many come here.

    A *new* upload is not stored yet. Raises ``Conflict`` when the sweep removed the same content,
    which nothing had used, a moment ago; ``NotFound`` when it removed the upload.
    """
    now = clock.now()
    known = {
        "sha256": blob.sha256,
        "size": blob.size,
        "media_type": media_type,
        "state": "complete",
        "expires_at": now + LIFE,
    }
    with records.write() as session:
        # Inside the transaction, which the sweep's waits for.
        if files.head(blob_key(blob.sha256)) is None:
            raise Conflict("文件在保存时被清理，请再试一次。")
        _add_blob(session, blob, media_type, now)
        stored = _stored(session, upload, new)
        if stored.state != "open":
            return
        for name, value in known.items():
            setattr(stored, name, value)
        audit(session, now, actor.name, "upload.complete", "upload", upload.id, sha256=blob.sha256)


def _stored(session: Session, upload: Upload, new: bool) -> Upload:
    if new:
        session.add(upload)
        return upload
    stored = session.get(Upload, upload.id)
    if stored is None:
        raise NotFound("没有这个上传，或它已过期被清理。请重新上传。")
    return stored


def refuse(records: Records, upload_id: str, fault: str, clock: Clock) -> bool:
    """Record why an open upload is refused; False when it is not open any more."""
    with records.write() as session:
        result = session.execute(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == "open")
            .values(state="refused", fault=fault)
        )
        assert isinstance(result, CursorResult)
        if result.rowcount:
            audit(session, clock.now(), "system", "upload.refuse", "upload", upload_id, fault=fault)
        return bool(result.rowcount)


def _add_blob(session: Session, blob: StoredObject, media_type: str, now: datetime) -> None:
    if session.get(Blob, blob.sha256) is None:
        held = Blob(sha256=blob.sha256, size=blob.size, media_type=media_type)
        held.created_at = held.verified_at = now
        session.add(held)

"""Beginning an upload, asking how far it is, and finding it again."""

import re
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.actor import Actor
from assets.sniffing import check_name
from assets.uploads.plan import (
    LIFE,
    MAX_SIZE,
    PART_SIZE,
    CompletedUpload,
    UploadPlan,
    completed_of,
    plan_of,
)
from core.clock import Clock
from core.errors import Busy, Conflict, InvalidInput, NotFound
from core.ids import Ids
from storage.objects import ObjectStore
from storage.records import Records
from storage.records.audit import audit
from storage.records.library import Upload

_MOST_OPEN: Final = 50
_HASH: Final = re.compile(r"[0-9a-f]{64}")


def begin(
    records: Records,
    files: ObjectStore,
    *,
    actor: Actor,
    filename: str,
    size: int,
    sha256: str | None = None,
    clock: Clock,
    ids: Ids,
) -> UploadPlan:
    """Open an upload of *size* bytes for *actor*; it may be resumed for 24 hours.

    *sha256* (hex) is compared with what comes. Raises ``InvalidInput`` for a name, size or hash
    that cannot be, and ``Busy`` when *actor* has too many uploads open.
    """
    check_name(filename)
    _check_size(size)
    upload = new_upload(actor, filename, size, clock, ids)
    upload.sha256 = _checked_hash(sha256)
    with records.write() as session:
        _check_open(session, upload)
        session.add(upload)
        audit(
            session, clock.now(), actor.name, "upload.begin", "upload", upload.id, filename=filename
        )
    return plan_of(files, upload)


def status(
    records: Records, files: ObjectStore, upload_id: str, *, actor: Actor, clock: Clock
) -> UploadPlan:
    """Return which parts are in, with fresh URLs.

    Raises ``NotFound`` for no upload of *actor*, ``Conflict`` when it is complete already and
    ``InvalidInput`` when it was refused or has expired.
    """
    upload = own_upload(records, upload_id, actor)
    if upload.state == "complete":
        raise Conflict("这个文件已经传完。")
    check_going(upload, clock)
    return plan_of(files, upload)


def completed(records: Records, upload_id: str, *, actor: Actor) -> CompletedUpload:
    """Return a complete upload of *actor*.

    Raises ``NotFound`` when he has none of this id and ``InvalidInput`` when it is not complete.
    """
    upload = own_upload(records, upload_id, actor)
    if upload.state != "complete":
        raise InvalidInput(upload.fault or "文件还没有传完，请先完成上传。", field="upload_id")
    return completed_of(upload)


def new_upload(actor: Actor, filename: str, size: int, clock: Clock, ids: Ids) -> Upload:
    """Return an open upload that is not stored yet."""
    now = clock.now()
    return Upload(
        id=ids.new("upload"),
        user_id=actor.id,
        actor=actor.name,
        filename=filename,
        size=size,
        part_size=PART_SIZE,
        state="open",
        created_at=now,
        expires_at=now + LIFE,
    )


def own_upload(records: Records, upload_id: str, actor: Actor) -> Upload:
    """Return an upload of *actor*; raises ``NotFound`` for another's as for none."""
    with records.read() as session:
        upload = session.get(Upload, upload_id)
    # Programs have no id; their names are theirs as long as their tokens live.
    if upload is None or (upload.user_id, upload.actor if upload.user_id is None else "") != (
        actor.id,
        actor.name if actor.id is None else "",
    ):
        raise NotFound("没有这个上传，或它已过期被清理。请重新上传。")
    return upload


def check_going(upload: Upload, clock: Clock) -> None:
    """Raise ``InvalidInput`` when *upload* was refused or is too old to go on."""
    if upload.state == "refused":
        raise InvalidInput(upload.fault or "文件没有通过检查，请换一个文件。", field="file")
    if clock.now() >= upload.expires_at:
        raise InvalidInput("这次上传已超过 24 小时，请重新上传。", field="upload_id")


def _check_size(size: int) -> None:
    if size < 1:
        raise InvalidInput("文件是空的，请选择有内容的文件。", field="size")
    if size > MAX_SIZE:
        raise InvalidInput("文件最大 2 GB，请压缩或拆分后再上传。", field="size")


def _checked_hash(sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    lower = sha256.lower()
    if not _HASH.fullmatch(lower):
        raise InvalidInput("sha256 要写成 64 位十六进制。", field="sha256")
    return lower


def _check_open(session: Session, new: Upload) -> None:
    going = session.scalar(
        select(func.count())
        .select_from(Upload)
        .where(
            Upload.state == "open",
            Upload.user_id == new.user_id if new.user_id else Upload.actor == new.actor,
            Upload.expires_at > new.created_at,
        )
    )
    if (going or 0) >= _MOST_OPEN:
        raise Busy(f"你有 {going} 个文件还没有传完。请先完成它们，或 24 小时后再试。")
